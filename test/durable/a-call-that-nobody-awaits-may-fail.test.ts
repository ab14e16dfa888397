import { setImmediate as turned } from 'node:timers/promises';
import test from 'ava';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const { CancellationScope } = workflow;

const REVIEW = { taskQueue: 'q', workflowName: 'review' };
const TAKEN = { workflowId: 'taken', taskQueue: 'q' };

/** Calls that fail when they are answered, or when the workflow is cancelled. */
const FAILING: Record<string, () => unknown> = {
  startChild: () => workflow.startChild('review', TAKEN),
  'startChild of options': () => workflow.startChild({ ...TAKEN, workflowName: 'review' }),
  'result of a child': () =>
    workflow.startChild('review', { taskQueue: 'none' }).then((child) => void child.result()),
  execHook: () => workflow.execHook(REVIEW),
  execHookBatch: () => workflow.execHookBatch([{ key: 'a', options: REVIEW }]),
  all: () => workflow.all(workflow.sleep('1 day')),
  nonCancellable: () =>
    CancellationScope.nonCancellable(async () => {
      await workflow.startChild('review', TAKEN);
    }),
};

const LONG = 'x'.repeat(600);

/** Calls that are refused before anything is recorded. */
const REFUSED: Record<string, () => unknown> = {
  startChild: () => workflow.startChild('review', { workflowId: LONG }),
  execHook: () => workflow.execHook({ ...REVIEW, signalId: LONG }),
  execHookBatch: () => workflow.execHookBatch([{ key: LONG, options: REVIEW }]),
  hook: () => workflow.hook({ workflowName: 'review' }),
  enrich: () => workflow.enrich({ [LONG]: 1 }),
  emit: () => workflow.emit({ $topic: 1 }),
  trace: () => workflow.trace({ list: [] as never }),
  patched: () => workflow.patched(LONG),
  didRun: () => workflow.didRun(LONG),
};

/** Calls that an activity may not make. */
const ELSEWHERE: Record<string, () => unknown> = {
  ...REFUSED,
  search: () => workflow.search(),
  entity: () => workflow.entity(),
  getHotMesh: () => workflow.getHotMesh(),
};

const activities = {
  calling: async () => Object.values(ELSEWHERE).map((call) => call()).length,
};
const { calling } = workflow.proxyActivities<typeof activities>({ activities });

async function review() {
  await workflow.sleep('1 day');
}

async function leaving(name: string) {
  void FAILING[name]?.();
  try {
    await workflow.sleep('1 day');
  } catch {
    await CancellationScope.nonCancellable(() => workflow.sleep(50));
    return 'cleaned up';
  }
  return 'not cancelled';
}

async function refused(name: string) {
  void REFUSED[name]?.();
  await workflow.sleep(10);
  return 'went on';
}

async function asking() {
  return calling();
}

/** What the process hears of that nobody handles. */
function unhandled(t: Parameters<typeof durableTest>[0]): unknown[] {
  const heard: unknown[] = [];
  const hear = (reason: unknown) => heard.push(reason);
  process.on('unhandledRejection', hear);
  t.teardown(() => process.off('unhandledRejection', hear));
  return heard;
}

/** Lines of the log, as long as the test runs. */
function logged(t: Parameters<typeof durableTest>[0]): string[] {
  const lines: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (line: string | Uint8Array) => lines.push(String(line)) > 0;
  t.teardown(() => (process.stderr.write = write));
  return lines;
}

async function lab(t: Parameters<typeof durableTest>[0]) {
  const bed = await durableTest(t);
  for (const run of [review, leaving, refused, asking]) {
    await Durable.Worker.create({ connection: bed.connection, taskQueue: 'q', workflow: run });
  }
  return bed;
}

test.serial('6: what fails later, or is cancelled, ends no process', async (t) => {
  const { client, pool } = await lab(t);
  const heard = unhandled(t);
  await client.workflow.start(review, { taskQueue: 'q', workflowId: 'taken' });
  for (const name of Object.keys(FAILING)) {
    const handle = await client.workflow.start(leaving, { taskQueue: 'q', args: [name] });
    await waitFor(`${name} is recorded`, async () => {
      const open = `select from ratchet.jobs_attributes a join ratchet.jobs j on j.id = a.job_id
        where j.key = $1 and a.kind in ('sleep', 'wait')`;
      return (await pool.query(open, [handle.workflowId])).rowCount;
    });
    await handle.cancel();
    t.is(await handle.result(), 'cleaned up', name);
    t.deepEqual(heard, [], name);
  }
});

test.serial('17: an interceptor may leave next alone', async (t) => {
  const { client, connection } = await lab(t);
  const heard = unhandled(t);
  t.teardown(() => Durable.clearInterceptors());
  Durable.registerOutboundInterceptor({
    execute: async (_call, _context, next) => void next(),
  });
  async function intercepted() {
    await workflow.proxyActivities<{ missing(): Promise<void> }>({ taskQueue: 'none' }).missing();
    return leaving('none');
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: intercepted });
  const handle = await client.workflow.start(intercepted, { taskQueue: 'q' });
  await waitFor('it sleeps', async () => (await handle.export()).timeline?.length === 2);
  await handle.cancel();
  t.is(await handle.result(), 'cleaned up');
  t.deepEqual(heard, []);
});

test.serial('6: what is refused ends no process, and the log tells of it', async (t) => {
  const { client } = await lab(t);
  const [heard, lines] = [unhandled(t), logged(t)];
  for (const name of Object.keys(REFUSED)) {
    lines.length = 0;
    const args: [string] = [name];
    const handle = await client.workflow.start(refused, { taskQueue: 'q', args });
    t.is(await handle.result(), 'went on', name);
    t.deepEqual(heard, [], name);
    t.regex(lines.join(''), /a call that nobody awaits was refused/, name);
  }
});

test.serial('6: in an activity, and outside of all, it is the same', async (t) => {
  const { client } = await lab(t);
  const [heard, lines] = [unhandled(t), logged(t)];
  const handle = await client.workflow.start(asking, { taskQueue: 'q' });
  const count = Object.keys(ELSEWHERE).length;
  t.is(await handle.result(), count);
  for (const call of Object.values(ELSEWHERE)) void call();
  await turned();
  await turned();
  t.deepEqual(heard, []);
  t.is(lines.filter((line) => line.includes('nobody awaits')).length, 2 * count);
});

test.serial('6: who looks at a refused call gets its error, and the log is silent', async (t) => {
  const lines = logged(t);
  for (const [name, call] of Object.entries(ELSEWHERE)) {
    await t.throwsAsync(call() as Promise<unknown>, { code: 'WF303' }, name);
  }
  await turned();
  t.deepEqual(lines, []);
});
