import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { post } from '../../driver/database/broadcast-calls';
import { Database } from '../../driver/database/database';
import { Inbox } from '../../driver/engine/inbox';
import { testDatabase } from '../support/cluster';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const JOBS = 20;
const STEPS = 10;
const PAUSE_MS = 3;

const store = new AsyncLocalStorage<string>();

test.serial('a function sees the store of its interceptor, and nobody else does', async (t) => {
  const { url, connection, client } = await durableTest(t);
  t.teardown(() => Durable.clearInterceptors());
  Durable.registerInboundInterceptor({
    execute(context, next) {
      const id = String(context.get('workflowId'));
      return id.startsWith('tenant') ? store.run(id, next) : next();
    },
  });
  const seen = new Set<string>();
  const look = (who: string, id: string) => {
    const found = store.getStore();
    seen.add(`${who} sees ${found === undefined ? 'none' : found === id ? 'its own' : 'another'}`);
  };
  const steps = {
    near: async (id: string) => look('a step', id),
    far: async (id: string) => look('a step on a queue', id),
  };
  const { near } = Durable.workflow.proxyActivities<typeof steps>({ activities: steps });
  const { far } = Durable.workflow.proxyActivities<typeof steps>({
    ...{ activities: steps, taskQueue: 'far' },
  });
  async function tenant(id: string) {
    for (let i = 0; i < STEPS; i += 1) {
      await pause(PAUSE_MS);
      look('a tenant', id);
      await near(id);
    }
  }
  async function plain(id: string) {
    look('another', id);
    for (let i = 0; i < STEPS / 2; i += 1) {
      await far(id);
      await near(id);
    }
  }
  const to = { connection, taskQueue: 'q' };
  for (const workflow of [tenant, plain]) await Durable.Worker.create({ ...to, workflow });
  await Durable.registerActivityWorker({ connection, taskQueue: 'far' }, steps);
  // Started elsewhere it is claimed by an exchange.
  const options = { connectionString: url, application_name: 'elsewhere' };
  const elsewhere = new Durable.Client({ connection: { class: Client, options } });
  const handles = [];
  for (let i = 0; i < JOBS; i += 1) {
    const ids = [`tenant-${i}`, `plain-${i}`] as const;
    const own = { taskQueue: 'q', workflowId: ids[0], args: [ids[0]] as [string] };
    handles.push(await client.workflow.start(tenant, own));
    const other = { taskQueue: 'q', workflowId: ids[1], args: [ids[1]] as [string] };
    handles.push(await elsewhere.workflow.start(plain, other));
  }
  await Promise.all(handles.map((handle) => handle.result()));
  seen.delete('a step sees its own'); // it may, where it begins as it is called
  t.deepEqual([...seen].sort(), [
    'a step on a queue sees none',
    'a step sees none',
    'a tenant sees its own',
    'another sees none',
  ]);
});

test.serial('who hears of a broadcast is in nobody’s store', async (t) => {
  const { url } = await testDatabase(t);
  const database = new Database({ connectionString: url });
  const inbox = new Inbox(database, 600_000);
  const seen: (string | undefined)[] = [];
  await inbox.subscribe('hmsh:shop', '$news', false, () => seen.push(store.getStore()));
  for (let i = 1; i <= 5; i += 1) {
    await post(database, { topic: 'news', message: '{}', app: 'shop', namespace: 'hmsh' });
    await waitFor('it is heard', () => {
      store.run('whoever looks', () => inbox.look());
      return seen.length === i;
    });
  }
  t.deepEqual([...new Set(seen)], [undefined]);
  await inbox.close();
  await database.close();
});
