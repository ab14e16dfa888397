import { randomUUID } from 'node:crypto';
import { fromJson, toPayload } from '../database/json-door';
import { exportExecution, queryState } from '../database/data-calls';
import { cancelJob, readJob, sendSignal, terminateJob } from '../database/job-calls';
import { checkName, checkText } from '../database/names';
import type { Duration } from '../duration';
import type { Hub } from '../engine/hub';
import { RatchetError } from '../errors';
import { checkOptions, checkSwitches } from '../options';
import { readHistory, type StoredHistory } from '../replay/stored-history';
import { DuplicateJobError, GetStateError } from './errors';
import {
  checkExecutionOptions,
  readExecution,
  type ExecutionExport,
  type ExecutionOptions,
} from './execution';
import { checkExport, exportJob, type ExportOptions, type JobExport } from './export';
import { hotMeshClient, type HotMeshClient } from './mesh-client';
import { deserializeError } from './serialized-error';
import { signalExpireMs } from './signals';
import { queryableOf, type Transaction } from './start-options';
import { checkTerminate, type TerminateOptions } from './terminate';
import { jobState, jobStateWithMetadata, type JobState, type JobStateWithMetadata } from './state';

/** Ten minutes: how long a signal that came early is kept. */
const SIGNAL_EXPIRE_SECONDS = 600;

export interface ResultOptions {
  /** false: a failed job resolves with its error instead of rejecting. Default true. */
  throwOnError?: boolean;
  /** Accepted: the state is always read first. */
  state?: boolean;
}

const RESULT_OPTIONS = ['throwOnError', 'state'];

export interface SignalOptions {
  /** How long the signal is kept if nobody waits; a number is seconds. Default '10 minutes'. */
  expire?: Duration;
  /** A second sending with the same id changes nothing. */
  dedupId?: string;
  tx?: Transaction;
}

/** Sends a signal; resolves once it is durable. */
export async function signalJob(
  hub: Hub,
  namespace: string,
  signalId: string,
  data?: unknown,
  options: SignalOptions | Duration = {},
): Promise<string> {
  const given: SignalOptions = typeof options === 'object' ? options : { expire: options };
  checkOptions(given, ['expire', 'dedupId', 'tx'], 'signal');
  const signal = {
    signalId: checkName(signalId, 'signalId'),
    payload: toPayload(data, 'data'),
    namespace,
    expireMs: signalExpireMs(given.expire ?? SIGNAL_EXPIRE_SECONDS),
  };
  // Without an id of the caller's own, one makes the repetition after a lost answer harmless.
  const dedupId = given.dedupId === undefined ? randomUUID() : checkName(given.dedupId, 'dedupId');
  await hub.prepare();
  return sendSignal(hub.database, signal, dedupId, queryableOf(given.tx));
}

interface StoredEnd {
  code?: number;
  job_id?: string;
  stack?: string;
}

function notFound(workflowId: string): never {
  throw new RatchetError('WF201', `Job ${workflowId} not found`, {
    detail: { workflow_id: workflowId },
  });
}

/** What is said of a job that is not there, as users of this API compare it. */
async function saying<T>(workflowId: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const code = error instanceof RatchetError ? error.code : '';
    if (code === 'WF201')
      throw Object.assign(new Error(`Job ${workflowId} not found`), { code: 404 });
    if (code === 'WF302') throw new Error(`Job ${workflowId} already completed`);
    if (code === 'WF301') throw new DuplicateJobError(workflowId);
    throw error;
  }
}

/** The names of fields to read. @throws RatchetError WF104 */
function checkFields(fields: unknown): string[] {
  if (Array.isArray(fields) && fields.every((field) => typeof field === 'string')) {
    return fields.map((field) => checkText(field, 'name of a field'));
  }
  throw new RatchetError('WF104', 'queryState was given no list of names.', {
    hint: "Give the names of search attributes: ['color', 'size'].",
  });
}

/** The lower-level client of a namespace. */
export function meshClientOf(hub: Hub, namespace: string): HotMeshClient {
  const reach = (id: string) => new WorkflowHandle(hub, '', '', checkName(id, 'job id'), namespace);
  return hotMeshClient(hub, namespace, reach);
}

export { saying };

/** A job, by its id. Making one does no I/O and does not check the id. */
export class WorkflowHandle<R = unknown> {
  readonly workflowTopic: string;

  constructor(
    private readonly hub: Hub,
    taskQueue: string,
    workflowName: string,
    readonly workflowId: string,
    private readonly namespace: string,
  ) {
    this.workflowTopic = `${taskQueue}-${workflowName}`;
  }

  /** The lower-level client. */
  get hotMesh(): HotMeshClient {
    return meshClientOf(this.hub, this.namespace);
  }

