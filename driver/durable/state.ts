import { fromJson } from '../database/json-door';
import type { JobRow } from '../database/job-calls';

export interface StoredFailure {
  message: string;
  code?: number;
  stack?: string;
}

/** What is known of a job's end. */
export interface JobState<R = unknown> {
  done: boolean;
  workflowId: string;
  response?: R;
  $error?: StoredFailure;
  /** Created and updated, `YYYYMMDDHHmmss.SSS` (UTC). */
  jc?: string;
  ju?: string;
}

export interface JobMetadata {
  jid: string;
  aid: string;
  app: string;
  vrs: string;
  tpc: string;
  ts: string;
  gid: string;
  jc: string;
  ju: string;
  /** The semaphore. */
  js: number;
  /** Error of a terminated job, JSON text. */
  err?: string;
}

export interface JobStateWithMetadata<R = unknown> {
  data: JobState<R>;
  metadata: JobMetadata;
}

export function jobState<R>(job: JobRow, workflowId: string): JobState<R> {
  if (!job.isDone) return { done: false, workflowId };
  const times = { workflowId, jc: job.createdAt, ju: job.updatedAt };
  if (job.error !== null) {
    return { done: true, $error: fromJson(job.error) as StoredFailure, ...times };
  }
  return { done: true, response: fromJson(job.result) as R, ...times };
}

export function jobStateWithMetadata<R>(job: JobRow, workflowId: string): JobStateWithMetadata<R> {
  const metadata: JobMetadata = {
    ...{ jid: workflowId, aid: 'trigger', app: job.namespace, vrs: '1', ts: '', gid: job.jobId },
    ...{ tpc: `${job.queue}-${job.workflow}`, jc: job.createdAt, ju: job.updatedAt },
    js: job.status,
  };
  if (job.status < 0 && job.error !== null) metadata.err = job.error;
  return { data: jobState<R>(job, workflowId), metadata };
}
