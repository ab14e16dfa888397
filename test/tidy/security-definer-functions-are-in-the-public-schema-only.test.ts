import test from 'ava';
import { testDatabase } from '../support/cluster';

test('security definer functions are in the public schema only', async (t) => {
  const { pool } = await testDatabase(t);
  const { rows } = await pool.query(`
    select p.oid::regprocedure::text as name
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'ratchet_internal' and p.prosecdef
    order by 1`);
  t.deepEqual(rows, []);
});
