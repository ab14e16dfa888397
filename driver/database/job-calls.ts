import { RatchetError } from '../errors';
import { arrayLiteral } from './array-literal';
import { call } from './call';
import type { Database, Queryable } from './database';
import type { Caller } from './exchange';

export interface StartRequest {
  namespace: string;
  workflow: string;
  queue: string;
  workflowId: string;
  args: string;
  options: string | null;
  requestId: string;
}

/** A finished job, or (status null) one that does not exist. */
export interface FinishedJob {
  workflowId: string;
  status: number | null;
  result: string | null;
  error: string | null;
}

/** What a handle tells of a job. */
export interface JobRow {
  jobId: string;
  namespace: string;
  status: number;
  workflow: string;
  queue: string;
  result: string | null;
  error: string | null;
  createdAt: string;
  updatedAt: string;
  /** Its function has returned, or it was ended otherwise. */
  isDone: boolean;
  /** Arguments of the function. */
  input: string | null;
}

const START = {
  name: 'ratchet_start',
  text: 'select ratchet.start_workflow($1, $2, $3, $4, $5, $6, $7)',
};
const START_EAGERLY = {
  name: 'ratchet_start_eagerly',
  text: 'select ratchet.start_eagerly($1, $2, $3, $4, $5, $6, $7, $8, $9)',
};
const START_MANY = {
  name: 'ratchet_start_many',
  text: 'select ratchet.start_workflows($1, $2, $3, $4, $5, $6, $7)',
};
const START_TOGETHER = {
  name: 'ratchet_start_together',
  text: 'select ratchet.start_together($1, $2, $3, $4, $5, $6, $7)',
};
const SIGNAL = {
  name: 'ratchet_signal',
  text: `select ratchet.signal($1, $2, $3, $4::bigint * interval '1 millisecond', $5)`,
};
const WATCH = {
  name: 'ratchet_watch',
  text: 'select workflow_id, status, result, error from ratchet.watch_jobs($1, $2)',
};
const CANCEL = 'select ratchet.cancel($1, $2)';
const TERMINATE = 'select ratchet.terminate($1, $2, $3, $4, $5, $6)';
const HOOK = 'select ratchet.hook($1, $2, $3, $4, $5, $6, $7)';
const EMIT = 'select ratchet.emit($1, $2, $3)';
const EXPORT = 'select ratchet.export_history($1, $2)';
const COMPACT = 'YYYYMMDDHH24MISS.MS';
const JOB = `select id, status, workflow, queue, result, error,
    to_char(created_at at time zone 'UTC', '${COMPACT}'),
    to_char(updated_at at time zone 'UTC', '${COMPACT}'),
    coalesce(finished_at, returned_at) is not null, input
  from ratchet.jobs j where key = $1 and namespace = $2 and (status <> -1 or ratchet.is_live(j))`;
const STEPS = `select dimension, index, secondary, kind, name, timeline_key, is_final, is_failed,
    input, target, value, to_char(created_at at time zone 'UTC', '${COMPACT}'),
    to_char(updated_at at time zone 'UTC', '${COMPACT}')
  from ratchet.steps where job_id = $1
  order by dimension like ',%', length(dimension), dimension collate "C", index, secondary`;

export async function startWorkflow(
  database: Database,
  { workflow, args, workflowId, queue, namespace, options, requestId }: StartRequest,
  tx?: Queryable,
): Promise<void> {
  const values = [workflow, args, workflowId, queue, namespace, options, requestId];
  await call(database, tx, START, values);
}

/**
 * Starts a job whose turn is the worker's at once, if it waits for work; returns the number of the
 * job then, else null. Not repeated: see `ratchet.start_eagerly`.
 */
export async function startForWorker(
  database: Database,
  { workerId, epoch }: Caller,
  { workflow, args, workflowId, queue, namespace, options, requestId }: StartRequest,
): Promise<string | null> {
  const job = [workflow, args, workflowId, queue, namespace, options, requestId];
  const [row] = await database.rows<[string | null]>(START_EAGERLY, [workerId, ...job, epoch]);
  return row?.[0] ?? null;
}

/** Starts what does not exist, a job an id; returns how many were new. */
export async function startWorkflows(
  database: Database,
  shared: Pick<StartRequest, 'namespace' | 'workflow' | 'queue' | 'options' | 'requestId'>,
  ids: readonly string[],
  args: readonly string[],
  tx?: Queryable,
): Promise<number> {
  const { workflow, queue, namespace, options, requestId } = shared;
  const jobs = [arrayLiteral(ids), arrayLiteral(args)];
  const values = [workflow, ...jobs, queue, namespace, options, requestId];
  return Number(await call(database, tx, START_MANY, values));
}

/** Starts jobs that differ in nothing but id and arguments; returns the ids that are taken. */
export async function startTogether(
  database: Database,
  requests: readonly StartRequest[],
  requestId: string,
): Promise<string[]> {
  const [first] = requests;
  if (first === undefined) return [];
  const { workflow, queue, namespace, options } = first;
  const ids = arrayLiteral(requests.map(({ workflowId }) => workflowId));
  const args = arrayLiteral(requests.map((request) => request.args));
  const values = [workflow, ids, args, queue, namespace, options, requestId];
  return (await database.rows<[string]>(START_TOGETHER, values)).map(([id]) => id);
}