  /**
   * Waits for the end of the job: its return value, or a rejection with its error (`message`,
   * `code`, `stack`). An unknown id rejects with code 404.
   */
  async result<T = R>(options: ResultOptions = {}): Promise<T> {
    checkOptions(options, RESULT_OPTIONS, 'result');
    checkSwitches(options, RESULT_OPTIONS, 'result');
    await this.hub.prepare();
    this.hub.listen('results');
    const job = await this.hub.results.wait(this.namespace, this.workflowId);
    if (job.status === null)
      return saying(this.workflowId, (async () => notFound(this.workflowId))());
    if (job.error === null) return fromJson(job.result) as T;
    const stored = fromJson(job.error) as StoredEnd;
    if (options.throwOnError === false) return stored as T;
    const error = deserializeError(stored);
    throw Object.assign(error, stored.job_id === undefined ? {} : { job_id: stored.job_id });
  }

  /** > 0 running, 0 complete, < 0 terminated. */
  async status(): Promise<number> {
    return (await this.read()).status;
  }

  /** Whether it is done, and with what; with `true`, also its metadata. */
  state(): Promise<JobState<R>>;
  state(metadata: true): Promise<JobStateWithMetadata<R>>;
  async state(metadata = false): Promise<JobState<R> | JobStateWithMetadata<R>> {
    const job = await this.read().catch((error: unknown) => {
      if ((error as { code?: unknown }).code === 404) throw new GetStateError(this.workflowId);
      throw error;
    });
    const { workflowId } = this;
    return metadata ? jobStateWithMetadata<R>(job, workflowId) : jobState<R>(job, workflowId);
  }

  /** The arguments of the function; after `continueAsNew` those of the newest generation. */
  async input<A = unknown[]>(): Promise<A> {
    return fromJson((await this.read()).input) as A;
  }

  /** What the function returned; undefined as long as it has not, and if it failed. */
  async output<T = R>(): Promise<T | undefined> {
    return fromJson((await this.read()).result) as T | undefined;
  }

  /** The job's data, state, status and history; `allow` and `block` choose sections. */
  async export(options: ExportOptions = {}): Promise<JobExport> {
    checkExport(options);
    const { workflowId, namespace } = this;
    const job = await this.read();
    const call = exportJob(this.hub.database, job, { workflowId, namespace }, options);
    return saying(workflowId, call);
  }

  /** The job's events in the order of time; verbose: with its children. */
  async exportExecution(options: ExecutionOptions = {}): Promise<ExecutionExport<R>> {
    const checked = checkExecutionOptions(options);
    await this.hub.prepare();
    const { workflowId, namespace } = this;
    const call = exportExecution(this.hub.database, workflowId, namespace, checked);
    return readExecution<R>((await saying(workflowId, call)) as ExecutionExport);
  }

  /**
   * Search attributes of the job by name, null where there is none. A name in double quotes is
   * taken literally, as the field of a row in `jobs_attributes`.
   */
  async queryState(fields: string[]): Promise<Record<string, string | null>> {
    const checked = checkFields(fields);
    await this.hub.prepare();
    return queryState(this.hub.database, this.workflowId, this.namespace, checked);
  }

  /** The job's history, to be checked against code by `replay`. */
  async exportHistory(): Promise<StoredHistory> {
    await this.hub.prepare();
    const { database } = this.hub;
    return saying(this.workflowId, readHistory(database, this.workflowId, this.namespace));
  }

  /** Sends a signal in the job's namespace; resolves once it is durable. */
  signal(signalId: string, data?: unknown, options?: SignalOptions | Duration): Promise<string> {
    return signalJob(this.hub, this.namespace, signalId, data, options);
  }

  /** Asks the function to cancel itself. Nothing happens if the job has finished or is unknown. */
  async cancel(options: { tx?: Transaction } = {}): Promise<void> {
    checkOptions(options, ['tx'], 'cancel');
    await this.hub.prepare();
    const tx = queryableOf(options.tx);
    await cancelJob(this.hub.database, this.workflowId, this.namespace, tx);
  }

  /** Stops the job at once; none of its code runs again. */
  async terminate(options: TerminateOptions & { tx?: Transaction } = {}): Promise<void> {
    const request = checkTerminate(options);
    const tx = queryableOf(options.tx);
    await this.hub.prepare();
    const { database } = this.hub;
    const call = terminateJob(database, this.workflowId, this.namespace, request, tx);
    const isStopped = await saying(this.workflowId, call);
    if (tx === undefined && isStopped) this.hub.taskEvents.stopped(this.workflowId, this.namespace);
  }

  /** Older name of `terminate`. */
  declare interrupt: WorkflowHandle['terminate'];

  private async read() {
    await this.hub.prepare();
    return saying(this.workflowId, readJob(this.hub.database, this.workflowId, this.namespace));
  }
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- it stays a method of handles
WorkflowHandle.prototype.interrupt = WorkflowHandle.prototype.terminate;
