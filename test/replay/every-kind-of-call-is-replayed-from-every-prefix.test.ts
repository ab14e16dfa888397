import test from 'ava';
import { Durable, replay, type StoredHistory, type StoredStep } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const activities = {
  async step(value: number): Promise<number> {
    return value + 1;
  },
  async book(): Promise<string> {
    await Durable.activity.transaction((client) => client.query('select 1'));
    return 'booked';
  },
};
const { step, book } = workflow.proxyActivities<typeof activities>({ activities });

async function leaf(value: number): Promise<number> {
  return value * 2;
}

async function hooked(info: { signal: string }): Promise<void> {
  await workflow.signal(info.signal, 'answered');
}

async function patience(): Promise<unknown> {
  return workflow.condition('never');
}

/** One of each, one after the other, in its second generation. */
async function everything(round = 0): Promise<unknown> {
  if (round === 0) return workflow.continueAsNew(1);
  const seen: unknown[] = [await step(1), await workflow.sleep(5)];
  seen.push(await workflow.condition('nobody sends it', 5));
  await workflow.signal('mine', { n: 1 });
  seen.push(await workflow.condition('mine'), workflow.random() < 1, workflow.uuid4());
  seen.push(await workflow.executeChild(leaf, { workflowId: 'executed', args: [2] }));
  const child = await workflow.startChild(leaf, { workflowId: 'started', args: [3] });
  seen.push(await child.result());
  await workflow.hook({ taskQueue: 'q', workflowName: 'hooked', args: [{ signal: 'unheard' }] });
  seen.push(await workflow.execHook({ taskQueue: 'q', workflowName: 'hooked' }));
  const search = await workflow.search();
  seen.push(await search.incr('n', 2), await search.mult('n', 3));
  const entity = await workflow.entity();
  seen.push(await entity.merge({ a: { b: 1 } }), await workflow.enrich({ color: 'red' }));
  seen.push(await workflow.patched('a change'), await book());
  const stopped = await workflow.startChild(patience, { workflowId: 'stopped' });
  seen.push(await workflow.terminate(stopped.workflowId, { throw: false }));
  seen.push(await workflow.emit({ topic: 1 }), await workflow.trace({ size: 1 }));
  return seen;
}

/** Number of the call in its thread; operations on data have that of their object. */
function numberOf({ address, position }: StoredStep): number {
  const object = address.split('#')[1];
  return object === undefined ? position : Number(object);
}

