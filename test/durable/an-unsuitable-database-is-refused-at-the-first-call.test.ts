import test from 'ava';
import { Client, Pool } from 'pg';
import { Durable, type RatchetError } from '../../driver';
import { emptyDatabase } from '../support/cluster';
import { durableTest } from '../support/durable';

async function code(call: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return (error as RatchetError).code;
  }
}

const options = { taskQueue: 'q', workflowName: 'w' };

test.serial('a schema that is older or newer than the driver', async (t) => {
  const { client, connection, pool } = await durableTest(t);
  for (const version of [0, 2]) {
    await pool.query(`create or replace function ratchet.version() returns int
      language sql immutable parallel safe set search_path = pg_catalog, pg_temp
      as 'select ${version}'`);
    t.is(await code(() => client.workflow.start(options)), 'WF601');
    const serve = () => Durable.Worker.create({ connection, taskQueue: 'q', workflow: serve });
    t.is(await code(serve), 'WF601');
  }
});

test.serial('an engine that is not installed, where it must not be', async (t) => {
  const { url } = await emptyDatabase(t);
  t.teardown(() => Durable.shutdown());
  const connection = { class: Client, options: { connectionString: url } };
  const client = new Durable.Client({ connection, install: false });
  t.is(await code(() => client.workflow.start(options)), 'WF602');
});

test.serial('a connection that cannot write', async (t) => {
  const { url } = await emptyDatabase(t);
  t.teardown(() => Durable.shutdown());
  const readOnly = { connectionString: url, options: '-c default_transaction_read_only=on' };
  const client = new Durable.Client({ connection: { class: Client, options: readOnly } });
  t.is(await code(() => client.workflow.start(options)), 'WF603');
});

test.serial('a pool of another isolation; options of another are mended', async (t) => {
  const { url } = await durableTest(t);
  const serializable = {
    connectionString: url,
    options: '-c default_transaction_isolation=serializable',
  };
  const pool = new Pool(serializable);
  t.teardown(() => pool.end());
  const pooled = new Durable.Client({ connection: { class: pool } });
  t.is(await code(() => pooled.workflow.start(options)), 'WF605');
  async function w() {
    return 'served';
  }
  const connection = { class: Client, options: serializable };
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: w });
  const client = new Durable.Client({ connection });
  t.is(await (await client.workflow.start(w, { taskQueue: 'q' })).result(), 'served');
});

test.serial('a server that is not there', async (t) => {
  t.teardown(() => Durable.shutdown());
  const nowhere = { connectionString: 'postgresql://nobody@127.0.0.1:9/none' };
  const client = new Durable.Client({ connection: { class: Client, options: nowhere } });
  t.is(await code(() => client.workflow.start(options)), 'ECONNREFUSED');
});
