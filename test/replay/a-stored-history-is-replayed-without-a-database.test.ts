import test from 'ava';
import {
  Durable,
  replay,
  type ReplayResult,
  type StoredHistory,
  type StoredStep,
} from '../../driver';
import { durableTest } from '../support/durable';

const { condition, proxyActivities, sleep, random, executeChild, CancellationScope } =
  Durable.workflow;
const activities = {
  price: async (name: string) => name.length,
  fail: async () => {
    throw Object.assign(new Error('sold out'), { code: 598 });
  },
  cleanUp: async () => 'clean',
};
const { price, fail, cleanUp } = proxyActivities<typeof activities>({ activities });

async function child(n: number): Promise<number> {
  return n * 2;
}

async function order(name: string): Promise<unknown> {
  const [one, two] = await Promise.all([price(name), price(`${name}!`)]);
  await sleep('5 milliseconds');
  let error = '';
  try {
    await fail();
  } catch (caught) {
    error = (caught as Error).message;
  }
  const lucky = random();
  const doubled = await executeChild(child, { args: [one] });
  return { one, two, error, doubled, isLucky: lucky < 2 };
}

async function waiting(): Promise<unknown> {
  await price('x');
  return condition('go');
}

async function cancelled(): Promise<string> {
  try {
    await sleep('1 hour');
  } catch {
    return CancellationScope.nonCancellable(() => cleanUp());
  }
  return 'never';
}

/** Runs a workflow and gives its history as a file would have it. */
async function recorded(
  t: Parameters<typeof durableTest>[0],
  workflow: (...args: never[]) => unknown,
  args: unknown[] = [],
  until: 'ended' | 'waiting' | 'cancelled' = 'ended',
): Promise<string> {
  const { client, connection, pool } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow });
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: child });
  const options = { taskQueue: 'q', workflowName: workflow.name, workflowId: 'w', args };
  const handle = await client.workflow.start(options);
  const kind = until === 'waiting' ? 'wait' : 'timer';
  const open = async () =>
    (await pool.query('select from ratchet_internal.messages where kind = $1', [kind])).rowCount;
  if (until !== 'ended') while ((await open()) === 0) await new Promise(setImmediate);
  if (until === 'cancelled') await handle.cancel();
  if (until !== 'waiting') await handle.result({ throwOnError: false });
  const history = await handle.exportHistory();
  const text = `select ratchet.export_history('w')`;
  const [row] = (await pool.query(text)).rows as { export_history: StoredHistory }[];
  t.deepEqual(row?.export_history, history);
  return JSON.stringify(history);
}

const fast = { lateCallMs: 300 };
const differenceOf = (result: ReplayResult) => (result.fits ? undefined : result.difference);

test.serial('replay: the code that ran fits, and ends as it did', async (t) => {
  const history = await recorded(t, order, ['tea']);
  const result = await replay(history, order);
  const value = { one: 3, two: 4, error: 'sold out', doubled: 6, isLucky: true };
  t.deepEqual(result, { fits: true, end: { kind: 'returned', value } });
});

test.serial('replay: changed code differs at a step, both sides named', async (t) => {
  const history = await recorded(t, order, ['tea']);
  const swapped = async () => {
    await price('a');
    await sleep('1 day');
  };
  t.deepEqual(differenceOf(await replay(history, swapped, fast)), {
    ...{ position: 2, recorded: `activity 'price'`, called: `sleep 'sleep'` },
  });
  const { other } = proxyActivities<{ other(): Promise<number> }>();
  const renamed = await replay(history, () => other());
  t.deepEqual(differenceOf(renamed), {
    ...{ position: 1, recorded: `activity 'price'`, called: `activity 'other'` },
  });
  t.regex(renamed.fits ? '' : renamed.message, /^At position 1 the history has activity 'price'/);
  const shorter = (name: string) => Promise.all([price(name), price(name)]);
  t.deepEqual(differenceOf(await replay(history, shorter)), {
    ...{ position: 3, recorded: `sleep 'sleep'`, called: 'nothing: it returned' },
  });
  const throwing = async (name: string) => {
    await price(name);
    throw new Error('new bug');
  };
  t.deepEqual(differenceOf(await replay(history, throwing)), {
    ...{ position: 2, recorded: `activity 'price'`, called: 'nothing: it threw new bug' },
  });
  const longer = async (name: string) => {
    const result = await order(name);
    await sleep('1 day');
    return result;
  };
  t.like(differenceOf(await replay(history, longer, fast)), {
    ...{ recorded: 'the end of the job, with a result', called: `sleep 'sleep'` },
  });
  const lazy = () => new Promise(() => undefined);
  t.like(differenceOf(await replay(history, lazy, fast)), { position: 1, called: 'nothing' });
});

