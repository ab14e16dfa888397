import test from 'ava';
import { Durable, Escalations, type EscalationConfig, type SystemEvent } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor, within } from '../support/wait-for';

// Durable API, section 15.

const { workflow } = Durable;

async function ask(key: string, config: EscalationConfig) {
  return workflow.condition(key, config);
}

async function askBoth(key: string, config: EscalationConfig) {
  await workflow.sleep(1);
  return Promise.all([
    workflow.condition(`${key}-1`, config),
    workflow.condition(`${key}-2`, { ...config, timeout: 20 }),
  ]);
}

async function askTwice(key: string) {
  const first = await workflow.condition(key, { role: 'r' });
  return [first, await workflow.condition(key, { role: 'r' })];
}

async function firstOf(key: string) {
  return Promise.race([workflow.condition(key, { role: 'r' }), workflow.sleep(20)]);
}

async function lab(t: Parameters<typeof durableTest>[0]) {
  const bed = await durableTest(t);
  const { connection } = bed;
  const events: SystemEvent[] = [];
  const sink = { publish: (event: SystemEvent) => void events.push(event) };
  const client = new Durable.Client({ connection, events: sink });
  for (const each of [ask, askBoth, askTwice, firstOf]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: each, events: sink });
  }
  const tasks = client.escalations;
  const task = (key: string) =>
    waitFor(`there is a task ${key}`, async () => {
      const entry = await tasks.getBySignalKey(key);
      return entry?.status === 'pending' ? entry : undefined;
    });
  const start = async (run: typeof ask, key: string, config: EscalationConfig = { role: 'r' }) => {
    const options = { taskQueue: 'q', workflowId: `w-${key}`, args: [key, config] };
    const handle = await client.workflow.start(run, { ...options, args: [key, config] });
    return { handle, result: within('the result', handle.result()) };
  };
  const told = (verb: string, id: string) =>
    waitFor(`${verb} is told`, () => events.find(({ type }) => type.endsWith(`${id}.${verb}`)));
  return { ...bed, client, tasks, task, start, events, told };
}

test.serial(
  '15.1 the row comes with the wait, complete; resolving it gives the payload',
  async (t) => {
    const { tasks, task, start, told } = await lab(t);
    const expiresAt = new Date('2030-01-02T03:04:05.678Z');
    const { result } = await start(ask, 'a', {
      ...{ role: 'reviewer', type: 'approval', subtype: 'big', entity: 'claim', priority: 2 },
      ...{ description: 'please', initiatedBy: 'ann', traceId: 't1', spanId: 's1', taskId: 'x' },
      ...{ metadata: { order: 7 }, envelope: { form: ['a', 1.0] }, expiresAt },
    });
    const entry = await task('a');
    t.like(entry, {
      ...{ namespace: 'durable', app_id: 'durable', signal_key: 'a', topic: 'q-ask' },
      ...{ workflow_id: 'w-a', task_queue: 'q', workflow_type: 'ask', role: 'reviewer' },
      ...{ type: 'approval', subtype: 'big', entity: 'claim', priority: 2, status: 'pending' },
      ...{
        description: 'please',
        initiated_by: 'ann',
        trace_id: 't1',
        span_id: 's1',
        task_id: 'x',
      },
      ...{ metadata: { order: 7 }, envelope: { form: ['a', 1.0] }, expires_at: expiresAt },
      ...{ assigned_to: null, resolver_payload: null, milestones: [] },
    });
    t.false('job_id' in entry);
    t.like(await told('created', entry.id), { workflow_id: 'w-a', namespace: 'durable' });
    const answer = await tasks.resolve({ id: entry.id, resolverPayload: { ok: [1, '\u0000'] } });
    t.like(answer, {
      ok: true,
      entry: { status: 'resolved', resolver_payload: { ok: [1, '\u0000'] } },
    });
    t.deepEqual(await result, { ok: [1, '\u0000'] });
    const event = await told('resolved', entry.id);
    const at = answer.ok && answer.entry.updated_at.toISOString();
    t.is(event.event_id, `${entry.id}:resolved:${at}`);
  },
);

