import test from 'ava';
import { Durable, Errors, HotMesh } from '../../driver';
import { deterministicRandom } from '../../driver/durable/workflow';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const activities = {
  async step(text: string) {
    return text;
  },
};
const { step } = workflow.proxyActivities<typeof activities>();

async function child() {
  return 'child';
}

async function hooked(info?: { signal: string }) {
  if (info !== undefined) await workflow.signal(info.signal, 1);
}

/** How many numbers each call takes. */
async function counting() {
  const taken: Record<string, number> = {};
  const count = async (name: string, call: () => unknown) => {
    const { counter } = workflow.workflowInfo();
    await call();
    taken[name] = workflow.workflowInfo().counter - counter;
  };
  const hook = { taskQueue: 'q', workflowName: 'hooked' };
  await count('proxy', () => step('a'));
  await count('sleep', () => workflow.sleep(1));
  await count('condition', () => workflow.condition('never', 1));
  await count('executeChild', () => workflow.executeChild(child));
  await count('startChild', () => workflow.startChild(child));
  await count('signal', () => workflow.signal('nobody'));
  await count('hook', () => workflow.hook(hook));
  await count('execHook', () => workflow.execHook(hook));
  await count('terminate', () => workflow.terminate('unknown', { suppress: true }).catch(() => 0));
  await count('random', () => workflow.random());
  await count('uuid4', () => workflow.uuid4());
  await count('emit', () => workflow.emit({ a: 1 }));
  await count('emit, always', () => workflow.emit({ a: 1 }, { once: false }));
  await count('trace', () => workflow.trace({ a: 1 }));
  await count('trace, always', () => workflow.trace({ a: 1 }, { once: false }));
  await count('patched', () => workflow.patched('x'));
  await count('deprecatePatch', () => workflow.deprecatePatch('y'));
  await count('all', () => workflow.all(1, 2));
  await count('didInterrupt', () => workflow.didInterrupt(new Error('no')));
  await count('workflowInfo', () => workflow.workflowInfo());
  await count('didRun', () => workflow.didRun('x'));
  await count('isSideEffectAllowed', () => workflow.isSideEffectAllowed(null, 'x'));
  await count('search', async () => (await workflow.search()).set({ a: 1, b: 2 }));
  await count('entity', async () => (await workflow.entity()).set({ a: 1 }));
  await count('enrich', () => workflow.enrich({ a: 1 }));
  await count('getHotMesh', () => workflow.getHotMesh());
  return taken;
}

async function about() {
  const before = workflow.workflowInfo();
  await workflow.condition('go');
  const sides = [await workflow.isSideEffectAllowed(null, 'x'), await workflow.didRun('y')];
  const { counter, replay, ...rest } = workflow.workflowInfo();
  const numbers = await workflow.all(Promise.resolve(1), 'two');
  return { ...rest, early: before.replay, replay: typeof replay, counter, sides, numbers };
}

async function telling() {
  const told = await workflow.emit({ 'orders.shipped': { id: 7 }, other: 'text' });
  await workflow.emit({ again: 1 }, { once: false });
  return [told, await workflow.trace({ size: 3, name: 'x', isBig: true })];
}

async function served(t: Parameters<typeof durableTest>[0]) {
  const context = await durableTest(t);
  for (const run of [child, hooked, counting, about, telling]) {
    const shared = { connection: context.connection, taskQueue: 'q', activities };
    await Durable.Worker.create({ ...shared, workflow: run });
  }
  return context;
}

