import test from 'ava';
import { testDatabase } from '../support/cluster';

test('checks have names of their own', async (t) => {
  const { pool } = await testDatabase(t);
  const { rows } = await pool.query(`
    select conrelid::regclass || ' ' || conname as name
    from pg_constraint k join pg_namespace n on n.oid = k.connamespace
    where n.nspname in ('ratchet', 'ratchet_internal')
      and k.contype = 'c' and k.conname ~ '_check[0-9]*$'
    order by 1`);
  t.deepEqual(rows, []);
});
