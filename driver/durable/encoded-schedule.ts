import { decodeJson } from '../database/codec';
import type { Database, Queryable } from '../database/database';
import { createSchedule, readScheduleInput, type ScheduleTerms } from '../database/schedule-calls';
import { RatchetError } from '../errors';

/** Whether stored arguments mean the JSON given; no, where they cannot be decoded here. */
function doesMean(stored: string, json: string): boolean {
  try {
    return decodeJson(stored) === json;
  } catch (error) {
    if (error instanceof RatchetError && error.code === 'WF109') return false;
    throw error;
  }
}

/**
 * As `createSchedule`, where the arguments are encoded. A codec may write the same ones another way
 * each time, and SQL compares what is written: a schedule that is there is compared here, and where
 * it has these arguments, SQL is given them as it has them.
 *
 * @param json the arguments before they were encoded
 */
export async function createEncodedSchedule(
  database: Database,
  terms: ScheduleTerms,
  json: string,
  first: { isPaused: boolean; delayMs: number | null },
  tx?: Queryable,
): Promise<number | null> {
  const create = async () => {
    const stored = await readScheduleInput(database, [terms.id, terms.namespace], tx);
    const args = stored !== null && doesMean(stored, json) ? stored : terms.args;
    return createSchedule(database, { ...terms, args }, first, tx);
  };
  try {
    return await create();
  } catch (error) {
    const isThere = error instanceof RatchetError && error.code === 'WF306';
    if (!isThere || tx !== undefined) throw error; // the caller's transaction is over by then
    return create(); // somebody may have created it since it was looked for
  }
}
