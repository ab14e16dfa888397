import test from 'ava';
import { testDatabase } from '../support/cluster';

test('every function pins its search path', async (t) => {
  const { pool } = await testDatabase(t);
  const { rows } = await pool.query(`
    select p.oid::regprocedure::text as name
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('ratchet', 'ratchet_internal')
      -- A body that is part of the statement was bound to its objects when it was created.
      and p.prosqlbody is null
      and not coalesce(p.proconfig @> '{"search_path=pg_catalog, pg_temp"}', false)
    order by 1`);
  t.deepEqual(rows, []);
});
