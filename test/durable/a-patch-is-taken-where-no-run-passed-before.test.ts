import test from 'ava';
import { Durable } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const { patched, condition } = workflow;
const activities = {
  async step(text: string) {
    return text;
  },
};
const { step } = workflow.proxyActivities<typeof activities>();

type Context = Awaited<ReturnType<typeof durableTest>>;

/** Serves the next version of a workflow: what it held before is handed back. */
async function deploy({ connection }: Context, run: (...args: never[]) => unknown) {
  Object.defineProperty(run, 'name', { value: 'run' });
  return Durable.Worker.create({ connection, taskQueue: 'q', workflow: run, activities });
}

const waiting = ({ pool }: Context, count: number) =>
  waitFor(`${count} waits`, async () => {
    const sql = `select from ratchet_internal.messages where kind = 'wait'`;
    return (await pool.query(sql)).rowCount === count;
  });

const clean = async ({ pool }: Context) =>
  (await pool.query('select * from ratchet.check_invariants()')).rows;

test.serial('10.12: new runs take a patch, after steps too, and takes no number', async (t) => {
  const context = await durableTest(t);
  async function run() {
    const before = await patched('first');
    await step('a');
    const after = await patched('second');
    const again = await patched('second');
    workflow.deprecatePatch('gone');
    const { counter } = workflow.workflowInfo();
    await condition('go');
    const last = await patched('third');
    return { before, after, again, counter, last };
  }
  let worker = await deploy(context, run);
  const start = { taskQueue: 'q', workflowName: 'run', workflowId: 'new' };
  const handle = await context.client.workflow.start(start);
  await waiting(context, 1);
  // Rebuilt from its rows, it answers as before.
  await worker.stop();
  worker = await deploy(context, run);
  await context.client.workflow.signal('go');
  const all = { before: true, after: true, again: true, counter: 1, last: true };
  t.deepEqual(await handle.result(), all);
  const { timeline } = await handle.export({ allow: ['timeline'] });
  t.deepEqual(
    timeline?.map(({ key }) => key),
    ['-proxy-1-', '-wait-2-'],
  );
  t.deepEqual(await clean(context), []);
});

test.serial(
  '10.12: a run that passed the place before the patch keeps to its old path',
  async (t) => {
    const context = await durableTest(t);
    async function old() {
      const first = await step('a');
      const second = await condition<string>('go');
      return [first, second, await step('old end')];
    }
    async function next() {
      const early = await patched('early');
      const first = await step(early ? 'new a' : 'a');
      const between = await patched('between');
      if (between) await step('only in new runs');
      const second = await condition<string>('go');
      const late = await patched('late');
      return [first, second, early, between, late, await step(late ? 'new end' : 'old end')];
    }
    const before = await deploy(context, old);
    const start = { taskQueue: 'q', workflowName: 'run', workflowId: 'old' };
    const handle = await context.client.workflow.start(start);
    await waiting(context, 1);
    await before.stop();
    const after = await deploy(context, next);
    await context.client.workflow.signal('go', 'went');
    t.deepEqual(await handle.result(), ['a', 'went', false, false, true, 'new end']);
    const fresh = await context.client.workflow.start({ ...start, workflowId: 'fresh' });
    await waiting(context, 1);
    await after.stop();
    await deploy(context, next);
    await context.client.workflow.signal('go', 'too');
    t.deepEqual(await fresh.result(), ['new a', 'too', true, true, true, 'new end']);
    t.deepEqual(await clean(context), []);
  },
);

test.serial('10.12: a place right after a recorded call was passed with it', async (t) => {
  const context = await durableTest(t);
  async function old() {
    return Promise.all([condition('one'), condition('two')]);
  }
  async function next() {
    const both = Promise.all([condition('one'), condition('two')]);
    const isNew = await patched('after the calls');
    return [await both, isNew, await patched('after the answers')];
  }
  const before = await deploy(context, old);
  const start = { taskQueue: 'q', workflowName: 'run' };
  const handle = await context.client.workflow.start(start);
  await waiting(context, 2);
  await context.client.workflow.signal('one', 1);
  await waiting(context, 1);
  await before.stop();
  await deploy(context, next);
  await context.client.workflow.signal('two', 2);
  t.deepEqual(await handle.result(), [[1, 2], false, true]);
  t.deepEqual(await clean(context), []);
});

test.serial(
  '10.12: hooks and generations have patches of their own; a retry keeps them',
  async (t) => {
    const context = await durableTest(t);
    let passes = 0;
    const seen: unknown[] = [];
    async function hooked(info: { signal: string }) {
      const answer = await patched('shared');
      await workflow.signal(info.signal, answer);
    }
    async function run(round: number): Promise<unknown> {
      const mine = await patched('shared');
      passes += 1;
      if (passes === 1) throw new Error('once more');
      seen.push(mine);
      const hook = await workflow.execHook({ taskQueue: 'q', workflowName: 'hooked' });
      return round === 0 ? workflow.continueAsNew(1) : [mine, hook];
    }
    const { connection, client, pool } = context;
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: { hooked }, activities });
    await deploy(context, run);
    const start = { taskQueue: 'q', workflowName: 'run', args: [0], config: AT_ONCE };
    t.deepEqual(await (await client.workflow.start(start)).result(), [true, true]);
    t.deepEqual(seen, [true, true]);
    const patches = `select address from ratchet.jobs_attributes where kind = 'patch' order by 1`;
    const { rows } = await pool.query(patches);
    t.deepEqual(
      rows.map(({ address }) => address),
      ['#patch', '$1#patch', 'h1#patch', 'h2#patch'],
    );
    t.deepEqual(await clean(context), []);
  },
);

test.serial('10.12: bad input is refused where it is given', async (t) => {
  const { connection, client } = await durableTest(t);
  async function run() {
    const problems: unknown[] = [];
    for (const id of [undefined, '', 7, 'a\u0000b', 'x'.repeat(513)]) {
      await patched(id as string).catch((error: { code: string }) => problems.push(error.code));
    }
    return problems;
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  const handle = await client.workflow.start(run, { taskQueue: 'q' });
  t.deepEqual(await handle.result(), ['WF101', 'WF101', 'WF101', 'WF105', 'WF101']);
  await t.throwsAsync(async () => patched('x'), { code: 'WF303' });
  t.throws(() => workflow.deprecatePatch('x'), { code: 'WF303' });
});