test.serial('10.0.2: each call takes the numbers that it says', async (t) => {
  const { client, pool } = await served(t);
  const handle = await client.workflow.start(counting, { taskQueue: 'q' });
  t.deepEqual(await handle.result(), {
    ...{ proxy: 1, sleep: 1, condition: 1, executeChild: 1, startChild: 1, signal: 1, hook: 1 },
    ...{ execHook: 2, terminate: 1, random: 1, uuid4: 16, emit: 1, 'emit, always': 0, trace: 1 },
    ...{ 'trace, always': 0, patched: 0, deprecatePatch: 0, all: 0, didInterrupt: 0 },
    ...{ workflowInfo: 0, didRun: 1, isSideEffectAllowed: 1, search: 1, entity: 1, enrich: 1 },
    getHotMesh: 0,
  });
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

test.serial('10.7, 10.8, 10.14: a workflow knows itself, in every run alike', async (t) => {
  const { client, pool } = await served(t);
  const options = { taskQueue: 'q', workflowId: 'about' };
  const handle = await client.workflow.start(about, options);
  await client.workflow.signal('go');
  t.like(await handle.result(), {
    ...{ workflowId: 'about', workflowName: 'about', taskQueue: 'q', workflowTopic: 'q-about' },
    ...{ namespace: 'durable', workflowDimension: '', canRetry: true, attempt: 0, counter: 3 },
    ...{ originJobId: null, isCancelled: false, early: {}, replay: 'object', numbers: [1, 'two'] },
    sides: [true, [false, 3, null]],
  });
  t.is(deterministicRandom(1), Math.sin(1) * 10_000 - Math.floor(Math.sin(1) * 10_000));
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

test.serial(
  '10.4, 10.7: a workflow and its children know for how long they are kept',
  async (t) => {
    const { client, connection, pool } = await durableTest(t);
    async function kept(depth: number): Promise<unknown[]> {
      const { expire } = workflow.workflowInfo();
      const options = { args: [depth - 1] as [number] };
      if (depth === 0) return [expire];
      const own = await workflow.executeChild(kept, { args: [0], expire: 70 });
      return [expire, own, await workflow.executeChild(kept, options)];
    }
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: kept, activities });
    const start = (expire?: number) =>
      client.workflow.start({
        ...{ taskQueue: 'q', workflowName: 'kept', args: [1] },
        ...(expire === undefined ? {} : { expire }),
      });
    t.deepEqual(await (await start(6.5)).result(), [7, [70], [7]]);
    t.deepEqual(await (await start()).result(), [null, [70], [null]]);
    const stored = `select expire_seconds::int as n from ratchet.jobs
      where key like '-kept-%' order by id`;
    t.deepEqual((await pool.query(stored)).rows, [{ n: 70 }, { n: 7 }, { n: 70 }, { n: null }]);
  },
);

test.serial('10.13: emit tells those who listen at that moment, and only their app', async (t) => {
  const { client, connection, pool } = await served(t);
  const listeners = ['durable', 'other'].map(async (appId) => {
    const mesh = await HotMesh.init({ appId, logLevel: 'error', engine: { connection } });
    const heard: [string, unknown][] = [];
    const hear = (topic: string, message: unknown) => void heard.push([topic, message]);
    await mesh.psub('*', hear);
    if (appId === 'durable') await mesh.sub('orders.shipped.tells', hear);
    return heard;
  });
  const [heard, elsewhere] = await Promise.all(listeners);
  const handle = await client.workflow.start(telling, { taskQueue: 'q', workflowId: 'tells' });
  t.deepEqual(await handle.result(), [true, true]);
  await waitFor('four events', () => (heard?.length ?? 0) >= 4);
  t.deepEqual(
    heard?.sort(([a], [b]) => (a < b ? -1 : 1)),
    [
      ['again', 1],
      ['orders.shipped', { id: 7 }],
      ['orders.shipped', { id: 7 }],
      ['other', 'text'],
    ],
  );
  t.deepEqual(elsewhere, []);
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

test.serial('10.13: bad input is refused where it is given', async (t) => {
  const { connection, client } = await durableTest(t);
  async function careless() {
    const codes: unknown[] = [];
    const calls: (() => Promise<unknown>)[] = [
      () => workflow.emit('x' as never),
      () => workflow.emit({ '': 1 }),
      () => workflow.emit({ a: 1n }),
      () => workflow.emit({ $quorum: 1 }),
      () => workflow.emit({ a: 1 }, { onc: true } as never),
      () => workflow.emit({ a: 1 }, { once: 1 } as never),
      () => workflow.trace([] as never),
      () => workflow.trace({ a: {} as never }),
      () => workflow.execHookBatch('x' as never),
      () => workflow.execHookBatch([{ kye: 'a' } as never]),
      () => workflow.execHook({ taskQueue: 'q', workflowName: 'w', signalId: '' }),
      () => workflow.hook({ taskQueue: 'q', workflowName: 'w', namespace: 'other' }),
    ];
    for (const call of calls)
      await call().catch((error: { code: string }) => codes.push(error.code));
    const { counter } = workflow.workflowInfo();
    return [codes, counter];
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: careless });
  const handle = await client.workflow.start(careless, { taskQueue: 'q' });
  const expected = [
    'WF104',
    'WF101',
    'WF102',
    'WF104',
    'WF104',
    'WF104',
    'WF104',
    'WF104',
    'WF104',
  ];
  t.deepEqual(await handle.result(), [[...expected, 'WF104', 'WF101', 'WF104'], 0]);
  for (const call of [workflow.emit, workflow.trace]) {
    await t.throwsAsync(async () => call({}), { code: 'WF303' });
  }
  await t.throwsAsync(async () => workflow.continueAsNew(), { code: 'WF303' });
});

test.serial('10: a call after the function has returned does nothing', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  let late: Promise<unknown> = Promise.resolve();
  async function leaving() {
    late = new Promise((resolve) => setTimeout(resolve, 50)).then(() => {
      void workflow.hook({ taskQueue: 'q', workflowName: 'hooked' });
      void workflow.continueAsNew();
      return workflow.patched('late');
    });
    return 'left';
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: leaving });
  const handle = await client.workflow.start(leaving, { taskQueue: 'q' });
  t.is(await handle.result(), 'left');
  t.is(await late, false);
  t.is((await pool.query('select from ratchet.jobs_attributes')).rowCount, 0);
  t.is((await pool.query('select from ratchet.threads')).rowCount, 0);
});

test('12: the errors of control flow and of failure have their types and codes', (t) => {
  const codes = {
    ...{ DurableSleepError: 588, DurableWaitForAllError: 589, DurableChildError: 590 },
    ...{ DurableProxyError: 591, DurableContinueAsNewError: 592, DurableWaitForError: 595 },
    ...{ DurableTimeoutError: 596, DurableMaxedError: 597, DurableFatalError: 598 },
    DurableRetryError: 599,
  };
  for (const [type, code] of Object.entries(codes)) {
    const error = new Errors[type as keyof typeof codes]('why', 'where');
    t.like(error, { type, code, message: 'why', stack: 'where' });
    t.true(Durable.didInterrupt(error));
  }
  t.true(Durable.didInterrupt(new workflow.CancelledFailure()));
  t.false(Durable.didInterrupt(new Error('any other')));
});
