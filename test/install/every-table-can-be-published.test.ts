import test from 'ava';
import { testDatabase } from '../support/cluster';

test('each row can be told from the others, which a publication of all tables needs', async (t) => {
  const { pool } = await testDatabase(t);
  const { rows } = await pool.query(`
    select c.oid::regclass::text as name from pg_class c
    where c.relnamespace in ('ratchet'::regnamespace, 'ratchet_internal'::regnamespace)
      and c.relkind in ('r', 'p') and c.relreplident <> 'f'
      and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)`);
  t.deepEqual(rows, []);
});

test('beside a publication of all tables what is over is removed', async (t) => {
  const { pool } = await testDatabase(t);
  await pool.query('create publication everything for all tables');
  await pool.query(`select ratchet.start_workflow('w', p_id => 'over')`);
  await pool.query(`select ratchet.terminate('over', p_options => '{"expire": 0}')`);
  await pool.query(`update ratchet.jobs set finished_at = finished_at - interval '1 day'`);
  const { rows } = await pool.query('select ratchet.prune() as count');
  t.deepEqual(rows, [{ count: '1' }]);
});
