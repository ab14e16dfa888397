import type { Socket } from 'node:net';
import test from 'ava';
import { Client, Pool } from 'pg';
import { Durable } from '../../driver';
import { migrate } from '../../driver/database/migrate';
import { testDatabase } from '../support/cluster';
import { AT_ONCE } from '../support/durable';
import { startProxy } from '../support/proxy';
import { waitFor, within } from '../support/wait-for';

// What is lost while no query waits for it would be an error event that nobody hears.

const { activity, workflow } = Durable;
/** A client whose connection breaks at the first statement of its class that begins so. */
function cutAt(beginning: string) {
  const cuts = { left: 1 };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with `this` below
  const query = Client.prototype.query as (...args: unknown[]) => unknown;
  class CutClient extends Client {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- of every form of query
    override query(...args: any[]): any {
      const [config] = args as [string | { text?: string }];
      const text = typeof config === 'string' ? config : (config.text ?? '');
      if (cuts.left > 0 && text.startsWith(beginning)) {
        cuts.left -= 1;
        (this as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
      }
      return query.apply(this, args);
    }
  }
  return { CutClient, cuts };
}

test.serial('the first use of a database', async (t) => {
  const { url } = await testDatabase(t);
  t.teardown(() => Durable.shutdown());
  const { CutClient, cuts } = cutAt(`select current_setting('server_version_num')`);
  const connection = { class: Client, options: { connectionString: url, Client: CutClient } };
  const client = new Durable.Client({ connection });
  const handle = await client.workflow.start({ workflowName: 'any', taskQueue: 'q', args: [] });
  t.is(await handle.status(), 1);
  t.is(cuts.left, 0);
});

test('an installation', async (t) => {
  const { url } = await testDatabase(t);
  const { CutClient } = cutAt('select current_setting');
  const pool = new Pool({ connectionString: url, Client: CutClient });
  await t.throwsAsync(migrate({ pool }), { message: /terminated/ });
  t.deepEqual(await migrate({ pool }), { applied: [] });
  await pool.end();
});

test.serial('a search', async (t) => {
  const { url } = await testDatabase(t);
  t.teardown(() => Durable.shutdown());
  for (const statement of ['begin', 'select 1', 'commit']) {
    const { CutClient } = cutAt(statement);
    const connection = { class: Client, options: { connectionString: url, Client: CutClient } };
    const { workflow: jobs } = new Durable.Client({ connection });
    const search = () => jobs.search('q', 'w', null, 'sql', 'select 1 as one');
    await t.throwsAsync(search(), { message: /terminated/ }, statement);
    t.deepEqual(await search(), [{ one: 1 }], statement);
    await Durable.shutdown();
  }
});

test.serial('the building of an index', async (t) => {
  const { url, pool } = await testDatabase(t);
  t.teardown(() => Durable.shutdown());
  const proxy = await startProxy(t, url);
  const connection = { class: Client, options: { connectionString: proxy.url } };
  const mesh = await new Durable.Client({ connection }).getHotMeshClient('q');
  const writer = await pool.connect();
  // What writes to the table is waited for.
  await writer.query('begin; lock table ratchet.jobs in row exclusive mode');
  const building = Durable.Entity.createIndex('user', 'name', mesh);
  const refused = t.throwsAsync(building, { message: /terminated/ });
  await waitFor('it is being built', async () => {
    const sql = `select from pg_stat_activity
      where datname = current_database() and query ilike 'create index concurrently%'`;
    return (await pool.query(sql)).rowCount;
  });
  proxy.cut();
  await within('the error', refused);
  await writer.query('rollback');
  writer.release();
});

for (const statement of ['begin isolation', 'set local idle']) {
  test.serial(`the transaction of an activity, at ${statement}`, async (t) => {
    const { url } = await testDatabase(t);
    t.teardown(() => Durable.shutdown());
    const { CutClient, cuts } = cutAt(statement);
    const connection = { class: Client, options: { connectionString: url, Client: CutClient } };
    const activities = {
      write: () => activity.transaction(async (step) => (await step.query('select 1')).rowCount),
    };
    const { write } = workflow.proxyActivities<typeof activities>({ activities, retry: AT_ONCE });
    async function writing() {
      return write();
    }
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: writing });
    const client = new Durable.Client({ connection });
    const handle = await client.workflow.start(writing, { taskQueue: 'q' });
    t.is(await within('the result', handle.result()), 1);
    t.is(cuts.left, 0);
  });
}