test.serial('replay: a job that waits fits code that goes on otherwise later', async (t) => {
  const history = await recorded(t, waiting, [], 'waiting');
  const end = { kind: 'waits', calls: [`wait 'go'`] };
  t.deepEqual(await replay(history, waiting), { fits: true, end } as never);
  const extended = async () => {
    await waiting();
    return price('more');
  };
  t.true((await replay(history, extended)).fits);
  // A call that comes after something that is not durable is still that call.
  const late = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return waiting();
  };
  t.true((await replay(history, late)).fits);
});

test.serial('replay: a cancellation is delivered where it was', async (t) => {
  const history = await recorded(t, cancelled, [], 'cancelled');
  const end = { kind: 'returned', value: 'clean' };
  t.deepEqual(await replay(history, cancelled), { fits: true, end } as never);
  const without = () => sleep('1 hour');
  t.like(differenceOf(await replay(history, without)), { recorded: `activity 'cleanUp'` });
});

test.serial('replay: what is no history is refused', async (t) => {
  const bad = ['', '{}', '[]', '{"format":"pgratchet-history","version":2}', 'null'];
  bad.push('{"format":"pgratchet-history","version":1,"job":{},"steps":[{}]}');
  for (const history of bad) {
    await t.throwsAsync(replay(history, order), { code: 'WF104' }, history);
  }
  await t.throwsAsync(replay({} as never, order), { code: 'WF104' });
  const empty = { format: 'pgratchet-history', version: 1, job: {}, steps: [] };
  await t.throwsAsync(replay(empty as never, 'order' as never), { code: 'WF104' });
  await t.throwsAsync(replay(empty as never, order, { late: 1 } as never), { code: 'WF104' });
});

test.serial('replay: a broken document is refused, not compared', async (t) => {
  const history = await recorded(t, waiting, [], 'waiting');
  const refused = async (change: (broken: StoredHistory) => void, message: RegExp) => {
    const broken = JSON.parse(history) as StoredHistory;
    change(broken);
    await t.throwsAsync(replay(broken, waiting, fast), { code: 'WF104', message });
  };
  await refused(({ steps: [step] }) => step && (step.value = '{bad'), /step at 1 is no JSON/);
  await refused(({ job }) => (job.input = '{bad'), /the input of its job is no JSON/);
  await refused((broken) => (broken.job = {} as never), /id of its job/);
  await refused(({ job }) => (job.attempt = 'x' as never), /attempt of its job/);
  await refused(({ steps: [step] }) => delete (step as Partial<StoredStep>).isDone, /isDone/);
  await refused(({ steps }) => (steps[0] = null as never), /step 0/);
  for (const lateCallMs of ['x', -1, NaN, Infinity, null]) {
    const late = replay(history, waiting, { lateCallMs } as never);
    await t.throwsAsync(late, { code: 'WF104', message: /lateCallMs/ });
  }
});

test.serial('replay: a history that cannot be decoded here is refused', async (t) => {
  const reversed = (text: string) => [...text].reverse().join('');
  t.teardown(() => Durable.registerCodec(null));
  Durable.registerCodec({ encode: reversed, decode: reversed });
  const history = await recorded(t, order, ['tea']);
  t.true((await replay(history, order)).fits);
  Durable.registerCodec(null);
  await t.throwsAsync(replay(history, order), { code: 'WF109' });
});
