import { RatchetError } from '../errors';
import { call } from './call';
import type { Database, Queryable } from './database';

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
  status: number;
  workflow: string;
  queue: string;
  entity: string;
  result: string | null;
  error: string | null;
  createdAt: string;
  updatedAt: string;
  finishedAt: string | null;
}

const START = {
  name: 'ratchet_start',
  text: 'select ratchet.start_workflow($1, $2, $3, $4, $5, $6, $7)',
};
const START_MANY = {
  name: 'ratchet_start_many',
  text: 'select ratchet.start_workflows($1, $2, $3, $4, $5, $6)',
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
const TERMINATE = 'select ratchet.terminate($1, $2, $3, $4, $5)';
const COMPACT = 'YYYYMMDDHH24MISS.MS';
const JOB = `select id, status, workflow, queue, entity, result, error,
    to_char(created_at at time zone 'UTC', '${COMPACT}'),
    to_char(updated_at at time zone 'UTC', '${COMPACT}'),
    to_char(finished_at at time zone 'UTC', '${COMPACT}')
  from ratchet.jobs where key = $1 and namespace = $2`;
const STEPS = `select address, position, kind, ratchet_internal.step_name(address, field),
    ratchet_internal.is_final(ledger), is_failed, value,
    to_char(created_at at time zone 'UTC', '${COMPACT}'),
    to_char(coalesce(updated_at, created_at) at time zone 'UTC', '${COMPACT}')
  from ratchet.jobs_attributes where job_id = $1 order by address, position`;

export async function startWorkflow(
  database: Database,
  { workflow, args, workflowId, queue, namespace, options, requestId }: StartRequest,
  tx?: Queryable,
): Promise<void> {
  const values = [workflow, args, workflowId, queue, namespace, options, requestId];
  await call(database, tx, START, values);
}

/** Starts what does not exist; returns how many jobs were new. */
export async function startWorkflows(
  database: Database,
  shared: Pick<StartRequest, 'namespace' | 'workflow' | 'queue' | 'options'>,
  jobs: { workflowId: string; args: string }[],
  tx?: Queryable,
): Promise<number> {
  const { workflow, queue, namespace, options } = shared;
  const ids = jobs.map((job) => job.workflowId);
  const args = jobs.map((job) => job.args);
  const values = [workflow, ids, args, queue, namespace, options];
  return Number(await call(database, tx, START_MANY, values));
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
}

export async function terminateJob(
  database: Database,
  workflowId: string,
  namespace: string,
  { reason, code, isSuppressed }: TerminateRequest,
  tx?: Queryable,
): Promise<void> {
  await call(database, tx, TERMINATE, [workflowId, namespace, reason, code, isSuppressed]);
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
  const [jobId, status, workflow, queue, entity, result, error, createdAt, updatedAt, finishedAt] =
    row as string[];
  return {
    ...{ jobId: jobId ?? '', workflow: workflow ?? '', queue: queue ?? '', entity: entity ?? '' },
    ...{ result: result ?? null, error: error ?? null, status: Number(status) },
    ...{ createdAt: createdAt ?? '', updatedAt: updatedAt ?? '', finishedAt: finishedAt ?? null },
  };
}

export interface StepRow {
  address: string;
  position: number;
  kind: string;
  name: string;
  isDone: boolean;
  isFailed: boolean;
  value: string | null;
  createdAt: string;
  updatedAt: string;
}

export async function readSteps(database: Database, jobId: string): Promise<StepRow[]> {
  const rows = await database.rows<(string | null)[]>(STEPS, [jobId]);
  return rows.map((row) => {
    const [address, position, kind, name, isDone, isFailed, value, createdAt, updatedAt] = row;
    return {
      ...{ address: address ?? '', kind: kind ?? '', name: name ?? '', value: value ?? null },
      ...{ position: Number(position), isDone: isDone === 't', isFailed: isFailed === 't' },
      ...{ createdAt: createdAt ?? '', updatedAt: updatedAt ?? '' },
    };
  });
}
