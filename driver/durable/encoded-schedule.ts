import { decodeJson } from '../database/codec';
import type { Database, Queryable } from '../database/database';
import { asPart } from '../database/savepoint';
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
  const named: [string, string] = [terms.id, terms.namespace];
  const create = async (stored: string | null) => {
    const args = stored !== null && doesMean(stored, json) ? stored : terms.args;
    return createSchedule(database, { ...terms, args }, first, tx);
  };
  const seen = await readScheduleInput(database, named, tx);
  // What is refused ends the caller's transaction, unless it may be because of what is not seen.
  const isPart = tx !== undefined && seen === null;
  try {
    return await (isPart ? asPart(tx, () => create(seen)) : create(seen));
  } catch (error) {
    const isThere = error instanceof RatchetError && error.code === 'WF306';
    if (!isThere || (tx !== undefined && !isPart)) throw error;
    // Somebody may have created it since it was looked for.
    return create(await readScheduleInput(database, named, tx));
  }
}
