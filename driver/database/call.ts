import { backoff } from '../backoff';
import { fromPg, isConnectionError } from '../errors';
import type { Database, Queryable } from './database';

const CALL_ATTEMPTS = 20;

/**
 * A call that may be repeated with the same ids: in the caller's transaction once, otherwise until
 * the database answers.
 */
export async function call(
  database: Database,
  tx: Queryable | undefined,
  text: string,
  values: unknown[],
): Promise<string | null> {
  if (tx !== undefined) {
    try {
      const { rows } = await tx.query(text, values);
      return (Object.values(rows[0] as object)[0] ?? null) as string | null;
    } catch (error) {
      throw fromPg(error);
    }
  }
  for (let attempt = 0; ; attempt += 1) {
    try {
      const [row] = await database.rows<[string | null]>(text, values);
      return row?.[0] ?? null;
    } catch (error) {
      if (!isConnectionError(error) || attempt >= CALL_ATTEMPTS) throw error;
      await backoff(attempt);
    }
  }
}
