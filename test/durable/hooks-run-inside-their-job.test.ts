import test from 'ava';
import { Durable } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const runs = new Map<string, number>();
const seen: unknown[] = [];
const ran = (name: string): number => {
  runs.set(name, (runs.get(name) ?? 0) + 1);
  return runs.get(name) ?? 0;
};
const activities = {
  async double(value: number) {
    return value * 2;
  },
  async see(value: unknown) {
    seen.push(value);
  },
};
const { double, see } = workflow.proxyActivities<typeof activities>();

interface Info {
  signal: string;
}

/** Uses every kind of call before it answers. */
async function review(value: number, info: Info) {
  const { workflowId, workflowDimension, counter } = workflow.workflowInfo();
  await workflow.sleep(1);
  const doubled = await double(value);
  const child = await workflow.executeChild(leaf, { args: [doubled] });
  const answer = { workflowId, workflowDimension, counter, child };
  await workflow.signal(info.signal, answer);
  return 'discarded';
}

async function leaf(value: number) {
  return value + 1;
}

async function asking(value: number) {
  const target = { taskQueue: 'q', workflowName: 'review' };
  const first = await workflow.execHook({ ...target, args: [value] });
  const { counter } = workflow.workflowInfo();
  const batch = await workflow.execHookBatch([
    { key: 'a', options: { ...target, args: [10] } },
    { key: 'b', options: { ...target, args: [20], signalId: 'chosen' } },
  ]);
  return { first, counter, batch, last: workflow.workflowInfo().counter };
}

async function waiting(signalId = 'go') {
  return workflow.condition(signalId);
}

async function noting(value: unknown, end?: string) {
  await see({ value, dimension: workflow.workflowInfo().workflowDimension });
  if (end !== undefined) await workflow.condition(end);
}

async function failing(times: number) {
  if (ran('failing') <= times) throw new Error('the hook fails');
  await see('recovered');
}

async function fatal() {
  throw new Durable.workflow.CancelledFailure('no more');
}

async function starting(options: object) {
  const target = { taskQueue: 'q', workflowName: 'noting', workflowId: undefined };
  await workflow.hook({ ...target, args: [1], ...options });
  return 'started';
}

async function endless() {
  const problems: string[] = [];
  for (const options of [{}, { taskQueue: 'q' }, { taskQueue: 'q', workflowName: 'endless' }]) {
    await workflow.hook(options).catch((error: Error) => problems.push(error.message));
  }
  return problems;
}

type Context = Awaited<ReturnType<typeof durableTest>>;

async function serve({ connection }: Context, ...functions: ((...args: never[]) => unknown)[]) {
  for (const run of functions) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run, activities });
  }
}

const isClean = async ({ pool }: Context) =>
  (await pool.query('select * from ratchet.check_invariants()')).rows;

const threads = async ({ pool }: Context, id: string) => {
  const text = `select t.address, t.workflow, t.attempt, t.ended_at is not null as is_ended
    from ratchet.threads t join ratchet.jobs j on j.id = t.job_id where j.key = $1 order by 1`;
  return (await pool.query(text, [id])).rows;
};

test.serial('14: execHook waits for the answer of a function in a thread of its own', async (t) => {
  const context = await durableTest(t);
  await serve(context, asking, review, leaf);
  const options = { taskQueue: 'q', workflowId: 'asks', args: [3] as [number] };
  const handle = await context.client.workflow.start(asking, options);
  const { first, counter, batch, last } = await handle.result();
  const shared = { workflowId: 'asks', counter: 0 };
  t.deepEqual(first, { ...shared, workflowDimension: ',0,0', child: 7 });
  t.deepEqual([counter, last], [2, 6]);
  t.deepEqual(batch, {
    a: { ...shared, workflowDimension: ',0,1', child: 21 },
    b: { ...shared, workflowDimension: ',0,2', child: 41 },
  });
  const { timeline = [] } = await handle.export({ allow: ['timeline'] });
  t.deepEqual(
    timeline
      .map(({ dimension = '', key }) => `${dimension} ${key}`)
      .filter((key) => /\d k|^ /.test(key) || key.startsWith('0,0')),
    [
      ...[' -hook-1-', ' -wait-2-', ' -hook-3-', ' -hook-4-', ' -wait-5-', ' -wait-6-'],
      ...['0,0 -sleep,0,0-1-', '0,0 -proxy,0,0-2-', '0,0 -child,0,0-3-', '0,0 -signal,0,0-4-'],
    ],
  );
  t.deepEqual(await isClean(context), []);
});

