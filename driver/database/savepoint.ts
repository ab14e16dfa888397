import { fromPg } from '../errors';
import type { Queryable } from './database';

const SAVE = 'savepoint ratchet_call';
const KEEP = 'release savepoint ratchet_call';
const UNDO = 'rollback to savepoint ratchet_call';
/** no_active_sql_transaction */
const NO_TRANSACTION = '25P01';

/** Runs it as a part of the caller's transaction, which goes on where the part fails. */
export async function asPart<T>(tx: Queryable, act: () => Promise<T>): Promise<T> {
  const isTransaction = await begun(tx);
  try {
    const value = await act();
    if (isTransaction) await tx.query(KEEP);
    return value;
  } catch (error) {
    if (isTransaction) {
      await tx.query(UNDO);
      await tx.query(KEEP);
    }
    throw error;
  }
}

/** What is given as a transaction may commit each statement by itself. */
async function begun(tx: Queryable): Promise<boolean> {
  try {
    await tx.query(SAVE);
    return true;
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === NO_TRANSACTION) return false;
    throw fromPg(error);
  }
}
