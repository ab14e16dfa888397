import type { Database } from './database';
import { call } from './call';

export interface CronRequest {
  id: string;
  queue: string;
  args: string;
  /** A cron expression, or what the interval was written as. */
  rule: string;
  everyMs: number | null;
  delayMs: number | null;
  maxRuns: number;
  namespace: string;
  options: string;
}

const FLUSH = 'select ratchet.flush($1, $2, $3)';
const START_CRON = `select ratchet.start_cron($1, $2, $3, $4,
  $5::float8 * interval '1 millisecond', $6::float8 * interval '1 millisecond', $7, $8, $9)`;
const STOP_CRON = 'select ratchet.stop_cron($1, $2)';

/** Removes a finished job; with `isExpiredOnly`, only if its time has passed. */
export async function flushJob(
  database: Database,
  id: string,
  namespace: string,
  isExpiredOnly: boolean,
): Promise<boolean> {
  return (await call(database, undefined, FLUSH, [id, namespace, isExpiredOnly])) === 't';
}

/** Starts a repeating call; false while one of the same id runs. */
export async function startCron(database: Database, cron: CronRequest): Promise<boolean> {
  const { id, queue, args, rule, everyMs, delayMs, maxRuns, namespace, options } = cron;
  const values = [id, queue, args, rule, everyMs, delayMs, maxRuns, namespace, options];
  return (await call(database, undefined, START_CRON, values)) === 't';
}

/** Stops a repeating call; false if it was not running. */
export async function stopCron(
  database: Database,
  id: string,
  namespace: string,
): Promise<boolean> {
  return (await call(database, undefined, STOP_CRON, [id, namespace])) === 't';
}