test.serial('every kind of call is replayed from every prefix of its history', async (t) => {
  const { client, connection, pool } = await durableTest(t);
  for (const run of [everything, leaf, hooked, patience]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  }
  const options = { taskQueue: 'q', workflowName: 'everything', workflowId: 'w' };
  const handle = await client.workflow.start(options);
  const value = await handle.result();
  const history = await handle.exportHistory();
  t.deepEqual(await replay(history, everything), { fits: true, end: { kind: 'returned', value } });
  const own = history.steps
    .filter(({ address }) => address.split('#')[0] === '$1')
    .sort((a, b) => numberOf(a) - numberOf(b) || a.position - b.position);
  const calls = own.filter(({ kind }) => kind !== 'patch');
  const kinds = new Set(own.map(({ kind }) => kind));
  t.deepEqual([...kinds].sort(), [
    ...['activity', 'await', 'child', 'emit', 'entity', 'hook', 'patch', 'search', 'signal'],
    ...['sleep', 'start', 'terminate', 'trace', 'wait'],
  ]);
  const booked = calls.findIndex(({ name }) => name === 'book');
  for (const [length, next] of calls.entries()) {
    // A patch is recorded with the next effect.
    const patches = own.filter(({ kind }) => kind === 'patch' && length > booked);
    const prefix: StoredHistory = {
      ...history,
      job: { ...history.job, status: 1, result: null },
      steps: [...calls.slice(0, length), ...patches],
    };
    const result = await replay(prefix, everything);
    t.true(result.fits, `${length}: ${result.fits ? '' : result.message}`);
    const waits = result.fits && result.end.kind === 'waits' ? result.end.calls : [];
    t.is(waits[0], `${next.kind} '${next.name}'`, `after ${length} calls`);
  }
  // The first generation has one call: that which ends it.
  const first = history.steps.filter(({ address }) => address === '');
  t.like(first, [{ kind: 'continue', position: 1 }]);
  const job = { ...history.job, address: '', status: 1, result: null, input: '[]' };
  const cut = await replay({ ...history, job, steps: [] }, everything);
  t.deepEqual(cut, { fits: true, end: { kind: 'waits', calls: ["continue 'continue'"] } });
  const other = await replay({ ...history, job, steps: first }, leaf);
  t.like(other, { fits: false, difference: { position: 1, recorded: "continue 'continue'" } });
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

/** Waits for a person, is stopped while it waits for nobody, and cleans up. */
async function cancelled(): Promise<unknown> {
  const { all, condition, isCancellation, sleep, CancellationScope } = workflow;
  const task = await condition('task', { role: 'approver' });
  const stopped = await workflow.executeChild(stopsItself).catch((error: Error) => error.message);
  await all(step(1));
  const isCancelled = await sleep('1 hour').catch(isCancellation);
  const refused = await step(2).catch(isCancellation);
  const cleaned = await CancellationScope.nonCancellable(() => step(3));
  const [low, id] = [workflow.random(), workflow.uuid4()];
  await workflow.enrich({ low: String(low), id });
  return [
    task,
    stopped,
    isCancelled,
    refused,
    cleaned,
    low,
    id,
    await step(4).catch(isCancellation),
  ];
}

async function stopsItself(): Promise<void> {
  const { workflowId } = workflow.workflowInfo();
  await workflow.terminate(workflowId, { reason: 'it stopped itself' });
}

test.serial('what is cancelled is replayed from every prefix of its history', async (t) => {
  const { client, connection, pool } = await durableTest(t);
  for (const run of [cancelled, stopsItself]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  }
  const handle = await client.workflow.start(cancelled, { taskQueue: 'q', workflowId: 'w' });
  const task = await waitFor('the task', () => client.escalations.getBySignalKey('task'));
  await client.escalations.resolve({ id: task.id, resolverPayload: 'granted' });
  const sleeps = `select from ratchet.jobs_attributes where kind = 'sleep'`;
  await waitFor('it sleeps', async () => (await pool.query(sleeps)).rowCount === 1);
  await handle.cancel();
  const value = await handle.result<unknown[]>();
  t.deepEqual(value.slice(0, 5), ['granted', 'it stopped itself', true, true, 4]);
  const history = await handle.exportHistory();
  t.deepEqual(await replay(history, cancelled), { fits: true, end: { kind: 'returned', value } });
  const request = history.steps.filter(({ kind }) => kind === 'cancel');
  const calls = history.steps
    .filter(({ kind }) => !['cancel', 'attribute'].includes(kind))
    .sort((a, b) => numberOf(a) - numberOf(b) || a.position - b.position);
  const names = calls.map(({ kind }) => kind);
  t.deepEqual(names, ['wait', 'child', 'activity', 'sleep', 'activity', 'search']);
  for (const [length, next] of calls.entries()) {
    const steps = [...calls.slice(0, length), ...(length > names.indexOf('sleep') ? request : [])];
    const job = { ...history.job, status: 1, result: null };
    const result = await replay({ ...history, job, steps }, cancelled);
    const waits = result.fits && result.end.kind === 'waits' ? result.end.calls : [];
    t.is(waits[0], `${next.kind} '${next.name}'`, `after ${length} calls`);
  }
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

/** Takes a hook through one of each call, and through what only a request to cancel brings. */
async function longHook(info: { signal: string }): Promise<void> {
  const { all, condition, isCancellation, sleep, CancellationScope } = workflow;
  const seen: unknown[] = [await step(1), await sleep(5), await condition('nobody sends it', 5)];
  const id = `${workflow.uuid4()} ${workflow.random()}`;
  await workflow.signal(id, { n: 1 });
  seen.push(await condition(id), await workflow.executeChild(leaf, { args: [2] }));
  const child = await workflow.startChild(leaf, { workflowId: `${id} started`, args: [3] });
  seen.push(await child.result(), ...(await all(step(2), step(3))));
  await workflow.hook({ taskQueue: 'q', workflowName: 'hooked', args: [{ signal: 'unheard' }] });
  seen.push(await workflow.execHook({ taskQueue: 'q', workflowName: 'hooked' }));
  const search = await workflow.search();
  seen.push(await search.incr('n', 2));
  const entity = await workflow.entity();
  seen.push(await entity.merge({ a: { b: 1 } }), await workflow.patched('a change'), await book());
  const stopped = await workflow.startChild(patience, { workflowId: `${id} stopped` });
  seen.push(await workflow.terminate(stopped.workflowId, { throw: false }));
  seen.push(await workflow.emit({ topic: 1 }), await workflow.trace({ size: 1 }));
  seen.push(await condition('hook-task', { role: 'approver' }));
  seen.push(await sleep('1 hour').catch(isCancellation), await step(4).catch(isCancellation));
  seen.push(await CancellationScope.nonCancellable(() => step(5)));
  await CancellationScope.nonCancellable(() => workflow.signal(info.signal, seen));
}

/** Outlives the request to cancel, so that its hook comes to its end. */
async function hooking(round = 0): Promise<unknown> {
  if (round === 0) return workflow.continueAsNew(1);
  return workflow.CancellationScope.nonCancellable(() =>
    workflow.execHook({ taskQueue: 'q', workflowName: 'longHook' }),
  );
}

test.serial('the thread of a hook is replayed from every prefix of its history', async (t) => {
  const { client, connection, pool } = await durableTest(t);
  for (const run of [hooking, longHook, hooked, leaf, patience]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  }
  const handle = await client.workflow.start(hooking, { taskQueue: 'q', workflowId: 'w' });
  const task = await waitFor('the task', () => client.escalations.getBySignalKey('hook-task'));
  await client.escalations.resolve({ id: task.id, resolverPayload: 'granted' });
  const sleeps = `select from ratchet.jobs_attributes
    where address = 'h1' and kind = 'sleep' and position > 38`;
  await waitFor('it sleeps', async () => (await pool.query(sleeps)).rowCount === 1);
  await handle.cancel();
  const seen = await handle.result<unknown[]>();
  t.deepEqual(seen.slice(-4), ['granted', true, true, 6]);
  const history = await handle.exportHistory();
  const own = history.steps
    .filter(({ address }) => address.split('#')[0] === 'h1')
    .sort((a, b) => numberOf(a) - numberOf(b) || a.position - b.position);
  const [request, patches] = ['cancel', 'patch'].map((of) => own.filter(({ kind }) => kind === of));
  t.deepEqual([request?.length, patches?.length], [1, 1]);
  const calls = own.filter(({ kind }) => !['cancel', 'patch'].includes(kind));
  const kinds = new Set(calls.map(({ kind }) => kind));
  t.deepEqual([...kinds].sort(), [
    ...['activity', 'await', 'child', 'emit', 'entity', 'hook', 'search', 'signal', 'sleep'],
    ...['start', 'terminate', 'trace', 'wait'],
  ]);
  const { rows } = await pool.query<{ input: string }>(
    `select input::text from ratchet.threads where address = 'h1'`,
  );
  const job = { ...history.job, workflow: 'longHook', address: 'h1', status: 1, result: null };
  const thread = { ...history, job: { ...job, input: rows[0]?.input ?? null } };
  const whole = await replay(thread, longHook);
  t.deepEqual(whole, { fits: true, end: { kind: 'returned', value: undefined } });
  t.like(await replay(thread, () => Promise.resolve()), {
    fits: false,
    difference: { position: 1, recorded: "activity 'step'", called: 'nothing: it returned' },
  });
  const booked = calls.findIndex(({ name }) => name === 'book');
  const slept = calls.findLastIndex(({ kind }) => kind === 'sleep');
  for (const [length, next] of calls.entries()) {
    const steps = calls.slice(0, length);
    // A patch is recorded with the next effect, a request to cancel with what it ends.
    if (length > booked) steps.push(...(patches ?? []));
    if (length > slept) steps.push(...(request ?? []));
    const result = await replay({ ...thread, steps }, longHook);
    t.true(result.fits, `${length}: ${result.fits ? '' : result.message}`);
    const waits = result.fits && result.end.kind === 'waits' ? result.end.calls : [];
    t.is(waits[0], `${next.kind} '${next.name}'`, `after ${length} calls`);
  }
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});
