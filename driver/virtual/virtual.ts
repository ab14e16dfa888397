import { randomUUID } from 'node:crypto';
import { fromJson, toPayload } from '../database/json-door';
import { startWorkflow } from '../database/job-calls';
import { checkName, checkText } from '../database/names';
import { flushJob, startCron, stopCron } from '../database/virtual-calls';
import { DuplicateJobError } from '../durable/errors';
import { durationMs, durationSeconds, type Duration } from '../duration';
import { closeHubs, type Hub } from '../engine/hub';
import { RatchetError } from '../errors';
import { checkNumbers, checkOptions, checkSwitches, refuseOption, type Limits } from '../options';
import {
  CALL,
  getContext,
  serveTopic,
  type StoredCall,
  type VirtualCallback,
} from './call-workflow';
import {
  checkServing,
  PLACE_NAMES,
  placeOf,
  type VirtualPlace,
  type VirtualRetry,
} from './virtual-options';

export interface ConnectOptions extends VirtualPlace {
  topic: string;
  callback: VirtualCallback;
  /** Default: 3 executions, the retries after 2 and 4 seconds. */
  retry?: VirtualRetry;
  /** Older name of `retry`. */
  retryPolicy?: VirtualRetry;
  /** Identity of this instance. Default: generated. */
  guid?: string;
  /** Accepted and without effect: HMSH_LOGLEVEL decides. */
  logLevel?: string;
}

export interface ExecOptions extends VirtualPlace {
  topic: string;
  args: unknown[];
  options?: {
    /** Names the call. Without one every call is a new one. */
    id?: string;
    /** With `id`: how long the response is kept, and given to whoever calls again. */
    ttl?: Duration;
    /** Deletes the response that is kept first. */
    flush?: boolean;
  };
}

export interface CronOptions extends Omit<ConnectOptions, 'callback'> {
  args: unknown[];
  /** Serves the topic as well. Without it, some other process does. */
  callback?: VirtualCallback;
  options: {
    id: string;
    /** A cron expression (UTC), or a duration counted from the end of each run. */
    interval: Duration;
    /** With a duration: how long until the first run. Default: none. */
    delay?: Duration;
    /** How many runs there are. Default 100,000. */
    maxCycles?: number;
  };
}

/** A call that is named by its id, in `options` or beside it. */
export interface NamedOptions extends VirtualPlace {
  topic: string;
  id?: string;
  options?: { id: string };
}

/** A topic served by this process. */
export interface VirtualInstance {
  guid: string;
  namespace: string;
  topic: string;
}

const SERVE_NAMES = ['callback', 'retry', 'retryPolicy', 'guid', 'logLevel'];
const RESULT_TIMEOUT_MS = 30_000;
const FRESH_TTL_SECONDS = 1;
const MAX_CYCLES = 100_000;
const CYCLES: Limits = [1, Number.MAX_SAFE_INTEGER, 'whole'];

function listOf(args: unknown): unknown[] {
  if (Array.isArray(args)) return args;
  throw new RatchetError('WF104', 'args is not an array.', { hint: 'Give positional arguments.' });
}

function idOf({ id, options }: NamedOptions, where: string): string {
  if (options !== undefined) checkOptions(options, ['id'], `${where} options`);
  return checkName(options?.id ?? id, 'id');
}

/**
 * Serves a topic: `callback(...args)` is its response. On a readonly connection it runs nothing.
 */
async function connect(options: ConnectOptions): Promise<VirtualInstance> {
  checkOptions(options, [...PLACE_NAMES, ...SERVE_NAMES], 'Virtual.connect');
  const { callback } = options;
  if (callback === undefined) {
    refuseOption('Virtual.connect', 'callback', callback, 'Give the function that serves it.');
  }
  const policy = checkServing(options, 'Virtual.connect');
  const { hub, isReadonly, topic, app, namespace } = placeOf(options, 'Virtual.connect');
  if (!isReadonly) await serveTopic(hub, { namespace, topic }, callback, policy);
  return { guid: options.guid ?? randomUUID(), namespace: app, topic };
}

/**
 * Runs the function that serves the topic and returns its response; waits for it up to 30 seconds.
 *
 * @example
 * const sum = await Virtual.exec<number>({ topic: 'math.add', args: [1, 2], connection });
 * @throws a plain object: `{ error, job_id }` if it failed, `{ code: 504, message, job_id }` if it
 *   takes longer (it goes on).
 */
