import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { Durable } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';

/** A step that takes longer than a second is recorded while it runs. */
const SLOW_MS = 2_500;
const RECORDED_MS = 1_800;

const { workflow } = Durable;
const ran = { runs: 0, steps: 0 };

async function slow() {
  ran.steps += 1;
  await pause(SLOW_MS);
  return 'slow';
}

async function failsOnce() {
  ran.steps += 1;
  await pause(SLOW_MS);
  if (ran.steps === 1) throw new Error('the step, too');
  return 'slow';
}

async function once() {
  ran.steps += 1;
  return 'once';
}

const activities = { slow, failsOnce, once };
const steps = workflow.proxyActivities<typeof activities>({ activities, retry: AT_ONCE });
const onlyOnce = workflow.proxyActivities<typeof activities>({ retry: { maximumAttempts: 0 } });

async function failsWhileItRuns() {
  const step = steps.slow();
  await pause(RECORDED_MS);
  if ((ran.runs += 1) === 1) throw new Error('ordinary');
  return step;
}

async function failsBeside() {
  const rest = async () => {
    await workflow.sleep(RECORDED_MS);
    if ((ran.runs += 1) === 1) throw new Error('ordinary');
  };
  const [value] = await Promise.all([steps.slow(), rest()]);
  return value;
}

async function failsAsItsStepDoes() {
  const step = steps.failsOnce();
  await pause(RECORDED_MS);
  if ((ran.runs += 1) === 1) throw new Error('ordinary');
  return step;
}

async function failsBeforeItRuns() {
  const step = onlyOnce.once();
  if ((ran.runs += 1) === 1) throw new Error('ordinary');
  return step;
}

const CASES: [title: string, run: () => Promise<unknown>, result: string, steps: number][] = [
  ['while it runs', failsWhileItRuns, 'slow', 1],
  ['in another branch', failsBeside, 'slow', 1],
  ['while a step runs that fails and is tried again', failsAsItsStepDoes, 'slow', 2],
  ['when a step that may run once is recorded and has not begun', failsBeforeItRuns, 'once', 1],
];

for (const [title, run, result, count] of CASES) {
  test.serial(`a function fails ${title}`, async (t) => {
    const { connection, client, pool } = await durableTest(t);
    Object.assign(ran, { runs: 0, steps: 0 });
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
    const handle = await client.workflow.start(run, { taskQueue: 'q', args: [], config: AT_ONCE });
    const late = pause(20_000, 'it waits for ever', { ref: false });
    t.is(await Promise.race([handle.result(), late]), result);
    t.deepEqual(ran, { runs: 2, steps: count });
    const { rows } = await pool.query('select kind from ratchet_internal.messages');
    t.deepEqual(rows, []);
  });
}