test.serial(
  '14: from outside, a hook runs in a job that runs, and the semaphore counts it',
  async (t) => {
    const context = await durableTest(t);
    await serve(context, waiting, noting);
    const { client } = context;
    const handle = await client.workflow.start(waiting, { taskQueue: 'q', workflowId: 'hooked' });
    const hook = { workflowId: 'hooked', taskQueue: 'q', workflowName: 'noting' };
    seen.length = 0;
    t.is(typeof (await client.workflow.hook({ ...hook, args: ['x', 'end'] })), 'string');
    await waitFor('the hook', async () => seen.length === 1);
    t.deepEqual(seen, [{ value: 'x', dimension: ',0,0' }]);
    t.is(await handle.status(), 2);
    await client.workflow.signal('end');
    await waitFor('one thread', async () => (await handle.status()) === 1);
    t.like(await threads(context, 'hooked'), [
      { address: 'h1', workflow: 'noting', is_ended: true },
    ]);
    t.deepEqual(await isClean(context), []);
    await client.workflow.signal('go', 'gone');
    t.is(await handle.result(), 'gone');
    // Finished, unknown, or refusing: nothing happens.
    await client.workflow.hook({ ...hook, args: ['late'] });
    await client.workflow.hook({ ...hook, workflowId: 'unknown', args: ['late'] });
    const refusing = { taskQueue: 'q', workflowId: 'refusing', signalIn: false, args: ['never'] };
    await client.workflow.start({ ...refusing, workflowName: 'waiting' });
    await client.workflow.hook({ ...hook, workflowId: 'refusing', args: ['refused'] });
    t.deepEqual(await threads(context, 'refusing'), []);
    t.is((await threads(context, 'hooked')).length, 1);
    t.is(seen.length, 1);
    t.deepEqual(await isClean(context), []);
  },
);

test.serial('14: a hook that still runs is not waited for when the function returns', async (t) => {
  const context = await durableTest(t);
  await serve(context, starting, noting);
  const options = { taskQueue: 'q', workflowId: 'leaves', args: [{ args: [1, 'never'] }] };
  const handle = await context.client.workflow.start({ ...options, workflowName: 'starting' });
  t.deepEqual([await handle.result(), await handle.status()], ['started', 0]);
  t.is((await context.pool.query('select from ratchet_internal.messages')).rowCount, 0);
  t.deepEqual(await isClean(context), []);
});

test.serial('14: a failing hook is retried, then fails its job with 597', async (t) => {
  const context = await durableTest(t);
  await serve(context, waiting, failing, fatal);
  const { client } = context;
  const config = { ...AT_ONCE, maximumAttempts: 2 };
  const start = (workflowId: string) =>
    client.workflow.start(waiting, { taskQueue: 'q', workflowId, config });
  const recovers = await start('recovers');
  seen.length = 0;
  runs.clear();
  const hook = { taskQueue: 'q', workflowName: 'failing' };
  await client.workflow.hook({ ...hook, workflowId: 'recovers', args: [2] });
  await waitFor('the third run', async () => seen.includes('recovered'));
  await waitFor('its end', async () => (await recovers.status()) === 1);
  t.like(await threads(context, 'recovers'), [{ attempt: 2, is_ended: true }]);
  const fails = await start('fails');
  runs.clear();
  await client.workflow.hook({ ...hook, workflowId: 'fails', args: [9] });
  t.like(await t.throwsAsync(fails.result()), { code: 597, message: 'the hook fails' });
  t.is(runs.get('failing'), 3);
  const own = await start('own policy');
  runs.clear();
  await client.workflow.hook({
    ...{ ...hook, workflowId: 'own policy', args: [9] },
    config: { maximumAttempts: 0 },
  });
  t.like(await t.throwsAsync(own.result()), { code: 597 });
  t.is(runs.get('failing'), 1);
  const killed = await start('killed');
  await client.workflow.hook({ ...hook, workflowName: 'fatal', workflowId: 'killed' });
  t.like(await t.throwsAsync(killed.result()), { code: 598, message: 'no more' });
  t.is(await killed.status(), 0);
  t.deepEqual(await isClean(context), []);
});

