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

async function hostile() {
  const { proxy, revoke } = Proxy.revocable(new Error(), {});
  revoke();
  throw proxy;
}

async function unserialisable() {
  return { big: 1n };
}

/** A code that an error has, what the job ends with, and after how many runs. */
const CODES: [given: unknown, code: number, runs: number][] = [
  [596, 596, 1],
  [597, 597, 1],
  [598, 598, 1],
  ...[599, 404, '598', 'ECONNREFUSED', {}, NaN].map((code): [unknown, number, number] => {
    return [code, 597, 2];
  }),
];

async function coded(at: number) {
  runs += 1;
  throw Object.assign(new Error(`code ${at}`), { code: CODES[at]?.[0] });
}

test.serial('6: some numeric codes end it at once, any other code is ordinary', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: coded });
  for (const [at, [given, code, count]] of CODES.entries()) {
    runs = 0;
    const config = { ...AT_ONCE, maximumAttempts: 1 };
    const handle = await client.workflow.start(coded, { taskQueue: 'q', args: [at], config });
    t.like(await t.throwsAsync(handle.result()), { message: `code ${at}`, code }, String(given));
    t.is(runs, count, String(given));
  }
});

test.serial('6: completed steps are not repeated when the function is run again', async (t) => {
  const { connection, client } = await durableTest(t);
  runs = steps = 0;
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: flaky, activities });
  const config = { ...AT_ONCE, maximumAttempts: 3 };
  const handle = await client.workflow.start(flaky, { taskQueue: 'q', args: [2], config });
  t.deepEqual(await handle.result(), { value: 1, runs: 3 });
});

test.serial(
  '6: when its retries are used up it ends with code 597 and the last error',
  async (t) => {
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
  },
);

test.serial('6: a fatal error ends it at once', async (t) => {
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

test.serial('whatever is thrown, the job fails with it and the worker lives on', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: hostile });
  const config = { ...AT_ONCE, maximumAttempts: 1 };
  const handle = await client.workflow.start(hostile, { taskQueue: 'q', args: [], config });
  t.like(await t.throwsAsync(handle.result()), { code: 597, message: '<Revoked Proxy>' });
});
