import test from 'ava';
import { Durable } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
type Any = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** Calls an activity of a queue; `own`: of the queue of the workflow. */
async function calling(name: string, taskQueue: string, ...args: unknown[]) {
  const retry = { ...AT_ONCE, maximumAttempts: 0 };
  const queue = taskQueue === 'own' ? {} : { taskQueue };
  const proxy = workflow.proxyActivities<Any>({ retry, ...queue, headers: { by: 'test' } });
  return proxy[name]?.(...args);
}

async function lab(t: Parameters<typeof durableTest>[0]) {
  const bed = await durableTest(t);
  await Durable.Worker.create({ connection: bed.connection, taskQueue: 'q', workflow: calling });
  const call = async (name: string, queue: string, ...args: unknown[]) => {
    const start = { taskQueue: 'q', args: [name, queue, ...args] as [string, string] };
    return (await bed.client.workflow.start(calling, start)).result();
  };
  return { ...bed, call };
}

test.serial('7.1: a worker serves its queue and the one it is named after', async (t) => {
  const { connection, call } = await lab(t);
  const activities = { served: async () => Durable.activity.getContext().taskQueue };
  const config = { connection, taskQueue: 'inventory-tasks' };
  await Durable.registerActivityWorker(config, activities, 'inventory-activities');
  t.is(await call('served', 'inventory-tasks'), 'inventory-tasks');
  t.is(await call('served', 'inventory-activities'), 'inventory-activities');
  await Durable.registerActivityWorker({ connection }, activities);
  t.is(await call('served', 'durable-activities'), 'durable-activities');
  await Durable.registerActivityWorker({ connection }, activities, 'by-name-alone');
  t.is(await call('served', 'by-name-alone'), 'by-name-alone');
});

test.serial('7.1: registering again changes nothing, and the worker can be stopped', async (t) => {
  const { connection, call, pool } = await lab(t);
  let runs = 0;
  const activities = { counted: async () => (runs += 1) };
  const config = { connection, taskQueue: 'twice' };
  const first = await Durable.registerActivityWorker(config, activities, 'twice');
  const again = await Durable.registerActivityWorker(config, activities, 'twice');
  t.is(await call('counted', 'twice'), 1);
  const routes = `select from ratchet_internal.worker_routes where queue = 'twice'`;
  t.is((await pool.query(routes)).rowCount, 1);
  t.true(first instanceof Durable.Worker && again instanceof Durable.Worker);
  await again.run();
  await again.stop();
  t.is((await pool.query(routes)).rowCount, 1, 'the first is still there');
  await first.stop();
  t.is((await pool.query(routes)).rowCount, 0);
});

test.serial('7.1: functions go by their own names, else by their keys', async (t) => {
  const { connection, call } = await lab(t);
  async function greet(name: unknown) {
    return `hello ${String(name)}`;
  }
  async function alone() {
    return 'alone';
  }
  const nameless = [async () => 'by its key'][0];
  const module = Object.assign(Object.create(null) as object, {
    ...{ default: greet, keyed: nameless, LIMIT: 7, settings: {} },
  });
  await Durable.registerActivityWorker({ connection, taskQueue: 'pool' }, module);
  await Durable.registerActivityWorker({ connection, taskQueue: 'pool' }, alone);
  t.is(await call('greet', 'pool', 'you'), 'hello you');
  t.is(await call('keyed', 'pool'), 'by its key');
  t.is(await call('alone', 'pool'), 'alone');
  t.is(await call('greet', 'own', 'me'), 'hello me', 'all of a process are known to its workers');
  for (const name of ['LIMIT', 'settings']) {
    const message = `Activity '${name}' not found in registry`;
    await t.throwsAsync(call(name, 'pool'), { message });
  }
});

test.serial('7.2: an activity that is registered later is found by a retry', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  async function patient(queue: string) {
    const retry = { initialInterval: 5, backoffCoefficient: 1, maximumAttempts: 1_000 };
    const proxy = workflow.proxyActivities<Any>({ retry, taskQueue: queue });
    return proxy[`late ${queue}`]?.();
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: patient });
  await Durable.registerActivityWorker({ connection, taskQueue: 'pool' }, {});
  for (const queue of ['q', 'pool']) {
    const handle = await client.workflow.start(patient, { taskQueue: 'q', args: [queue] });
    await waitFor('it was tried in vain', async () => {
      const tried = `select from ratchet_internal.messages where kind = 'activity' and attempt > 1`;
      return (await pool.query(tried)).rowCount === 1;
    });
    workflow.proxyActivities({ activities: { [`late ${queue}`]: async () => 'here' } });
    t.is(await handle.result(), 'here', queue);
  }
});

test.serial('7.2: a proxy answers any name, by destructuring and as a property', (t) => {
  const proxy = workflow.proxyActivities<Any>({ expire: 5 });
  const { one, two } = proxy;
  t.deepEqual(
    [typeof one, typeof two, typeof proxy['three']],
    ['function', 'function', 'function'],
  );
  t.is(one, proxy['one']);
  t.is(proxy['then'], undefined);
  t.is((proxy as Record<symbol, unknown>)[Symbol.iterator], undefined);
  t.is((proxy as Record<symbol, unknown>)[Symbol.toPrimitive], undefined);
});

test.serial(
  '7.3: an activity knows its call and its workflow, in a pool and at home',
  async (t) => {
    const { connection, call, client } = await lab(t);
    const activities = { about: async (..._args: unknown[]) => Durable.activity.getContext() };
    await Durable.registerActivityWorker({ connection, taskQueue: 'pool' }, activities);
    for (const queue of ['own', 'pool']) {
      const told = (await call('about', queue, 'a', { b: 1 })) as Record<string, unknown>;
      t.like(told, {
        activityName: 'about',
        arguments: ['a', { b: 1 }],
        workflowTopic: 'q-calling',
      });
      t.deepEqual(told['headers'], { by: 'test' });
      t.deepEqual(told['argumentMetadata'], { by: 'test' });
      const job = client.workflow.getHandle('q', 'calling', String(told['workflowId']));
      t.is(await job.status(), 0, 'it is the id of the workflow');
    }
    async function plain(queue: string) {
      const proxy = workflow.proxyActivities<Any>({ taskQueue: queue });
      return proxy['about']?.();
    }
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: plain });
    for (const queue of ['q', 'pool']) {
      const handle = await client.workflow.start(plain, { taskQueue: 'q', args: [queue] });
      t.like(await handle.result(), { arguments: [], headers: {}, argumentMetadata: {} });
    }
  },
);
