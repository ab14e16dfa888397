import test from 'ava';
import { migrate } from '../../driver/database/migrate';
import { emptyDatabase } from '../support/cluster';

const schemas = `select nspname from pg_namespace where nspname like 'ratchet%'`;

test('a failed installation leaves nothing, and the next one succeeds', async (t) => {
  const { pool } = await emptyDatabase(t);
  // Somebody else's schema with a table of a name that the engine needs.
  await pool.query('create schema ratchet; create table ratchet.jobs ()');
  await t.throwsAsync(migrate({ pool }), { message: /"jobs" already exists/ });
  t.deepEqual((await pool.query(schemas)).rows, [{ nspname: 'ratchet' }]);

  await pool.query('drop schema ratchet cascade');
  const { applied } = await migrate({ pool });
  t.true(applied.length > 0);
});

test('a table of migrations from elsewhere is a version error', async (t) => {
  const { pool } = await emptyDatabase(t);
  await pool.query(`
    create schema ratchet_internal;
    create table ratchet_internal.migrations (
      id serial primary key, name varchar(255) not null, run_on timestamp not null);
    insert into ratchet_internal.migrations (name, run_on) values ('0001_pre_other', now())`);
  await t.throwsAsync(migrate({ pool }), { code: 'WF601' });
});
