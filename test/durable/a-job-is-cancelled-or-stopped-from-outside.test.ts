import test from 'ava';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';

const { workflow } = Durable;
const cleaned: string[] = [];
const activities = {
  async clean(what: string) {
    cleaned.push(what);
    return what;
  },
};
const { clean } = workflow.proxyActivities<typeof activities>();

async function patient(what: string) {
  try {
    await workflow.sleep('7 days');
    return 'slept';
  } catch (error) {
    if (!workflow.isCancellation(error)) throw error;
    return workflow.CancellationScope.nonCancellable(async () => {
      await workflow.sleep(1);
      return `cleaned ${await clean(what)}`;
    });
  }
}

async function careless() {
  await workflow.condition('never');
}

async function reached(count: (sql: string) => Promise<number>, kind: string) {
  const sql = `select count(*)::int as count from ratchet_internal.messages where kind = '${kind}'`;
  while ((await count(sql)) === 0);
}

test.serial('cancellation wakes a waiting function at once, and it may clean up', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  const count = async (sql: string) => (await pool.query(sql)).rows[0].count;
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: patient, activities });
  const handle = await client.workflow.start(patient, { taskQueue: 'q', args: ['a'] });
  await reached(count, 'timer');
  await handle.cancel();
  await handle.cancel();
  t.is(await handle.result(), 'cleaned a');
  t.deepEqual(cleaned, ['a']);
  await t.notThrowsAsync(handle.cancel());
  await t.notThrowsAsync(client.workflow.getHandle('q', 'x', 'unknown').cancel());
});

test.serial('a cancellation before the start is seen by the first durable call', async (t) => {
  const { connection, client } = await durableTest(t);
  const handle = await client.workflow.start(patient, { taskQueue: 'q', args: ['b'] });
  await handle.cancel();
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: patient, activities });
  t.is(await handle.result(), 'cleaned b');
});

test.serial('a cancellation nobody catches fails the job with code 598', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  const count = async (sql: string) => (await pool.query(sql)).rows[0].count;
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: careless });
  const handle = await client.workflow.start(careless, { taskQueue: 'q' });
  await reached(count, 'wait');
  await handle.cancel();
  const error = await t.throwsAsync(handle.result());
  t.like(error, { message: 'Workflow cancelled', code: 598, name: 'CancelledFailure' });
});

test.serial('termination ends a job at once and tells its waiters why', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  const count = async (sql: string) => (await pool.query(sql)).rows[0].count;
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: careless });
  const options = { taskQueue: 'q', workflowId: 'stopped' };
  const handle = await client.workflow.start(careless, options);
  await reached(count, 'wait');
  const result = t.throwsAsync(handle.result());
  await handle.terminate({ reason: 'enough' });
  t.like(await result, { message: 'enough', code: 410, job_id: 'stopped' });
  t.true((await handle.status()) < -1_000_000);
  const again = await t.throwsAsync(handle.terminate());
  t.is(again.message, 'Job stopped already completed');
  await t.notThrowsAsync(handle.interrupt({ suppress: true }));
  const unknown = client.workflow.getHandle('q', 'careless', 'unknown');
  t.is((await t.throwsAsync(unknown.terminate())).message, 'Job unknown not found');
});