test.serial('15.1 false after the timeout: the row is expired', async (t) => {
  const { tasks, start } = await lab(t);
  const { result } = await start(ask, 'b', { role: 'r', timeout: 30 });
  t.false(await result);
  const entry = await tasks.getBySignalKey('b');
  t.is(entry?.status, 'expired');
  t.true((entry?.expires_at?.getTime() ?? 0) <= (entry?.updated_at.getTime() ?? 0));
  const again = await tasks.resolve({ id: entry?.id ?? '', metadata: { late: true } });
  t.deepEqual(again, { ok: false, reason: 'already-expired' });
  t.is((await tasks.get(entry?.id ?? ''))?.metadata, null);
});

test.serial('15.1 null when cancelled; 15.3 a second end says so', async (t) => {
  const { tasks, task, start, told } = await lab(t);
  const { result } = await start(ask, 'c');
  const { id } = await task('c');
  t.like(await tasks.cancel(id), { ok: true, entry: { status: 'cancelled' } });
  t.is(await result, null);
  await told('cancelled', id);
  t.deepEqual(await tasks.cancel(id), { ok: false, reason: 'already-terminal' });
  t.deepEqual(await tasks.resolve({ id }), { ok: false, reason: 'already-cancelled' });
});

test.serial('15.1 in Promise.all each wait has its row, and its own timeout', async (t) => {
  const { tasks, task, start } = await lab(t);
  const { result } = await start(askBoth, 'd');
  const { id } = await task('d-1');
  await waitFor('the other has expired', async () => {
    return (await tasks.getBySignalKey('d-2'))?.status === 'expired';
  });
  await tasks.resolve({ id, resolverPayload: 1 });
  t.deepEqual(await result, [1, false]);
});

test.serial('15.1 one id, waited for again, has a row of its own again', async (t) => {
  const { tasks, task, start } = await lab(t);
  const { result } = await start(askTwice, 'e');
  const first = await task('e');
  await tasks.resolve({ id: first.id, resolverPayload: 1 });
  const second = await task('e');
  t.not(second.id, first.id);
  await tasks.resolve({ id: second.id, resolverPayload: 2 });
  t.deepEqual(await result, [1, 2]);
});

test.serial('15.1 only a timeout: no row; a plain signal leaves the row as it is', async (t) => {
  const { client, tasks, task, start } = await lab(t);
  t.false(await (await start(ask, 'f', { timeout: 1 })).result);
  t.is(await tasks.count(), 0);
  const { result } = await start(ask, 'g');
  const { id } = await task('g');
  await client.workflow.signal('g', 'plain');
  t.is(await result, 'plain');
  t.is((await tasks.get(id))?.status, 'pending');
  t.like(await tasks.resolve({ id, resolverPayload: 'late' }), { ok: true });
});

test.serial('15.1 a job that ends without its wait takes the row along', async (t) => {
  const { tasks, start } = await lab(t);
  const { result } = await start(firstOf, 'h');
  await result;
  await waitFor('the row is cancelled', async () => {
    return (await tasks.getBySignalKey('h'))?.status === 'cancelled';
  });
  t.pass();
});

test.serial('10.11 terminate cancels the pending rows of the workflow, and tells', async (t) => {
  const { tasks, task, start, told } = await lab(t);
  const { handle, result } = await start(ask, 'i');
  const { id } = await task('i');
  const other = await tasks.create({ role: 'r', workflowId: 'w-i' });
  const elsewhere = await tasks.create({ role: 'r', workflowId: 'w-i', namespace: 'other' });
  await handle.terminate();
  await t.throwsAsync(result, { code: 410 });
  t.is((await tasks.get(id))?.status, 'cancelled');
  t.is((await tasks.get(other.id))?.status, 'cancelled');
  t.is((await tasks.get(elsewhere.id))?.status, 'pending');
  await told('cancelled', id);
  await told('cancelled', other.id);
});

test.serial('15.3 a row with a key wakes whoever waits for the key, now or later', async (t) => {
  const { tasks, client } = await lab(t);
  const { id } = await tasks.create({ role: 'r', signalKey: 'j' });
  await t.throwsAsync(tasks.create({ signalKey: 'j' }), { code: 'WF307' });
  t.like(await tasks.resolve({ id, resolverPayload: 'before' }), { ok: true });
  const handle = await client.workflow.start(ask, { taskQueue: 'q', args: ['j', {}] });
  t.is(await handle.result(), 'before');
});

