import test from 'ava';
import { testDatabase } from '../support/cluster';

test('the public may not execute anything', async (t) => {
  const { pool } = await testDatabase(t);
  const { rows } = await pool.query(`
    select p.oid::regprocedure::text as name
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('ratchet', 'ratchet_internal')
      and has_function_privilege('public', p.oid, 'execute')
    order by 1`);
  t.deepEqual(rows, []);
});
