import test from 'ava';
import { testDatabase } from '../support/cluster';

test('no function is overloaded', async (t) => {
  const { pool } = await testDatabase(t);
  const { rows } = await pool.query(`
    select p.pronamespace::regnamespace || '.' || p.proname as name
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('ratchet', 'ratchet_internal')
    group by p.pronamespace, p.proname having count(*) > 1
    order by 1`);
  t.deepEqual(rows, []);
});
