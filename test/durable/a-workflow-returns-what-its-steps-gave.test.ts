import test from 'ava';
import { Durable, Errors } from '../../driver';
import { durableTest } from '../support/durable';

const { workflow } = Durable;
const activities = {
  async double(n: number) {
    return n * 2;
  },
  async describe(value: unknown) {
    return { type: typeof value, json: JSON.stringify(value) ?? 'undefined' };
  },
  async nothing() {
    return undefined;
  },
  /** As a query that begins when it is awaited: no promise, but it leads to one. */
  lazy(n: number): PromiseLike<number> {
    const answer = { then: (resolve: (value: unknown) => void) => resolve(Promise.resolve(n)) };
    return answer as PromiseLike<number>;
  },
  async refuse(why: string): Promise<never> {
    throw new Errors.DurableTimeoutError(why);
  },
};
const { double, describe, nothing, lazy, refuse } = workflow.proxyActivities<typeof activities>();

async function sequence(n: number) {
  const first = await double(n);
  return double(first + 1);
}

async function parallel() {
  const order: string[] = [];
  const note = async (name: string, step: Promise<unknown>) => {
    await step;
    order.push(name);
    return name;
  };
  const all = await Promise.all([
    note('sleep', workflow.sleep(300)),
    note('activity', double(1)),
    note('nested', Promise.all([double(2), double(3)])),
  ]);
  const raced = await Promise.race([workflow.sleep('10 minutes'), double(5)]);
  const any = await Promise.any([workflow.sleep('10 minutes'), double(6)]);
  const settled = await Promise.allSettled([double(7), workflow.sleep(1)]);
  return { all, order: order.at(-1), raced, any, settled: settled.map(({ status }) => status) };
}

async function values() {
  const given = await describe({ a: [1, 'x', null], date: new Date(0), gone: undefined });
  return {
    given,
    isUndefined: (await nothing()) === undefined,
    empty: await describe('42'),
    lazy: await lazy(3),
  };
}

async function silent() {
  await double(1);
}

test.serial('steps run in sequence', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: sequence, activities });
  const handle = await client.workflow.start(sequence, { taskQueue: 'q', args: [3] });
  t.is(await handle.result(), 14);
  t.is(await handle.status(), 0);
});

test.serial('branches run side by side, and the first of a race wins', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: parallel, activities });
  const handle = await client.workflow.start(parallel, { taskQueue: 'q' });
  t.deepEqual(await handle.result(), {
    all: ['sleep', 'activity', 'nested'],
    order: 'sleep',
    raced: 10,
    any: 12,
    settled: ['fulfilled', 'fulfilled'],
  });
});

test.serial('values pass as JSON would have them', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: values, activities });
  const handle = await client.workflow.start(values, { taskQueue: 'q' });
  t.deepEqual(await handle.result(), {
    given: { type: 'object', json: '{"a":[1,"x",null],"date":"1970-01-01T00:00:00.000Z"}' },
    isUndefined: true,
    empty: { type: 'string', json: '"42"' },
    lazy: 3,
  });
});

test.serial(
  'a function that returns nothing has the result undefined, for every caller',
  async (t) => {
    const { connection, client } = await durableTest(t);
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: silent, activities });
    const handle = await client.workflow.start(silent, { taskQueue: 'q', workflowId: 'silent' });
    const again = client.workflow.getHandle('q', 'silent', 'silent');
    t.deepEqual(await Promise.all([handle.result(), again.result()]), [undefined, undefined]);
    t.is(await again.result(), undefined);
  },
);

test.serial('a workflow waits for a worker that comes later', async (t) => {
  const { connection, client } = await durableTest(t);
  const handle = await client.workflow.start(sequence, { taskQueue: 'later', args: [1] });
  t.is(await handle.status(), 1);
  const result = handle.result();
  await Durable.Worker.create({ connection, taskQueue: 'later', workflow: sequence, activities });
  t.is(await result, 6);
});

test.serial('two functions share a queue, and one nobody serves only waits', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: sequence, activities });
  const unknown = await client.workflow.start({ taskQueue: 'q', workflowName: 'unknown' });
  const known = await client.workflow.start(sequence, { taskQueue: 'q', args: [1] });
  t.is(await known.result(), 6);
  t.is(await unknown.status(), 1);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: silent, activities });
  const other = await client.workflow.start(silent, { taskQueue: 'q' });
  t.is(await other.result(), undefined);
});

async function sleeps() {
  const slept = ['50 milliseconds', '0.02s', 7, '1ms', 0] as const;
  return Promise.all(slept.map((duration) => workflow.sleep(duration)));
}

async function refusing() {
  const calls = [workflow.sleep(1), refuse('too long'), double(1), workflow.condition('never', 1)];
  const all = await Promise.all(calls).catch((error: Errors.DurableTimeoutError) => {
    const { type, code, message } = error;
    return [type, code, message, error instanceof Errors.DurableTimeoutError];
  });
  return [all, await double(2)];
}

test.serial(
  '10.0.7, 10.1: a sleep gives its seconds; of all, the first error is thrown',
  async (t) => {
    const { connection, client, pool } = await durableTest(t);
    for (const run of [sleeps, refusing]) {
      await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run, activities });
    }
    const handle = await client.workflow.start(sleeps, { taskQueue: 'q' });
    t.deepEqual(await handle.result(), [0.05, 0.02, 0.007, 0.001, 0]);
    const failing = await client.workflow.start(refusing, { taskQueue: 'q' });
    t.deepEqual<unknown, unknown>(await failing.result(), [
      ['DurableTimeoutError', 596, 'too long', true],
      4,
    ]);
    t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
  },
);
