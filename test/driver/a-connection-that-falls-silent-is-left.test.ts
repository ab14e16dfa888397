import test, { type ExecutionContext } from 'ava';
import { Client, Pool, type ClientConfig } from 'pg';
import { Durable } from '../../driver';
import { checkout } from '../../driver/database/checkout';
import { testDatabase } from '../support/cluster';
import { startProxy } from '../support/proxy';
import { waitFor, within } from '../support/wait-for';

// What a firewall forgets, or a machine that is gone, says nothing at all: no error, no end.

const { activity, workflow } = Durable;
const SPEED = 30;

/** Waits a thirtieth of what it is told to, and for ever where it is told nothing. */
class HastyClient extends Client {
  constructor(config: ClientConfig = {}) {
    super(hastened(config));
  }
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- of every form of query
  override query(...args: any[]): any {
    const [config, ...rest] = args as [string | object, ...unknown[]];
    const given = typeof config === 'string' ? config : hastened(config);
    return (super.query as (...all: unknown[]) => unknown)(given, ...rest);
  }
}

/** A pool hides the password of its options, which is to stay hidden. */
function hastened<T extends object>(config: T): T {
  const known = Object.getOwnPropertyDescriptors(config) as PropertyDescriptorMap;
  for (const name of ['connectionTimeoutMillis', 'query_timeout']) {
    const property = known[name];
    if (property?.value) known[name] = { ...property, value: Number(property.value) / SPEED };
  }
  return Object.defineProperties({}, known) as T;
}

const activities = {
  plain: async () => 'plain',
  written: () =>
    activity.transaction(async (step) => (await step.query('select 1 as n')).rows[0] as object),
};
const { plain, written } = workflow.proxyActivities<typeof activities>({
  activities,
  retry: { initialInterval: 1, backoffCoefficient: 1, maximumAttempts: 10 },
});
async function simple() {
  return plain();
}
async function writing() {
  return written();
}

async function lab(t: ExecutionContext) {
  const { url, pool: direct } = await testDatabase(t);
  const proxy = await startProxy(t, url);
  t.teardown(() => Durable.shutdown());
  return { url, proxy, direct };
}

test.serial('a worker on a pool of yours goes on, within its lease', async (t) => {
  const { url, proxy } = await lab(t);
  const pool = new Pool({ connectionString: proxy.url, Client: HastyClient, max: 4 });
  t.teardown(async () => {
    await Durable.shutdown();
    await pool.end();
  });
  await Durable.Worker.create({ connection: { class: pool }, taskQueue: 'q', workflow: simple });
  const connection = { class: Client, options: { connectionString: url } };
  const client = new Durable.Client({ connection });
  const result = async () => {
    const handle = await client.workflow.start(simple, { taskQueue: 'q' });
    return within('the result', handle.result(), 20_000);
  };
  t.is(await result(), 'plain');
  proxy.hush();
  t.is(await result(), 'plain');
});

test.serial('an activity whose transaction cannot begin is tried again', async (t) => {
  const { proxy, url } = await lab(t);
  const options = { connectionString: proxy.url, Client: HastyClient };
  const connection = { class: Client, options };
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: writing });
  const direct = { class: Client, options: { connectionString: url } };
  const client = new Durable.Client({ connection: direct });
  const start = () => client.workflow.start(writing, { taskQueue: 'q' });
  t.deepEqual(await within('the first', (await start()).result()), { n: 1 });
  // The connection of the first is in its pool, and says nothing any more.
  proxy.hush();
  t.deepEqual(await within('the second', (await start()).result(), 20_000), { n: 1 });
});

test.serial('so is one whose connection is never made', async (t) => {
  const { proxy, url } = await lab(t);
  const options = { connectionString: proxy.url, Client: HastyClient };
  await Durable.Worker.create({
    connection: { class: Client, options },
    ...{ taskQueue: 'q', workflow: writing },
  });
  const direct = { class: Client, options: { connectionString: url } };
  const client = new Durable.Client({ connection: direct });
  proxy.isDeaf = true;
  const handle = await client.workflow.start(writing, { taskQueue: 'q' });
  await waitFor('a connection that gets no answer', () => proxy.unanswered > 0);
  proxy.isDeaf = false;
  t.deepEqual(await within('the result', handle.result(), 20_000), { n: 1 });
});

test.serial('a shutdown waits for no answer that does not come', async (t) => {
  const { proxy } = await lab(t);
  const connection = { class: Client, options: { connectionString: proxy.url } };
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: simple });
  const client = new Durable.Client({ connection });
  await (await client.workflow.start(simple, { taskQueue: 'q' })).result();
  proxy.isDeaf = true;
  proxy.hush();
  const unanswered = t.throwsAsync(client.workflow.start(simple, { taskQueue: 'q' }));
  // An answer of the engine is waited for for a minute.
  await within('the shutdown', Durable.shutdown(), 50_000);
  await unanswered;
});

test('a pool that has no connection to give is not waited for', async (t) => {
  const { url } = await testDatabase(t);
  const pool = new Pool({ connectionString: url, max: 1 });
  const held = await checkout(pool, 50);
  await t.throwsAsync(checkout(pool, 50), { message: /^timeout exceeded when trying to connect/ });
  held.release(false);
  // What came too late is back in the pool.
  const again = await checkout(pool, 1_000);
  t.is((await again.client.query('select 1')).rowCount, 1);
  again.release(false);
  await pool.end();
});