test.serial('15.3 within the caller’s transaction: all or nothing, and no event', async (t) => {
  const { pool, tasks, task, start, events } = await lab(t);
  const { result } = await start(ask, 'k');
  const { id } = await task('k');
  const session = await pool.connect();
  await session.query('begin');
  const inside = await tasks.resolve({ id, resolverPayload: 'lost', tx: session });
  t.like(inside, { ok: true, entry: { status: 'resolved' } });
  await session.query('rollback');
  t.is((await tasks.get(id))?.status, 'pending');
  await session.query('begin');
  await tasks.resolve({ id, resolverPayload: 'kept', tx: session });
  await session.query('commit');
  session.release();
  t.is(await result, 'kept');
  t.is(events.filter(({ type }) => type.endsWith('resolved')).length, 0);
});

test.serial('15.3 a client of tasks alone', async (t) => {
  const { connection } = await lab(t);
  const alone = new Escalations.Client({ connection });
  const entry = await alone.create({ role: 'r' });
  t.like(await alone.claim({ id: entry.id, assignee: 'ann' }), { ok: true, isExtension: false });
  t.is(await alone.releaseExpired(), 0);
});

test.serial('bad input fails at the call that gave it', async (t) => {
  const { tasks } = await lab(t);
  const refused = async (call: Promise<unknown>, code = 'WF104') => {
    await t.throwsAsync(call, { code });
  };
  const misspelt = await t.throwsAsync(tasks.create({ prioritiy: 1 } as object));
  t.regex((misspelt as Error & { hint: string }).hint, /'priority'/);
  await refused(tasks.create({ priority: 1.5 }));
  await refused(tasks.create({ metadata: [] as unknown as Record<string, unknown> }));
  await refused(tasks.create({ role: '' }), 'WF101');
  await refused(tasks.create({ role: 'x'.repeat(513) }), 'WF101');
  await refused(tasks.create({ expiresAt: 'soon' }));
  await refused(tasks.create({ metadata: { a: '\u0000' } }), 'WF105');
  await refused(tasks.create({ envelope: 'x'.repeat(17_000_000) }), 'WF501');
  await refused(tasks.get('no uuid'));
  await refused(tasks.list({ statu: 'pending' } as object));
  await refused(tasks.list({ status: 'open' as 'pending' }));
  await refused(tasks.list({ sortBy: 'id' as 'role' }));
  await refused(tasks.list({ limit: -1 }));
  const id = '00000000-0000-4000-8000-000000000000';
  await refused(tasks.claim({ id, assignee: '' }), 'WF101');
  await refused(tasks.claim({ id, assignee: 'a', durationMinutes: 0 }), 'WF103');
  await refused(tasks.resolveAllOrNone({ items: [{ id }, { id }] }));
  await refused(tasks.prune({ olderThan: 'never' }), 'WF103');
  await refused(tasks.prune({ olderThan: '1d', statuses: ['pending' as 'resolved'] }));
  await refused(tasks.update({ id, signalKey: 'x' } as { id: string }));
  t.throws(() => new Escalations.Client({ conection: 1 } as never), { code: 'WF104' });
});

test.serial('15.3 a client of tasks alone comes from a connection or another client', async (t) => {
  const { client, connection, tasks } = await lab(t);
  const { getHotMeshClient } = client;
  const events: SystemEvent[] = [];
  const sink = { publish: (event: SystemEvent) => void events.push(event) };
  for (const config of [{ connection }, { getHotMeshClient, events: sink }]) {
    const alone = new Escalations.Client(config);
    const { id } = await alone.create({ role: 'r' });
    t.like(await tasks.get(id), { id, role: 'r' });
    t.like(await alone.claim({ id, assignee: 'ada' }), { ok: true });
  }
  t.deepEqual(
    events.map(({ type }) => type.split('.').at(-1)),
    ['created', 'claimed'],
  );
  const bad = [
    {},
    { getHotMeshClient: 'x' },
    { getHotmeshClient: getHotMeshClient },
    { connection, events: {} },
  ];
  for (const config of bad) {
    t.throws(() => new Escalations.Client(config as never), { code: 'WF104' });
  }
  const wrong = new Escalations.Client({ getHotMeshClient: async () => ({}) as never });
  await t.throwsAsync(wrong.create({ role: 'r' }), { code: 'WF104' });
});