test.serial('14: a persistent job has its result and stays open for hooks', async (t) => {
  const context = await durableTest(t);
  await serve(context, starting, noting);
  const { client } = context;
  const options = { taskQueue: 'q', workflowId: 'stays', workflowName: 'starting' };
  seen.length = 0;
  const handle = await client.workflow.start({ ...options, persistent: true, args: [{}] });
  t.is(await handle.result(), 'started');
  await waitFor('the first hook', async () => seen.length === 1 && (await handle.status()) === 1);
  const hook = { workflowId: 'stays', taskQueue: 'q', workflowName: 'noting' };
  await client.workflow.hook({ ...hook, args: ['later'] });
  await waitFor('the second hook', async () => seen.length === 2);
  t.is(await client.workflow.getHandle('q', 'starting', 'stays').result(), 'started');
  t.deepEqual(await isClean(context), []);
  await handle.terminate({ reason: 'enough' });
  t.true((await handle.status()) < -1_000_000);
  t.like(await t.throwsAsync(handle.result()), { message: 'enough' });
  t.deepEqual(await isClean(context), []);
});

test.serial(
  '14: hooks of hooks, of other jobs, by entity; re-entering itself is refused',
  async (t) => {
    const context = await durableTest(t);
    await serve(context, endless, starting, waiting, noting);
    const { client, connection } = context;
    const refused = await client.workflow.start(endless, { taskQueue: 'q' });
    const problems = await refused.result();
    t.is(problems.length, 3);
    for (const problem of problems) t.regex(problem, /infinite loop/);
    async function deep(level: number) {
      await see({ level, dimension: workflow.workflowInfo().workflowDimension });
      if (level < 2) {
        const next = level === 0 ? 'deeper' : 'noting';
        await workflow.hook({ taskQueue: 'q', workflowName: next, args: [level + 1] });
      }
    }
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: { deep } });
    const deeper = async (level: number) =>
      workflow.hook({ taskQueue: 'q', workflowName: 'deep', args: [level] });
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: { deeper } });
    const thing = async (value: unknown) => see({ thing: value });
    await Durable.Worker.create({ connection, taskQueue: 'thing', workflow: { thing } });
    seen.length = 0;
    await client.workflow.start(waiting, { taskQueue: 'q', workflowId: 'target' });
    const other = { args: [{ workflowId: 'target', workflowName: 'deep', args: [0] }] };
    const options = { ...other, taskQueue: 'q', workflowName: 'starting' };
    const handle = await client.workflow.start(options);
    t.is(await handle.result(), 'started');
    await client.workflow.hook({ workflowId: 'target', entity: 'thing', args: ['e'] });
    await waitFor('all hooks', async () => seen.length === 4);
    t.is((await threads(context, 'target')).length, 5);
    t.true(seen.some((each) => JSON.stringify(each) === '{"thing":"e"}'));
    t.deepEqual(await isClean(context), []);
  },
);

test.serial(
  '14, 10.10: cancellation reaches the function, its hooks, and hooks to come',
  async (t) => {
    const context = await durableTest(t);
    async function patient(name: string) {
      try {
        await workflow.condition(`${name} never`);
      } catch (error) {
        const scope = workflow.CancellationScope;
        await scope.nonCancellable(() => see(`${name} ${workflow.isCancellation(error)}`));
        if (name === 'main') await scope.nonCancellable(() => workflow.condition('over'));
      }
    }
    async function gentle(name: string) {
      await patient(name);
    }
    await serve(context, patient, gentle);
    const { client, pool } = context;
    seen.length = 0;
    const options = { taskQueue: 'q', workflowId: 'c', args: ['main'] as [string] };
    const handle = await client.workflow.start(patient, options);
    const hook = { workflowId: 'c', taskQueue: 'q', workflowName: 'gentle' };
    await client.workflow.hook({ ...hook, args: ['first'] });
    await client.workflow.hook({ ...hook, args: ['second'] });
    const waits = `select from ratchet_internal.messages where kind = 'wait'`;
    await waitFor('three waits', async () => (await pool.query(waits)).rowCount === 3);
    await handle.cancel();
    await waitFor('three ends', async () => seen.length === 3);
    await client.workflow.hook({ ...hook, args: ['late'] });
    await waitFor('four ends', async () => seen.length === 4);
    t.deepEqual([...seen].sort(), ['first true', 'late true', 'main true', 'second true']);
    await client.workflow.signal('over');
    await handle.result();
    t.deepEqual(await isClean(context), []);
  },
);
