import { randomBytes } from 'node:crypto';
import test from 'ava';
import { Client } from 'pg';
import { testEnvironment } from '../../driver/testing';
import { emptyDatabase } from '../support/cluster';

const COUNT = 'select count(*)::int as count from pg_database where datname = $1';
const OWNED = `select datname from pg_database d join pg_roles r on r.oid = d.datdba
  where r.rolname = $1`;

test('test kit: a stop that fails removes its database all the same', async (t) => {
  const { url: server, pool } = await emptyDatabase(t);
  const env = await testEnvironment({ server });
  const { connectionString } = env.connection.options;
  const count = async () => {
    const { rows } = await pool.query<{ count: number }>(COUNT, [
      new URL(connectionString).pathname.slice(1),
    ]);
    return rows[0]?.count;
  };
  t.is(await count(), 1);
  const client = new Client({ connectionString });
  await client.connect();
  await client.query('drop function ratchet.check_invariants()');
  await client.end();
  await t.throwsAsync(env.stop(), { message: /check_invariants/ });
  t.is(await count(), 0);
  await t.throwsAsync(env.now(), { code: 'WF303' });
});

test('test kit: a database that could not be removed is removed by another stop', async (t) => {
  const { url: server, pool } = await emptyDatabase(t);
  const env = await testEnvironment({ server });
  const name = new URL(env.connection.options.connectionString).pathname.slice(1);
  await pool.query(`alter database ${name} is_template true`);
  await t.throwsAsync(env.stop(), { message: /template/ });
  await pool.query(`alter database ${name} is_template false`);
  await env.stop();
  t.is((await pool.query(COUNT, [name])).rows[0].count, 0);
});

test('test kit: an installation that fails leaves no database', async (t) => {
  const { url, pool } = await emptyDatabase(t);
  // What it makes is known by its owner: other tests make databases meanwhile.
  const role = `maker_${randomBytes(4).toString('hex')}`;
  await pool.query(`create role ${role} login createdb password 'secret'`);
  t.teardown(() => pool.query(`drop role ${role}`));
  const server = new URL(url);
  Object.assign(server, { username: role, password: 'secret' });
  // The views of the engine cannot be used by its functions.
  server.searchParams.set('options', '-c restrict_nonsystem_relation_kind=view');
  await t.throwsAsync(testEnvironment({ server: server.href }));
  const { rows } = await pool.query(OWNED, [role]);
  t.deepEqual(rows, []);
});
