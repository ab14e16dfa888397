import test from 'ava';
import { Durable, type RatchetError } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;

async function idle() {
  return 'idle';
}

const OUTSIDE: Record<string, () => unknown> = {
  sleep: () => workflow.sleep(1),
  condition: () => workflow.condition('x'),
  signal: () => workflow.signal('x'),
  executeChild: () => workflow.executeChild('x'),
  startChild: () => workflow.startChild('x'),
  search: () => workflow.search(),
  enrich: () => workflow.enrich({ a: 1 }),
  entity: () => workflow.entity(),
  workflowInfo: () => workflow.workflowInfo(),
  random: () => workflow.random(),
  uuid4: () => workflow.uuid4(),
  hook: () => workflow.hook({ taskQueue: 'q', workflowName: 'w' }),
  execHook: () => workflow.execHook({ taskQueue: 'q', workflowName: 'w' }),
  execHookBatch: () => workflow.execHookBatch([]),
  continueAsNew: () => workflow.continueAsNew(),
  patched: () => workflow.patched('x'),
  deprecatePatch: () => workflow.deprecatePatch('x'),
  terminate: () => workflow.terminate('x'),
  emit: () => workflow.emit({ a: 1 }),
  trace: () => workflow.trace({ a: 1 }),
  didRun: () => workflow.didRun('x'),
  isSideEffectAllowed: () => workflow.isSideEffectAllowed(null, 'x'),
  getHotMesh: () => workflow.getHotMesh(),
  nonCancellable: () => workflow.CancellationScope.nonCancellable(async () => 1),
  anActivity: () => workflow.proxyActivities<{ any(): Promise<void> }>().any(),
};

/** Where each durable call was refused, in the words of its error. */
async function refusals() {
  const refused: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(OUTSIDE)) {
    const error = await (async () => call())().catch((thrown: RatchetError) => thrown);
    const { code, message } = error as RatchetError;
    refused[name] =
      code === 'WF303' ? /(outside of a workflow|inside an activity)/.exec(message)?.[0] : error;
  }
  return refused;
}
const everywhere = (where: string) =>
  Object.fromEntries(Object.keys(OUTSIDE).map((name) => [name, where]));

test.serial('10: no durable call works outside of a workflow, or in an activity', async (t) => {
  const { connection, client } = await durableTest(t);
  t.deepEqual(await refusals(), everywhere('outside of a workflow'));
  const { refusals: within } = workflow.proxyActivities<{ refusals: typeof refusals }>({
    activities: { refusals },
  });
  async function asking() {
    return within();
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: asking });
  const handle = await client.workflow.start(asking, { taskQueue: 'q' });
  t.deepEqual(await handle.result(), everywhere('inside an activity'));
  const names = new Set(Object.keys(OUTSIDE));
  const same = { sleepFor: 1, waitFor: 1, execChild: 1, getContext: 1, interrupt: 1 };
  const plain = { all: 1, proxyActivities: 1, isCancellation: 1, didInterrupt: 1 };
  const types = { CancelledFailure: 1, CancellationScope: 1 };
  const others = new Set(Object.keys({ ...same, ...plain, ...types }));
  const untested = Object.keys(workflow).filter((name) => !names.has(name) && !others.has(name));
  t.deepEqual(untested, []);
});

test.serial('6: a workflow that awaits nothing ends, and what it called is done', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  const ran: string[] = [];
  const activities = { note: async (text: string) => void ran.push(text) };
  const { note } = workflow.proxyActivities<typeof activities>({ activities });
  async function hasty() {
    void note('here');
    void workflow.signal('hasty', 1);
    void workflow.startChild('later', { workflowId: 'child', taskQueue: 'elsewhere' });
    return 'gone';
  }
  function plain() {
    return 'plain';
  }
  const shared = { connection, taskQueue: 'q' };
  await Durable.Worker.create({ ...shared, workflow: hasty });
  await Durable.Worker.create({ ...shared, workflow: plain });
  t.is(await (await client.workflow.start(hasty, { taskQueue: 'q' })).result(), 'gone');
  t.is(await (await client.workflow.start(plain, { taskQueue: 'q' })).result(), 'plain');
  t.deepEqual(ran, ['here']);
  const signals = await pool.query('select key from ratchet_internal.signals');
  t.deepEqual(signals.rows, [{ key: 'hasty' }]);
  t.is(await client.workflow.getHandle('elsewhere', 'later', 'child').status(), 1);
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

test.serial('6: of a record the last function is served, until the worker stops', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  const last = [async () => 'last'][0];
  const record = { idle, last } as Record<string, typeof idle>;
  const config = { connection, taskQueue: 'q', search: {}, guid: 'mine' };
  const worker = await Durable.Worker.create({ ...config, workflow: record });
  const start = (workflowName: string) => client.workflow.start({ taskQueue: 'q', workflowName });
  const ignored = await start('idle');
  t.is(await (await start('last')).result(), 'last');
  t.is(await ignored.status(), 1, 'only the last one');
  t.is(await worker.run(), undefined);
  await worker.stop();
  t.is((await pool.query('select from ratchet_internal.workers')).rowCount, 0);
  const waiting = await start('last');
  await Durable.Worker.create({ connection, taskQueue: 'other', workflow: idle });
  t.is(await (await client.workflow.start(idle, { taskQueue: 'other' })).result(), 'idle');
  t.is(await waiting.status(), 1, 'it has stopped');
});

test.serial('6: work for a function that nobody has registered waits for it', async (t) => {
  const { connection, client } = await durableTest(t);
  const { missing } = workflow.proxyActivities<{ missing(): Promise<string> }>({
    retry: { ...AT_ONCE, maximumAttempts: 1 },
  });
  async function calling() {
    return missing();
  }
  const early = await client.workflow.start({ taskQueue: 'q', workflowName: 'tardy' });
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: calling });
  const failing = await client.workflow.start(calling, { taskQueue: 'q' });
  const error = await t.throwsAsync(failing.result());
  t.like(error, { message: "Activity 'missing' not found in registry", code: 598 });
  t.is(await early.status(), 1);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: { tardy: idle } });
  t.is(await early.status(), 1, 'a function goes by its own name');
  const tardy = {
    tardy: (
      () => async () =>
        'at last'
    )(),
  };
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: tardy });
  t.is(await early.result(), 'at last');
});

test.serial(
  '6: of two functions with one name the newer is run, and the log says so',
  async (t) => {
    const { connection, client } = await durableTest(t);
    const lines: string[] = [];
    const write = process.stderr.write.bind(process.stderr);
    process.stderr.write = (line: string | Uint8Array) => lines.push(String(line)) > 0;
    t.teardown(() => (process.stderr.write = write));
    const made = (value: string) => {
      const twice = async () => value;
      const doubled = async () => `${value} ${await again()}`;
      return { twice, doubled };
    };
    const { twice: again } = workflow.proxyActivities<{ twice(): Promise<string> }>();
    for (const { twice, doubled } of [made('older'), made('newer')]) {
      const activities = { twice };
      await Durable.Worker.create({ connection, taskQueue: 'q', workflow: doubled, activities });
    }
    const handle = await client.workflow.start({ taskQueue: 'q', workflowName: 'doubled' });
    t.is(await handle.result(), 'newer newer');
    const told = await waitFor('both warnings', () =>
      lines.length >= 2 ? lines.join('') : undefined,
    );
    t.regex(told, /queue q has two workflows named doubled; the newer one is run/);
    t.regex(told, /this process has two activities named twice; the newer one is run/);
  },
);
