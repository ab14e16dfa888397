import test from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';

test.serial('a result that may not be read rejects', async (t) => {
  const { url, pool, client } = await durableTest(t);
  const role = `ratchet_stranger_${process.pid}`;
  await client.workflow.start({ taskQueue: 'q', workflowName: 'w', workflowId: 'a' });
  await pool.query(`create role ${role} login password 'x'`);
  t.teardown(async () => {
    await pool.query(`drop owned by ${role}; drop role ${role}`);
  });
  await pool.query(`grant usage on schema ratchet, ratchet_internal to ${role};
    grant select on all tables in schema ratchet_internal to ${role};
    grant execute on function ratchet.version() to ${role}`);
  const address = new URL(url);
  address.username = role;
  address.password = 'x';
  const options = { connectionString: address.href };
  const stranger = new Durable.Client({ connection: { class: Client, options } });
  const handle = stranger.workflow.getHandle('q', 'w', 'a');
  const error = await t.throwsAsync(handle.result());
  t.like(error, { code: '42501' });
});
