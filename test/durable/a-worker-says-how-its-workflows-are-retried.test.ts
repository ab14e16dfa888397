import test from 'ava';
import { Durable, type RetryPolicy } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';

const { workflow } = Durable;
const runs = new Map<string, number>();

function ran(name: string): number {
  const count = (runs.get(name) ?? 0) + 1;
  runs.set(name, count);
  return count;
}

async function failing(): Promise<never> {
  const { workflowId, canRetry } = workflow.workflowInfo();
  ran(workflowId);
  throw new Error(`canRetry ${canRetry}`);
}

async function failingHook(): Promise<never> {
  ran(`${workflow.workflowInfo().workflowId} hook`);
  throw new Error('the hook fails');
}

async function hosting(): Promise<unknown> {
  await workflow.hook({ taskQueue: 'q', workflowName: 'failingHook' });
  return workflow.condition('never');
}

const activities = {
  async unreliable(): Promise<never> {
    ran(`${Durable.activity.getContext().workflowId} activity`);
    throw new Error('the activity fails');
  },
};
const { unreliable } = workflow.proxyActivities<typeof activities>({ activities });

async function calling(): Promise<unknown> {
  return unreliable().catch((error: { code: number }) => error.code);
}

async function lab(t: Parameters<typeof durableTest>[0], options: RetryPolicy) {
  const bed = await durableTest(t);
  runs.clear();
  const shared = { connection: bed.connection, taskQueue: 'q', options };
  for (const run of [failing, hosting, failingHook, calling]) {
    await Durable.Worker.create({ ...shared, workflow: run });
  }
  const start = (workflowName: string, workflowId: string, config?: RetryPolicy) =>
    bed.client.workflow.start({
      ...{ taskQueue: 'q', workflowName, workflowId, ...(config === undefined ? {} : { config }) },
    });
  return { ...bed, start };
}

test.serial('6: the policy of a worker is for starts that do not say', async (t) => {
  const { start, pool } = await lab(t, { ...AT_ONCE, maximumAttempts: 2 });
  const ends = async (workflowName: string, id: string, config?: RetryPolicy) =>
    t.throwsAsync((await start(workflowName, id, config)).result());
  t.like(await ends('failing', 'plain'), { code: 597, message: 'canRetry false' });
  t.is(runs.get('plain'), 3);
  await ends('failing', 'own', { maximumAttempts: 1 });
  t.is(runs.get('own'), 2, 'the delays are still those of the worker');
  t.like(await ends('hosting', 'host'), { message: 'the hook fails', code: 597 });
  t.is(runs.get('host hook'), 3);
  t.is(await (await start('calling', 'calls')).result(), 598);
  t.is(runs.get('calls activity'), 3, 'activities fall back to it too');
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

test.serial('6: a worker that never retries, and one that was written by hand', async (t) => {
  const { start, pool } = await lab(t, { maximumAttempts: 0 });
  const failed = await start('failing', 'once');
  await t.throwsAsync(failed.result(), { message: 'canRetry false' });
  t.is(runs.get('once'), 1);
  const odd = `update ratchet_internal.worker_routes
    set retry = '{"maximumAttempts": "many", "initialInterval": 1e999, "x": "\\u0000"}'`;
  await pool.query(odd);
  const again = await start('failing', 'odd', { ...AT_ONCE, maximumAttempts: 1 });
  await t.throwsAsync(again.result());
  t.is(runs.get('odd'), 2);
});

test.serial('6: a policy of a worker is checked by name, type and limit', async (t) => {
  const { connection } = await durableTest(t);
  const bad: [object, string][] = [
    [{ maximumAttempts: -1 }, 'WF104'],
    [{ maximumAttempts: 1.5 }, 'WF104'],
    [{ maximumAttempts: '3' }, 'WF104'],
    [{ backoffCoefficient: NaN }, 'WF104'],
    [{ initialInterval: 'soon' }, 'WF103'],
    [{ maximumInterval: -1 }, 'WF103'],
    [{ maximumAttempt: 1 }, 'WF104'],
  ];
  for (const [options, code] of bad) {
    const config = { connection, taskQueue: 'q', workflow: failing, options };
    await t.throwsAsync(Durable.Worker.create(config as never), { code }, JSON.stringify(options));
  }
});
