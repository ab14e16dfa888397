import { setTimeout as pause } from 'node:timers/promises';
import { Durable, type RetryPolicy } from '../../driver';
import { recordEffect } from './effects';
import { noted, scopes, stopsItself } from './scope-shapes';
import { generations, hookedSteps, hooks, patience } from './thread-shapes';

// Workflows of every shape, for tests that kill, pause and replace workers. What they return does
// not depend on which worker ran what, how often, or in which order parallel steps ended.

function note(label: string): number {
  const { workflowId, attempt } = Durable.activity.getContext();
  recordEffect({ workflowId, label, pid: process.pid, attempt });
  return attempt;
}

function blockTheEventLoop(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** Each takes a label first: the name under which its executions are written down. */
export const activities = {
  async step(label: string, value: number): Promise<number> {
    note(label);
    return value + label.length;
  },
  async flaky(label: string, failures: number): Promise<string> {
    if (note(label) <= failures) throw new Error(`${label} fails at first`);
    return label;
  },
  async hopeless(label: string): Promise<never> {
    note(label);
    throw new Error(`${label} always fails`);
  },
  async slow(label: string, milliseconds: number): Promise<string> {
    note(label);
    await pause(milliseconds);
    return label;
  },
  async blocking(label: string, milliseconds: number): Promise<string> {
    note(label);
    blockTheEventLoop(milliseconds);
    return label;
  },
  /** Its row is there exactly once: it is committed with the step's result. */
  async book(label: string, amount: number): Promise<number> {
    note(label);
    const { workflowId } = Durable.activity.getContext();
    const text = 'insert into books (job, amount) values ($1, $2)';
    await Durable.activity.transaction((client) => client.query(text, [workflowId, amount]));
    return amount;
  },
  /** Its job is asked to cancel itself in the commit of its result. */
  async cancelled(label: string): Promise<boolean> {
    note(label);
    const { workflowId } = Durable.activity.getContext();
    const text = 'select ratchet.cancel($1) as was_running';
    const { rows } = await Durable.activity.transaction((client) =>
      client.query(text, [workflowId]),
    );
    return (rows[0] as { was_running: boolean }).was_running;
  },
  async deadly(label: string): Promise<string> {
    note(label);
    process.kill(process.pid, 'SIGKILL');
    await pause(60_000);
    return label;
  },
};

const QUICK: RetryPolicy = { maximumAttempts: 5, initialInterval: 10, backoffCoefficient: 1 };

/** The queue whose activities another process serves. */
export function remoteQueue(queue: string): string {
  return `${queue}-remote`;
}

export function proxies(retry: RetryPolicy = QUICK) {
  const taskQueue = remoteQueue(Durable.workflow.workflowInfo().taskQueue);
  return {
    local: Durable.workflow.proxyActivities<typeof activities>({ retry }),
    remote: Durable.workflow.proxyActivities<typeof activities>({ retry, taskQueue }),
  };
}

async function sequence(): Promise<number> {
  const { local, remote } = proxies();
  let value = 0;
  for (const [index, place] of [local, local, remote, local, remote, remote, local].entries()) {
    value = await place.step(`s${index}`, value);
  }
  return value;
}

/** Branches whose later calls are numbered by the order in which their earlier ones end. */
async function fan(): Promise<number> {
  const { local, remote } = proxies();
  const here = [0, 1, 2].map(async (index) =>
    remote.step(`here-${index}-b`, await local.step(`here-${index}-a`, index)),
  );
  const there = [0, 1, 2].map(async (index) =>
    local.step(`there-${index}-b`, await remote.step(`there-${index}-a`, index)),
  );
  const nap = async () => {
    await Durable.workflow.sleep(30);
    return local.step('nap', 1);
  };
  const values = await Promise.all([...here, ...there, nap()]);
  const sum = values.reduce((total, value) => total + value, 0);
  return local.step('sum', sum);
}

/** Who starts it sends `<id>-early` at once, and `<id>-late` when it is waited for. */
async function waits(): Promise<unknown[]> {
  const { workflowId } = Durable.workflow.workflowInfo();
  const { local } = proxies();
  const { condition, signal, sleep } = Durable.workflow;
  const slept = await sleep(20);
  const never = await condition(`${workflowId}-never`, { role: 'nobody', timeout: 30 });
  const early = await condition(`${workflowId}-early`);
  const between = await local.step('between', 1);
  const late = await condition(`${workflowId}-late`, { role: 'somebody', timeout: '10 minutes' });
  await signal(`${workflowId}-self`, { from: 'itself' });
  const [self] = await Promise.all([condition(`${workflowId}-self`), sleep(10)]);
  return [slept, never, early, between, late, self, await local.step('end', 2)];
}

async function retries(): Promise<unknown[]> {
  const { local, remote } = proxies();
  const once = proxies({ ...QUICK, maximumAttempts: 1 });
  const givesUp = (label: string) => once.local.hopeless(label).catch(() => `${label} gave up`);
  const first = await local.flaky('flaky-here', 2);
  const second = await remote.flaky('flaky-there', 2);
  const third = await givesUp('hopeless-here');
  const fourth = await once.remote.hopeless('hopeless-there').catch(() => 'hopeless there');
  const [fifth, sixth] = await Promise.all([local.flaky('flaky-both', 1), remote.flaky('too', 1)]);
  return [first, second, third, fourth, fifth, sixth];
}

async function leaf(value: number): Promise<number> {
  const { local, remote } = proxies();
  return remote.step('leaf-b', await local.step('leaf-a', value));
}

async function failingLeaf(): Promise<never> {
  throw new Error('this leaf fails');
}

async function family(): Promise<unknown[]> {
  const { workflowId } = Durable.workflow.workflowInfo();
  const { startChild, executeChild } = Durable.workflow;
  const child = (name: string, value: number) => ({
    workflowId: `${workflowId}-${name}`,
    args: [value] as [number],
  });
  const started = await startChild(leaf, child('a', 1));
  const executed = await executeChild(leaf, child('b', 2));
  const both = await Promise.all([
    executeChild(leaf, child('c', 3)),
    executeChild(leaf, child('d', 4)),
  ]);
  const twice = await executeChild(leaf, child('a', 5)).catch((error: Error) => error.message);
  const noRetry = { workflowId: `${workflowId}-e`, config: { maximumAttempts: 0 } };
  const failed = await executeChild(failingLeaf, noRetry).catch((error: Error) => error.message);
  return [executed, ...both, twice, failed, await started.result()];
}

/** What it counts up would be too high if any operation were carried out twice. */
async function data(): Promise<unknown[]> {
  const { local, remote } = proxies();
  const search = await Durable.workflow.search();
  const entity = await Durable.workflow.entity();
  const first = [await search.set({ color: 'red' }), await search.incr('n', 1)];
  await local.step('between', 1);
  const sums = await Promise.all([
    ...[search.incr('n', 10), entity.append('list', 'a'), search.incr('n', 100)],
    ...[entity.increment('deep.count'), remote.step('beside', 1), search.mult('n', 2)],
  ]);
  const branches = [1, 2, 3].map(async (n) => {
    await (n === 2 ? remote : local).step(`branch-${n}`, n);
    return entity.merge({ merged: { [`from-${n}`]: n } });
  });
  await Promise.all(branches);
  await Durable.workflow.sleep(20);
  const wrong = await entity.toggle('list').catch((error: Error) => error.message);
  await local.step('late', 1);
  void Durable.workflow.enrich({ color: 'blue' });
  return [first, sums, wrong, await search.mget('n', 'color'), await entity.get()];
}

async function parked(): Promise<unknown> {
  const { workflowId } = Durable.workflow.workflowInfo();
  const { local } = proxies();
  const before = await local.step('before', 1);
  await Durable.workflow.enrich({ state: 'parked' });
  const signal = await Durable.workflow.condition<number>(`${workflowId}-go`);
  await Durable.workflow.sleep(5);
  return local.step('after', before + Number(signal));
}

async function single(activity: keyof typeof activities, argument: number, max = 3) {
  const { local } = proxies({ ...QUICK, maximumAttempts: max });
  return (local[activity] as (label: string, argument: number) => Promise<unknown>)(
    'only',
    argument,
  );
}

async function remotely(activity: keyof typeof activities, argument: number, max = 3) {
  const { remote } = proxies({ ...QUICK, maximumAttempts: max });
  return (remote[activity] as (label: string, argument: number) => Promise<unknown>)(
    'only',
    argument,
  );
}

async function suicide(): Promise<void> {
  process.kill(process.pid, 'SIGKILL');
  await Durable.workflow.sleep('1 hour');
}

export const workflows = {
  ...{
    sequence,
    fan,
    waits,
    retries,
    family,
    data,
    leaf,
    failingLeaf,
    parked,
    single,
    remotely,
    suicide,
  },
  ...{ hooks, hookedSteps, patience, generations, scopes, noted, stopsItself },
};

export type WorkflowName = keyof typeof workflows;

/** The shapes that every kind of crash is tried on, with the functions that each needs. */
export const SHAPES: Record<string, { workflows: WorkflowName[]; result: unknown }> = {
  sequence: { workflows: ['sequence'], result: 14 },
  fan: { workflows: ['fan'], result: 115 },
  waits: {
    workflows: ['waits'],
    result: [0.02, false, { n: 1 }, 8, { n: 2 }, { from: 'itself' }, 5],
  },
  retries: {
    workflows: ['retries'],
    result: [
      'flaky-here',
      'flaky-there',
      'hopeless-here gave up',
      'hopeless there',
      'flaky-both',
      'too',
    ],
  },
  family: {
    workflows: ['family', 'leaf', 'failingLeaf'],
    result: [14, 15, 16, 'Duplicate job: ID-a', 'this leaf fails', 13],
  },
  hooks: {
    workflows: ['hooks', 'hookedSteps', 'patience'],
    result: [11, true, { a: 12, b: 17 }, true, null, true, true, 20, 'three'],
  },
  generations: {
    workflows: ['generations', 'hookedSteps'],
    result: ['$2', 73, 17],
  },
  scopes: {
    workflows: ['scopes', 'noted', 'stopsItself'],
    result: [[5, 6], 15, 'it stopped itself', true, true, [10, 11], true],
  },
  data: {
    workflows: ['data'],
    result: [
      [1, 1],
      [11, ['a'], 111, 1, 7, 222],
      'entity.toggle: the value does not allow it: another kind, or beyond 1e300',
      ['222', 'blue'],
      {
        ...{ deep: { count: 1 }, list: ['a'] },
        merged: { 'from-1': 1, 'from-2': 2, 'from-3': 3 },
      },
    ],
  },
};