async function exec<T>(request: ExecOptions): Promise<T> {
  checkOptions(request, [...PLACE_NAMES, 'args', 'options'], 'Virtual.exec');
  const { id, ttl, flush = false } = request.options ?? {};
  checkOptions(request.options ?? {}, ['id', 'ttl', 'flush'], 'Virtual.exec options');
  checkSwitches({ flush }, ['flush'], 'Virtual.exec options');
  const { hub, topic, app, namespace } = placeOf(request, 'Virtual.exec');
  const workflowId = id === undefined ? randomUUID() : checkName(id, 'id');
  const keep = ttl === undefined ? FRESH_TTL_SECONDS : Math.ceil(durationSeconds(ttl, 'ttl'));
  const call: StoredCall = { args: listOf(request.args), workflowName: `${app}.call` };
  const args = toPayload([call], 'args') ?? '[]';
  await hub.prepare();
  if (id !== undefined) await flushJob(hub.database, workflowId, namespace, !flush);
  const options = JSON.stringify({ entity: call.workflowName, expire: keep });
  const named = { workflow: CALL, queue: topic, namespace, workflowId };
  const start = { ...named, args, options, requestId: randomUUID() };
  try {
    await startWorkflow(hub.database, start);
  } catch (error) {
    if (!(error instanceof RatchetError && error.code === 'WF301')) throw error;
    if (ttl === undefined) throw new DuplicateJobError(workflowId);
  }
  return response<T>(hub, namespace, workflowId);
}

async function response<T>(hub: Hub, namespace: string, workflowId: string): Promise<T> {
  hub.listen('results');
  const job = await hub.results.wait(namespace, workflowId, RESULT_TIMEOUT_MS);
  const failure = (reason: object): unknown => ({ ...reason, job_id: workflowId });
  if (job === undefined) throw failure({ code: 504, message: 'timeout' });
  if (job.status === null) throw failure({ code: 404, message: 'the response was flushed' });
  if (job.error !== null) throw failure({ error: fromJson(job.error) });
  return fromJson(job.result) as T;
}

/** Deletes the response that is kept of a call. */
async function flush(request: NamedOptions): Promise<void> {
  checkOptions(request, [...PLACE_NAMES, 'id', 'options'], 'Virtual.flush');
  const { hub, namespace } = placeOf(request, 'Virtual.flush');
  const id = idOf(request, 'Virtual.flush');
  await hub.prepare();
  await flushJob(hub.database, id, namespace, false);
}

/** The interval as a duration; null where it is none, as a cron expression is. */
function everyMs(interval: Duration): number | null {
  try {
    return durationMs(interval, 'interval');
  } catch {
    return null;
  }
}

/**
 * Starts a repeating call; false if one of that id runs. A run that fails after its retries is the
 * last one.
 *
 * @example
 * await Virtual.cron({
 *   topic: 'report', args: [], callback: report, connection,
 *   options: { id: 'nightly', interval: '0 3 * * *' },
 * });
 */
async function cron(request: CronOptions): Promise<boolean> {
  checkOptions(request, [...PLACE_NAMES, ...SERVE_NAMES, 'args', 'options'], 'Virtual.cron');
  const known = ['id', 'interval', 'delay', 'maxCycles'];
  checkOptions(request.options, known, 'Virtual.cron options');
  const { id, interval, delay, maxCycles = MAX_CYCLES } = request.options;
  checkNumbers(request.options, { maxCycles: CYCLES }, 'Virtual.cron options');
  if (typeof interval === 'string') checkText(interval, 'interval');
  const policy = checkServing(request, 'Virtual.cron');
  const { hub, isReadonly, topic, app, namespace } = placeOf(request, 'Virtual.cron');
  const workflowName = `${app}.cron`;
  const call: StoredCall = {
    args: listOf(request.args),
    workflowName,
    cronId: checkName(id, 'id'),
  };
  const start = {
    ...{ id, queue: topic, namespace, args: toPayload([call], 'args') ?? '[]' },
    ...{ rule: String(interval), everyMs: everyMs(interval), maxRuns: maxCycles },
    delayMs: delay === undefined ? null : durationMs(delay, 'delay'),
    options: JSON.stringify({ entity: workflowName }),
  };
  if (request.callback !== undefined && !isReadonly) {
    await serveTopic(hub, { namespace, topic }, request.callback, policy);
  }
  await hub.prepare();
  try {
    return await startCron(hub.database, start);
  } catch (error) {
    if (!(error instanceof RatchetError && error.code === 'WF108')) throw error;
    const { code, detail, hint } = error;
    const message = `Invalid cron/interval expression: ${String(interval)}`;
    throw new RatchetError(code, message, { detail, hint, cause: error });
  }
}

/** Stops a repeating call, and the run that is under way; false if it was not running. */
async function interrupt(request: NamedOptions): Promise<boolean> {
  checkOptions(request, [...PLACE_NAMES, 'id', 'options'], 'Virtual.interrupt');
  const { hub, namespace } = placeOf(request, 'Virtual.interrupt');
  const id = idOf(request, 'Virtual.interrupt');
  await hub.prepare();
  return stopCron(hub.database, id, namespace);
}

/** Functions as endpoints: called by topic from anywhere, once or again and again. */
export const Virtual = {
  connect,
  exec,
  flush,
  cron,
  interrupt,
  getContext,
  /** Stops everything of this process; topics may be connected again afterwards. */
  shutdown: (): Promise<void> => closeHubs(),
};
