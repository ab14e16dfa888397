import { repeatOnOutage } from '../backoff';
import { fromPg } from '../errors';
import type { Database, Queryable, Statement } from './database';

const CALL_REPEATS = 20;

/**
 * A call that may be repeated with the same ids: in the caller's transaction once, otherwise until
 * the database answers. Returns the first column.
 */
export async function callRows(
  database: Database,
  tx: Queryable | undefined,
  statement: Statement,
  values: unknown[],
): Promise<(string | null)[]> {
  if (tx !== undefined) {
    try {
      const text = typeof statement === 'string' ? statement : statement.text;
      const { rows } = await tx.query(text, values);
      return rows.map((row) => (Object.values(row as object)[0] ?? null) as string | null);
    } catch (error) {
      throw fromPg(error);
    }
  }
  const rows = await repeatOnOutage(CALL_REPEATS, () =>
    database.rows<[string | null]>(statement, values),
  );
  return rows.map(([value]) => value);
}

export async function call(
  database: Database,
  tx: Queryable | undefined,
  statement: Statement,
  values: unknown[],
): Promise<string | null> {
  const [value] = await callRows(database, tx, statement, values);
  return value ?? null;
}
