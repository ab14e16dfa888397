import test from 'ava';
import { Durable, Errors } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';

const { workflow } = Durable;
let runs = 0;
let steps = 0;
const activities = {
  async step() {
    return (steps += 1);
  },
};
const { step } = workflow.proxyActivities<typeof activities>();

async function flaky(failures: number) {
  const value = await step();
  runs += 1;
  if (runs <= failures) throw new Error(`run ${runs}`);
  return { value, runs };
}

async function fatal() {
  runs += 1;
  throw new Errors.DurableFatalError('no');
}

async function unserialisable() {
  return { big: 1n };
}

test.serial('completed steps are not repeated when the function is run again', async (t) => {
  const { connection, client } = await durableTest(t);
  runs = steps = 0;
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: flaky, activities });
  const config = { ...AT_ONCE, maximumAttempts: 3 };
  const handle = await client.workflow.start(flaky, { taskQueue: 'q', args: [2], config });
  t.deepEqual(await handle.result(), { value: 1, runs: 3 });
});

test.serial('when its retries are used up it ends with code 597 and the last error', async (t) => {
  const { connection, client } = await durableTest(t);
  runs = steps = 0;
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: flaky, activities });
  const config = { ...AT_ONCE, maximumAttempts: 2 };
  const handle = await client.workflow.start(flaky, { taskQueue: 'q', args: [9], config });
  const error = await t.throwsAsync(handle.result());
  t.like(error, { message: 'run 3', code: 597 });
  t.is(runs, 3);
  t.is(await handle.status(), 0);
  const state = await handle.state();
  t.like(state.$error, { message: 'run 3', code: 597 });
  t.like(await handle.result({ throwOnError: false }), { code: 597 });
});

test.serial('a fatal error ends it at once', async (t) => {
  const { connection, client } = await durableTest(t);
  runs = 0;
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: fatal });
  const handle = await client.workflow.start(fatal, { taskQueue: 'q' });
  t.like(await t.throwsAsync(handle.result()), { message: 'no', code: 598 });
  t.is(runs, 1);
});

test.serial('a result that is no JSON ends that job, and the worker lives on', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: unserialisable });
  const handle = await client.workflow.start(unserialisable, { taskQueue: 'q' });
  const error = await t.throwsAsync(handle.result());
  t.regex(error.message, /BigInt|bigint/);
  runs = 5;
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: flaky, activities });
  const next = await client.workflow.start(flaky, { taskQueue: 'q', args: [0] });
  t.truthy(await next.result());
});
