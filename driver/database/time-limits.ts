import type { QueryConfig } from 'pg';

/** For a connection to be made, or to be given by a pool. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** For an answer of the engine: what is at the other end may be gone without a word. */
export const ANSWER_TIMEOUT_MS = 60_000;
/** For what is said as everything ends: whoever does not answer finds it out by a lease. */
export const GOODBYE_TIMEOUT_MS = 5_000;

/** A statement that fails where no answer comes in time; the connection is then to be closed. */
export function timed(
  text: string,
  values: unknown[] = [],
  limitMs: number = ANSWER_TIMEOUT_MS,
): QueryConfig {
  // pg reads the limit of each query; its types have it for connections only.
  return { ...{ text, query_timeout: limitMs }, ...(values.length > 0 && { values }) };
}
