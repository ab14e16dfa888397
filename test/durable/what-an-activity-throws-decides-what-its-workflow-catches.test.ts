import test from 'ava';
import { Durable, Errors, type ProxyOptions } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const runs = new Map<string, number>();
const THROWN: Record<string, () => unknown> = {
  plain: () => Object.assign(new RangeError('plain'), { extra: 1 }),
  coded: () => Object.assign(new Error('coded'), { code: 'ECONNREFUSED' }),
  retryable: () => new Errors.DurableRetryError('retryable'),
  fatal: () => new Errors.DurableFatalError('fatal'),
  maxed: () => new Errors.DurableMaxedError('maxed'),
  timeout: () => new Errors.DurableTimeoutError('timeout'),
  text: () => 'text',
};
let release = () => {};
const activities = {
  async fail(kind: string, run: string): Promise<never> {
    runs.set(run, (runs.get(run) ?? 0) + 1);
    throw THROWN[kind]?.();
  },
  async late() {
    await new Promise<void>((resolve) => (release = resolve));
    return 'too late';
  },
};

function proxy(taskQueue: string, options: ProxyOptions = {}) {
  return workflow.proxyActivities<typeof activities>({ taskQueue, ...options });
}

const ONCE = { retry: { ...AT_ONCE, maximumAttempts: 1 } };

async function catching(kind: string, queue: string) {
  const run = `${kind} ${queue}`;
  const caught: unknown[] = [];
  try {
    await proxy(queue, ONCE).fail(kind, run);
  } catch (error) {
    const { type, code, message, stack, ...rest } = error as Errors.DurableFatalError;
    const others = Object.keys(rest).filter((key) => key !== 'name');
    caught.push(type, code, message, Durable.didInterrupt(error), others);
    caught.push(typeof stack === 'string');
  }
  const silent = { retry: { ...ONCE.retry, throwOnError: false } };
  const returned: unknown = await proxy(queue, silent).fail(kind, `silent ${run}`);
  return { caught, returned };
}

async function careless(kind: string, queue: string) {
  runs.set(`careless ${queue}`, (runs.get(`careless ${queue}`) ?? 0) + 1);
  return proxy(queue, ONCE).fail(kind, 'any');
}

async function hurried(queue: string) {
  const limited = proxy(queue, { startToCloseTimeout: '30ms', retry: AT_ONCE });
  const code = await limited.late().catch((error: { code: number }) => error.code);
  release();
  await workflow.sleep(20);
  return code;
}

async function inheriting(queue: string) {
  return proxy(queue, { retryPolicy: { maximumAttempts: 2 } }).fail('plain', `own ${queue}`);
}

async function lab(t: Parameters<typeof durableTest>[0]) {
  const bed = await durableTest(t);
  runs.clear();
  const { connection } = bed;
  for (const run of [catching, careless, hurried, inheriting]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run, activities });
  }
  await Durable.registerActivityWorker({ connection, taskQueue: 'pool' }, activities);
  return bed;
}

const EXPECTED: Record<string, [type: string, code: number, runs: number, returned: number]> = {
  plain: ['DurableFatalError', 598, 2, 599],
  coded: ['DurableFatalError', 598, 2, 599],
  retryable: ['DurableFatalError', 598, 2, 599],
  text: ['DurableFatalError', 598, 2, 599],
  fatal: ['DurableFatalError', 598, 1, 598],
  maxed: ['DurableMaxedError', 597, 1, 597],
  timeout: ['DurableTimeoutError', 596, 1, 596],
};

