import test from 'ava';
import { Client } from 'pg';
import { migrate } from '../../driver/database/migrate';
import { testDatabase } from '../support/cluster';

test('installing twice changes nothing and costs one query', async (t) => {
  const { pool } = await testDatabase(t);
  const stamp = 'select array_agg((id, name, run_on)) as rows from ratchet_internal.migrations';
  const before = await pool.query(stamp);

  const statements: unknown[] = [];
  const client = await pool.connect();
  const original = client.query.bind(client) as (...args: unknown[]) => unknown;
  Object.assign(client, {
    query: (...args: unknown[]) => {
      statements.push(args[0]);
      return original(...args);
    },
  });
  client.release();
  t.deepEqual(await migrate({ pool }), { applied: [] });
  t.is(statements.length, 1);

  const after = await pool.query(stamp);
  t.deepEqual(after.rows, before.rows);
});

test('a role that may not install finds the engine installed', async (t) => {
  const { url, pool } = await testDatabase(t);
  const role = `visitor_${new URL(url).pathname.slice(1)}`;
  await pool.query(`create role ${role} login password 'visitor'`);
  t.teardown(() => pool.query(`drop role ${role}`));
  const visitor = new URL(url);
  visitor.username = role;
  visitor.password = 'visitor';
  const unread = { applied: [], isUnreadable: true } as const;
  t.deepEqual(await migrate({ connectionString: visitor.href }), unread);
  const client = new Client({ connectionString: visitor.href });
  await client.connect();
  await t.throwsAsync(client.query('table ratchet_internal.migrations'), { code: '42501' });
  await client.end();
});
