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

/**
 * A stored error as users see it, with the code of what it is where it brought none of its own; not
 * with the mark that nobody who waits is to get it.
 */
export function shownFailure(stored: unknown, code?: number): unknown {
  if (typeof stored !== 'object' || stored === null) return stored;
  const failure = { ...(stored as StoredFailure & { isSilent?: boolean }) };
  delete failure.isSilent;
  const isGiven = failure.code !== undefined || code === undefined;
  return isGiven ? failure : { ...failure, code };
}

/** JSON text, as it was stored unless there is something that is not to be shown. */
function shownText(error: string): string {
  const stored: unknown = fromJson(error);
  const isSilent = typeof stored === 'object' && stored !== null && 'isSilent' in stored;
  return isSilent ? JSON.stringify(shownFailure(stored)) : error;
}

export function jobState<R>(job: JobRow, workflowId: string): JobState<R> {
  if (!job.isDone) return { done: false, workflowId };
  const times = { workflowId, jc: job.createdAt, ju: job.updatedAt };
  if (job.error !== null) {
    return { done: true, $error: shownFailure(fromJson(job.error)) as StoredFailure, ...times };
  }
  return { done: true, response: fromJson(job.result) as R, ...times };
}

export function jobStateWithMetadata<R>(job: JobRow, workflowId: string): JobStateWithMetadata<R> {
  const metadata: JobMetadata = {
    ...{ jid: workflowId, aid: 'trigger', app: job.namespace, vrs: '1', ts: '', gid: job.jobId },
    ...{ tpc: `${job.queue}-${job.workflow}`, jc: job.createdAt, ju: job.updatedAt },
    js: job.status,
  };
  if (job.status < 0 && job.error !== null) metadata.err = shownText(job.error);
  return { data: jobState<R>(job, workflowId), metadata };
}