for (const queue of ['q', 'pool']) {
  test.serial(`8: what is caught, and what is returned instead: ${queue}`, async (t) => {
    const { client } = await lab(t);
    for (const [kind, [type, code, count, returned]] of Object.entries(EXPECTED)) {
      const start = { taskQueue: 'q', args: [kind, queue] as [string, string] };
      const end = await (await client.workflow.start(catching, start)).result();
      t.deepEqual(end.caught.slice(0, 5), [type, code, kind, true, []], kind);
      t.true(end.caught[5], `stack of ${kind}`);
      t.like(end.returned, { message: kind, code: returned }, kind);
      const keys = Object.keys(end.returned as object).filter((key) => key !== 'stack');
      t.deepEqual(keys.sort(), ['code', 'message'], kind);
      t.is(runs.get(`${kind} ${queue}`), count, kind);
      t.is(runs.get(`silent ${kind} ${queue}`), count, kind);
    }
  });

  test.serial(`8: what nobody catches ends the job, without another run: ${queue}`, async (t) => {
    const { client } = await lab(t);
    for (const kind of ['plain', 'maxed', 'timeout']) {
      runs.clear();
      const start = { taskQueue: 'q', args: [kind, queue] as [string, string], config: AT_ONCE };
      const handle = await client.workflow.start(careless, start);
      const [, code] = EXPECTED[kind] ?? [];
      t.like(await t.throwsAsync(handle.result()), { message: kind, code });
      t.is(runs.get(`careless ${queue}`), 1, kind);
    }
  });

  test.serial(`9: a late result changes nothing: ${queue}`, async (t) => {
    const { client } = await lab(t);
    const handle = await client.workflow.start(hurried, { taskQueue: 'q', args: [queue] });
    t.is(await handle.result(), 596);
    const { timeline } = await handle.export({ allow: ['timeline'] });
    t.like(timeline?.[0], { key: '-proxy-1-', value: { $error: { code: 596 } } });
    t.false('data' in (timeline?.[0]?.value as object));
  });

  test.serial(`8: an activity has its policy field by field: ${queue}`, async (t) => {
    const { client, pool } = await lab(t);
    const config = { ...AT_ONCE, maximumAttempts: 5 };
    const start = { taskQueue: 'q', args: [queue] as [string], config };
    await t.throwsAsync((await client.workflow.start(inheriting, start)).result());
    t.is(runs.get(`own ${queue}`), 3, 'its own attempts, the delays of the workflow');
    const slow = { initialInterval: '1h', backoffCoefficient: 2, maximumInterval: '30 days' };
    const handle = await client.workflow.start(inheriting, { ...start, config: slow });
    const next = `select round(extract(epoch from due_at - ratchet_internal.now()) / 3600)::int
      as hours from ratchet_internal.messages where kind = 'activity' and attempt > 0
      and due_at > ratchet_internal.now() + interval '1 minute'`;
    const hours = async () => (await pool.query<{ hours: number }>(next)).rows[0];
    t.deepEqual(await waitFor('it is to be tried again', hours), { hours: 2 });
    await handle.terminate();
  });
}

/** What its activity gives without a word on throwing, or with one. */
async function quiet(queue: string, own: object = {}) {
  const failed: unknown = await proxy(queue, { retry: { maximumAttempts: 0, ...own } })
    .fail('plain', 'quiet')
    .catch(() => 'thrown');
  return failed;
}

/** Its child throws nothing; the activity of the child does. */
async function quietParent(queue: string) {
  const config = { throwOnError: false };
  return Durable.workflow.executeChild<unknown>('quiet', { args: [queue], config });
}

test.serial('8: activities throw as the config of their workflow says', async (t) => {
  const { connection, client } = await durableTest(t);
  for (const workflow of [quiet, quietParent]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow, activities });
  }
  const run = async (workflowName: string, throwOnError: boolean, own = {}) => {
    const start = { taskQueue: 'q', workflowName, config: { throwOnError }, args: ['q', own] };
    return (await client.workflow.start(start)).result();
  };
  t.like(await run('quiet', false), { code: 599 });
  t.is(await run('quiet', true), 'thrown');
  t.is(await run('quiet', false, { throwOnError: true }), 'thrown');
  t.like(await run('quiet', true, { throwOnError: false }), { code: 599 });
  t.is(await run('quietParent', true), 'thrown');
});
