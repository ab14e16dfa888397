import { fromJson } from '../database/json-door';
import type { Duration } from '../duration';

/** What a worker knows of the message it was given. */
export interface StreamMetadata {
  /** Names the message; the same for each retry, so it may serve as an idempotency key. */
  guid: string;
  /** Id of the job. */
  jid?: string;
  /** Generation of the job: another one when its id is used again. */
  gid?: string;
  /** Activity id. */
  aid: string;
  /** Dimensional address of the activity's run. */
  dad?: string;
  topic?: string;
  /** Workflow name; the topic that the graph subscribes to. */
  wfn?: string;
  trc?: string;
  spn?: string;
  /** Absent at first, then 1, 2 and so on. */
  try?: number;
  [key: string]: unknown;
}

/** What a worker callback receives. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- mapped by the graph, not by types
export interface StreamData<T = any> {
  data: T;
  metadata: StreamMetadata;
  policies?: { retry: unknown };
}

export const StreamStatus = { SUCCESS: 'success', PENDING: 'pending', ERROR: 'error' } as const;
export type StreamStatus = (typeof StreamStatus)[keyof typeof StreamStatus];

/** What a worker callback returns, or `add` is given. */
export interface StreamDataResponse {
  metadata?: Partial<StreamMetadata> | undefined;
  /** Default `success`. */
  status?: StreamStatus | (string & {}) | undefined;
  /** Default 200; 202 when pending; 500 for an error. */
  code?: number | undefined;
  data?: unknown;
}

export type WorkerCallback = (
  message: StreamData,
) => Promise<StreamDataResponse | void> | StreamDataResponse | void;

/** How often a failed worker is tried again, and after how long. */
export interface WorkerRetryPolicy {
  /** Executions in all, the first included: 1 never retries. Default 3. */
  maximumAttempts?: number;
  /** Retry k waits this to the power of k seconds. Default 10. */
  backoffCoefficient?: number;
  /** No delay is longer: seconds, or text with a unit. Default 120. */
  maximumInterval?: Duration;
}

/** A job as it is read, or broadcast. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- mapped by the graph, not by types
export interface JobOutput<T = any> {
  metadata: JobMetadata;
  data: T;
}

/**
 * A job as it came, with the members of its type; data that were never written are undefined, and
 * the text of an error is what JSON.stringify gives, with the message and the code first.
 */
export function outputOf({ metadata, data }: JobOutput<unknown>): JobOutput {
  const { err } = metadata;
  const told = err === undefined ? {} : { err: errorText(err) };
  return { metadata: { ...metadata, ...told }, data: isWritten(data) ? data : undefined };
}

/** Maps of which nothing is defined leave an empty object behind. */
function isWritten(data: unknown): boolean {
  return typeof data === 'object' && data !== null && Object.keys(data).length > 0;
}

function errorText(err: string): string {
  const { message, code, ...rest } = fromJson(err) as Record<string, unknown>;
  return JSON.stringify({ message, code, ...rest });
}

export interface JobMetadata {
  jid: string;
  gid?: string;
  key?: string;
  app?: string;
  vrs?: string;
  tpc?: string;
  aid?: string;
  /** Created and updated, UTC, YYYYMMDDHHmmss.sss. */
  jc?: string;
  ju?: string;
  /** Status: open activities; 0 completed, below -100000000 interrupted. */
  js?: number;
  /** JSON text of the job's error. */
  err?: string;
  trc?: string;
  spn?: string;
  [key: string]: unknown;
}
