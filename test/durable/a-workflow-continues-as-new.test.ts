import test from 'ava';
import { Durable } from '../../driver';
import { deterministicRandom } from '../../driver/durable/workflow';
import { AT_ONCE, durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const notes: string[] = [];
let failures = 0;
const activities = {
  async add(a: number, b: number) {
    return a + b;
  },
  async note(text: string) {
    notes.push(text);
  },
};
const { add, note } = workflow.proxyActivities<typeof activities>();
const { continueAsNew } = workflow;

/** Every kind of wait in every generation. */
async function counting(round: number, sum: number): Promise<unknown> {
  const { workflowDimension, counter, workflowId } = workflow.workflowInfo();
  if (counter !== 0) throw new Error('the counter did not start again');
  const random = workflow.random();
  const [next, slept] = await Promise.all([add(sum, round), workflow.sleep(1)]);
  await workflow.signal(`${workflowId}-self`, round);
  const own = await workflow.condition<number>(`${workflowId}-self`);
  const child = await workflow.executeChild(leaf, { args: [own] });
  void note(`unawaited ${round}`);
  if (round < 3) return continueAsNew(round + 1, next);
  return { workflowDimension, random, next, slept, child };
}

async function leaf(value: number) {
  return value * 10;
}

async function patient(round: number): Promise<string> {
  if (round < 2) return continueAsNew(round + 1);
  try {
    await workflow.condition('never');
    return 'not cancelled';
  } catch (error) {
    if (!workflow.isCancellation(error)) throw error;
    return `cancelled in ${workflow.workflowInfo().workflowDimension}`;
  }
}

async function abandoning(round: number): Promise<string> {
  if (round === 0) {
    void workflow.condition('left open');
    void workflow.sleep('1 hour');
    void workflow.executeChild('slow', { workflowId: 'left child', args: [] });
    await workflow.sleep(1);
    return continueAsNew(1);
  }
  return workflow.condition<string>('left open');
}

async function slow() {
  return workflow.condition('slow ends');
}

async function retrying(round: number): Promise<string> {
  const { attempt, canRetry } = workflow.workflowInfo();
  if (attempt < 2) {
    failures += 1;
    throw new Error('again');
  }
  return round < 1 ? continueAsNew(round + 1) : `${round} ${attempt} ${canRetry}`;
}

async function cancelled() {
  try {
    await workflow.condition('never');
  } catch {
    return continueAsNew().catch((error: Error) => error.message);
  }
  return 'not cancelled';
}

async function hooking(round: number): Promise<unknown> {
  const target = { taskQueue: 'q', workflowName: 'hooked' };
  const answer = await workflow.execHook({ ...target, args: [round] });
  if (round === 0) await workflow.hook({ taskQueue: 'q', workflowName: 'staying', args: [] });
  if (round < 1) return continueAsNew(round + 1);
  const stayed = await workflow.condition('stayed');
  return { answer, stayed };
}

async function hooked(round: number, info: { signal: string }) {
  await workflow.signal(info.signal, `hook of ${round}`);
}

async function staying() {
  await workflow.condition('stay until');
  await workflow.signal('stayed', workflow.workflowInfo().workflowDimension);
  await workflow.continueAsNew().catch((error: Error) => note(error.message));
}

async function parent() {
  return workflow.executeChild(counting, { workflowId: 'the child', args: [0, 0] });
}

const everything = { counting, leaf, patient, abandoning, slow, retrying, cancelled, hooking };

async function served(t: Parameters<typeof durableTest>[0]) {
  const context = await durableTest(t);
  const { connection } = context;
  for (const run of [...Object.values(everything), hooked, staying, parent]) {
    const shared = { connection, taskQueue: 'q', activities };
    await Durable.Worker.create({ ...shared, workflow: run });
  }
  const rows = async (text: string) => (await context.pool.query(text)).rows;
  const isClean = () => rows('select * from ratchet.check_invariants()');
  return { ...context, rows, isClean };
}

test.serial(
  '10.9: the last generation gives the result; each has a history of its own',
  async (t) => {
    const { client, isClean, rows } = await served(t);
    notes.length = 0;
    const options = { taskQueue: 'q', workflowId: 'loop', args: [0, 0] as [number, number] };
    const handle = await client.workflow.start(counting, options);
    t.deepEqual(await handle.result(), {
      workflowDimension: '$3',
      random: deterministicRandom(1),
      ...{ next: 6, slept: 0.001, child: 30 },
    });
    t.is(await handle.status(), 0);
    const { timeline = [] } = await handle.export({ allow: ['timeline'] });
    const shown = timeline.map(({ dimension = '', key }) => `${dimension} ${key}`);
    t.deepEqual(shown.slice(0, 9), [
      ...[' -proxy-2-', ' -sleep-3-', ' -signal-4-', ' -wait-5-', ' -child-6-', ' -proxy-7-'],
      ...[' -continue-8-', '$1 -proxy$1-2-', '$1 -sleep$1-3-'],
    ]);
    t.is(shown.length, 4 * 7 - 1);
    t.deepEqual(notes, ['unawaited 0', 'unawaited 1', 'unawaited 2', 'unawaited 3']);
    t.like(await rows(`select generation, status, input from ratchet.jobs where key = 'loop'`), [
      { generation: 3, status: 0, input: [3, 3] },
    ]);
    const continued = `select input, value from ratchet.jobs_attributes where kind = 'continue'
    order by input ->> 0`;
    t.deepEqual(await rows(continued), [
      { input: [1, 0], value: '[0,0]' },
      { input: [2, 1], value: '[1,0]' },
      { input: [3, 3], value: '[2,1]' },
    ]);
    t.deepEqual(await isClean(), []);
  },
);

test.serial('10.9: a parent that waits gets the value of the last generation', async (t) => {
  const { client, isClean } = await served(t);
  const handle = await client.workflow.start(parent, { taskQueue: 'q' });
  t.like(await handle.result(), { workflowDimension: '$3', next: 6 });
  t.deepEqual(await isClean(), []);
});

test.serial(
  '10.9, 10.10: cancellation reaches every generation, and keeps the next from beginning',
  async (t) => {
    const { client, pool, isClean } = await served(t);
    const handle = await client.workflow.start(patient, { taskQueue: 'q', args: [0] });
    const waits = `select from ratchet_internal.messages where kind = 'wait' and address = '$2'`;
    await waitFor('the wait', async () => (await pool.query(waits)).rowCount === 1);
    await handle.cancel();
    t.is(await handle.result(), 'cancelled in $2');
    const early = await client.workflow.start(cancelled, { taskQueue: 'q' });
    await early.cancel();
    t.is(await early.result(), 'Workflow cancelled');
    t.deepEqual(await isClean(), []);
  },
);

test.serial(
  '10.9: what a generation left open goes with it, and is not answered to the next',
  async (t) => {
    const { client, rows, isClean } = await served(t);
    const handle = await client.workflow.start(abandoning, { taskQueue: 'q', args: [0] });
    const messages = `select m.address, m.kind, m.key from ratchet_internal.messages m
    join ratchet.jobs j on j.id = m.job_id where j.workflow = 'abandoning' order by position`;
    const isNext = async () => (await rows(messages)).some(({ key }) => key === 'left open');
    await waitFor('the next generation', async () => {
      const [first] = await rows(messages);
      return first?.address === '$1' && (await isNext());
    });
    t.deepEqual(
      (await rows(messages)).map(({ kind }) => kind),
      ['turn', 'wait'],
    );
    await client.workflow.signal('slow ends', 1);
    await client.workflow.getHandle('q', 'slow', 'left child').result();
    await client.workflow.signal('left open', 'for the second');
    t.is(await handle.result(), 'for the second');
    t.deepEqual(await isClean(), []);
  },
);

test.serial('10.9: attempts are counted anew in each generation', async (t) => {
  const { client, isClean } = await served(t);
  failures = 0;
  const config = { ...AT_ONCE, maximumAttempts: 2 };
  const handle = await client.workflow.start(retrying, { taskQueue: 'q', args: [0], config });
  t.is(await handle.result(), '1 2 false');
  t.is(failures, 4);
  t.deepEqual(await isClean(), []);
});

test.serial(
  '10.9, 14: hooks work in every generation and outlive the one that started them',
  async (t) => {
    const { client, pool, isClean } = await served(t);
    notes.length = 0;
    const handle = await client.workflow.start(hooking, { taskQueue: 'q', args: [0] });
    const waits = `select from ratchet_internal.messages where kind = 'wait' and key like 'stay%'`;
    await waitFor('both wait', async () => (await pool.query(waits)).rowCount === 2);
    t.is(await handle.status(), 2);
    await client.workflow.signal('stay until');
    t.deepEqual(await handle.result(), { answer: 'hook of 1', stayed: ',0,1' });
    t.deepEqual(await isClean(), []);
  },
);

test.serial(
  '10.9: a function that catches everything cannot keep its generation from ending',
  async (t) => {
    const { client, connection } = await durableTest(t);
    async function stubborn(round: number): Promise<string> {
      try {
        if (round === 0) await continueAsNew(1);
      } catch {
        return 'caught';
      } finally {
        if (round === 0) await note('never');
      }
      return `round ${round}`;
    }
    notes.length = 0;
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: stubborn, activities });
    const handle = await client.workflow.start(stubborn, { taskQueue: 'q', args: [0] });
    t.is(await handle.result(), 'round 1');
    t.deepEqual(notes, []);
  },
);
