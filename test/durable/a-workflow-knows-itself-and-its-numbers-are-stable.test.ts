import test from 'ava';
import { Durable } from '../../driver';
import { deterministicRandom } from '../../driver/durable/workflow';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
let passes = 0;
const unawaited: string[] = [];
const activities = {
  async context() {
    const { activityName, workflowId, workflowTopic, headers } = Durable.activity.getContext();
    return { activityName, workflowId, workflowTopic, headers };
  },
  async slowly(text: string) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    unawaited.push(text);
  },
};
const { context } = workflow.proxyActivities<typeof activities>({ headers: { a: 1 } });

async function numbers() {
  passes += 1;
  const first = workflow.random();
  const id = workflow.uuid4();
  const { workflowId, workflowTopic, namespace, canRetry } = workflow.workflowInfo();
  const about = await context();
  if (passes === 1) throw new Error('once more');
  const { counter } = workflow.workflowInfo();
  return { first, id, workflowId, workflowTopic, namespace, canRetry, about, counter };
}

async function leaving() {
  void workflow.proxyActivities<typeof activities>().slowly('done');
  return 'left';
}

test.serial('random, uuid4 and positions are the same in every run', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: numbers, activities });
  const config = { initialInterval: 1, backoffCoefficient: 1 };
  const start = (workflowId: string) =>
    client.workflow.start(numbers, { taskQueue: 'q', workflowId, config });
  const one = await (await start('one')).result();
  const two = await (await start('two')).result();
  t.is(one.first, deterministicRandom(1));
  t.regex(one.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  t.not(one.id, two.id);
  t.is(one.counter, 18);
  t.like(one, { workflowId: 'one', workflowTopic: 'q-numbers', namespace: 'durable' });
  t.deepEqual(one.about, {
    ...{ activityName: 'context', workflowId: 'one', workflowTopic: 'q-numbers' },
    headers: { a: 1 },
  });
});

async function tells(info: { signal: string }) {
  await workflow.signal(info.signal, workflow.uuid4());
}

/** Each generation, and each of its hooks, makes the same calls. */
async function identified(known: string[]): Promise<string[]> {
  const ids = [...known, workflow.uuid4()];
  const hook = { taskQueue: 'q', workflowName: 'tells', args: [] };
  for (let n = 0; n < 2; n += 1) ids.push(await workflow.execHook<string>(hook));
  return ids.length < 6 ? workflow.continueAsNew(ids) : ids;
}

test.serial('10.8: each generation and hook has UUIDs of its own', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: identified });
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: tells });
  const start = { taskQueue: 'q', args: [[]] as [string[]] };
  const ids = await (await client.workflow.start(identified, start)).result();
  t.is(new Set(ids).size, 6);
});

test.serial('an activity that is never awaited is waited for', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: leaving, activities });
  const handle = await client.workflow.start(leaving, { taskQueue: 'q' });
  t.is(await handle.result(), 'left');
  t.deepEqual(unawaited, ['done']);
});

test.serial('namespaces do not see each other', async (t) => {
  const { connection, client } = await durableTest(t);
  async function who() {
    return workflow.workflowInfo().namespace;
  }
  for (const namespace of ['one', 'two']) {
    await Durable.Worker.create({ connection, namespace, taskQueue: 'q', workflow: who });
  }
  const start = (namespace: string) =>
    client.workflow.start(who, { namespace, taskQueue: 'q', workflowId: 'same' });
  const handles = [await start('one'), await start('two')];
  t.deepEqual(await Promise.all(handles.map((handle) => handle.result())), ['one', 'two']);
  await t.throwsAsync(client.workflow.getHandle('q', 'who', 'same').status());
});

test.serial('state and export show what happened', async (t) => {
  const { connection, client } = await durableTest(t);
  passes = 1;
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: numbers, activities });
  const handle = await client.workflow.start(numbers, { taskQueue: 'q', workflowId: 'shown' });
  await handle.result();
  const { data, metadata } = await handle.state(true);
  t.like(data, { done: true, workflowId: 'shown' });
  t.regex(metadata.jc, /^\d{14}\.\d{3}$/);
  const { timeline, status, transitions, data: none } = await handle.export({ block: ['data'] });
  t.deepEqual([timeline?.map(({ key }) => key), status, none], [['-proxy-18-'], 0, undefined]);
  t.like(transitions, [{ activity: 'activity context', dimensions: '' }]);
  const only = await handle.export({ allow: ['status'] });
  t.deepEqual(only, { status: 0 });
});

async function varying() {
  const id = Durable.guid();
  const entity = await workflow.entity();
  await entity.set({ id, at: Date.now() });
  const search = await workflow.search();
  await search.set({ at: String(process.hrtime.bigint()) });
  await workflow.signal(`signal ${id}`, id);
  const child = await workflow.startChild('nobody', { workflowId: `child ${id}`, args: [id] });
  const answer = await workflow.condition(id);
  return { answer, kept: await entity.get(), at: await search.get('at'), child: child.workflowId };
}

test.serial('10.0.1: what was recorded counts, whatever a replay calls with', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  const create = () => Durable.Worker.create({ connection, taskQueue: 'q', workflow: varying });
  const handle = await client.workflow.start(varying, { taskQueue: 'q', workflowId: 'varies' });
  const waits = `select j.context, m.key from ratchet_internal.messages m
    join ratchet.jobs j on j.id = m.job_id where m.kind = 'wait'`;
  for (let run = 0; run < 2; run += 1) {
    const worker = await create();
    await waitFor('it waits', async () => (await pool.query(waits)).rowCount === 1);
    await worker.stop();
  }
  const [{ context, key }] = (await pool.query(waits)).rows;
  t.is(context.id, key);
  const { at = '' } = await handle.queryState(['at']);
  await create();
  await handle.signal(key, 'for the first');
  const result = { answer: 'for the first', kept: context, at, child: `child ${key}` };
  t.deepEqual<unknown, unknown>(await handle.result(), result);
  const signals = await pool.query(
    'select key from ratchet_internal.signals where not is_consumed',
  );
  t.deepEqual(signals.rows, [{ key: `signal ${key}` }]);
  t.is((await pool.query(`select from ratchet.jobs where key like 'child %'`)).rowCount, 1);
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});