/** Returns the signal's number once it is durable. */
export async function sendSignal(
  database: Database,
  signal: { signalId: string; payload: string | null; namespace: string; expireMs: number },
  dedupId: string,
  tx?: Queryable,
): Promise<string> {
  const { signalId, payload, namespace, expireMs } = signal;
  const values = [signalId, payload, namespace, expireMs, dedupId];
  return (await call(database, tx, SIGNAL, values)) ?? '';
}

export async function cancelJob(
  database: Database,
  workflowId: string,
  namespace: string,
  tx?: Queryable,
): Promise<void> {
  await call(database, tx, CANCEL, [workflowId, namespace]);
}

export interface TerminateRequest {
  reason: string | null;
  code: number;
  isSuppressed: boolean;
  /** stack, throw, expire; JSON text. */
  options: string | null;
}

/** Returns whether this call stopped it, if that is committed. */
export async function terminateJob(
  database: Database,
  workflowId: string,
  namespace: string,
  { reason, code, isSuppressed, options }: TerminateRequest,
  tx?: Queryable,
): Promise<boolean> {
  const values = [workflowId, namespace, reason, code, isSuppressed, options];
  return (await call(database, tx, TERMINATE, values)) === 't';
}

/** Starts a hook; returns the number of the call. Nothing happens where the job takes none. */
export async function startHook(
  database: Database,
  { workflow, args, workflowId, queue, namespace, options, requestId }: StartRequest,
  tx?: Queryable,
): Promise<string> {
  const values = [workflowId, workflow, args, queue, namespace, options, requestId];
  return (await call(database, tx, HOOK, values)) ?? '';
}

/** Tells listeners of topics; events is an object of topics and messages, JSON text. */
export async function emitEvents(
  database: Database,
  namespace: string,
  workflowId: string,
  events: string,
): Promise<void> {
  await database.rows(EMIT, [namespace, workflowId, events]);
}

/** Which of the jobs have finished; the ends of the others are notified from now on. */
export async function watchJobs(
  database: Database,
  namespace: string,
  ids: string[],
): Promise<FinishedJob[]> {
  type Row = [string, string | null, string | null, string | null];
  const rows = await database.rows<Row>(WATCH, [namespace, ids]);
  return rows.map(([workflowId, status, result, error]) => ({
    ...{ workflowId, result, error },
    status: status === null ? null : Number(status),
  }));
}

/** @throws RatchetError WF201 when there is no such job. */
export async function readJob(
  database: Database,
  workflowId: string,
  namespace: string,
): Promise<JobRow> {
  const rows = await database.rows<(string | null)[]>(JOB, [workflowId, namespace]);
  const [row] = rows;
  if (row === undefined) {
    throw new RatchetError('WF201', `Job ${workflowId} not found`, {
      detail: { workflow_id: workflowId, namespace },
    });
  }
  const [jobId, status, workflow, queue, result, error, createdAt, updatedAt, isDone, input] =
    row as string[];
  return {
    ...{ jobId: jobId ?? '', namespace, workflow: workflow ?? '', queue: queue ?? '' },
    ...{ result: result ?? null, error: error ?? null, status: Number(status) },
    ...{ createdAt: createdAt ?? '', updatedAt: updatedAt ?? '', isDone: isDone === 't' },
    input: input ?? null,
  };
}

/** A job with its steps as one JSON document. */
export async function exportHistory(
  database: Database,
  workflowId: string,
  namespace: string,
): Promise<string> {
  const [row] = await database.rows<[string]>(EXPORT, [workflowId, namespace]);
  return row?.[0] ?? '';
}

/** A row of `ratchet.steps`. */
export interface StepRow {
  dimension: string;
  index: number;
  secondary: number | null;
  kind: string;
  name: string;
  timelineKey: string;
  isDone: boolean;
  isFailed: boolean;
  input: string | null;
  target: string | null;
  value: string | null;
  createdAt: string;
  updatedAt: string;
}

/** The steps of a job, main function first, in the order of the calls. */
export async function readSteps(database: Database, jobId: string): Promise<StepRow[]> {
  const rows = await database.rows<(string | null)[]>(STEPS, [jobId]);
  return rows.map((row) => {
    const [dimension, index, secondary = null, kind, name, timelineKey, isDone, isFailed, ...rest] =
      row;
    const [input, target, value, createdAt, updatedAt] = rest;
    return {
      ...{ dimension: dimension ?? '', kind: kind ?? '', name: name ?? '' },
      ...{ index: Number(index), secondary: secondary === null ? null : Number(secondary) },
      ...{ timelineKey: timelineKey ?? '', isDone: isDone === 't', isFailed: isFailed === 't' },
      ...{ input: input ?? null, target: target ?? null, value: value ?? null },
      ...{ createdAt: createdAt ?? '', updatedAt: updatedAt ?? '' },
    };
  });
}
