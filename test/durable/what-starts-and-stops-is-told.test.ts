import test from 'ava';
import { Durable, type SystemEvent } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

function sink() {
  const events: SystemEvent[] = [];
  return {
    events,
    types: () => events.map(({ type }) => type),
    publish: (event: SystemEvent) => void events.push(event),
  };
}

async function hello() {
  return 'hello';
}

test.serial('21: engines and workers tell of their life', async (t) => {
  const { connection } = await durableTest(t);
  const events = sink();
  const client = new Durable.Client({ connection, events });
  t.deepEqual(events.types(), [], 'nothing is connected yet');
  await client.deployAndActivate('durable', '1');
  const config = { connection, events, guid: 'HmyGuid', namespace: 'shop' };
  await Durable.Worker.create({ ...config, taskQueue: 'orders', workflow: hello });
  const activities = await Durable.registerActivityWorker(
    { ...config, taskQueue: 'payments' },
    { hello },
  );
  t.deepEqual(events.types(), [
    'system.engine.durable.started',
    'system.engine.durable.deployed',
    'system.engine.shop.started',
    'system.worker.orders.started',
    'system.worker.payments.started',
  ]);
  await activities.stop();
  t.is(events.types().at(-1), 'system.worker.payments.stopped', 'and no other');
  await Durable.shutdown();
  t.deepEqual(events.types().slice(5), [
    'system.worker.payments.stopped',
    'system.worker.orders.stopped',
    'system.engine.durable.stopped',
    'system.engine.shop.stopped',
  ]);
  const [, , engine, worker] = events.events;
  t.like(engine, { app_id: 'shop', data: { appId: 'shop', guid: 'HmyGuid' } });
  t.like(worker, { app_id: 'shop', data: { taskQueue: 'orders', appId: 'shop' } });
  t.is(worker?.event_id, `orders:started:${worker?.ts}`);
  t.is(new Set(events.events.map(({ event_id }) => event_id)).size, events.events.length);
});

test.serial('21: a sink that throws, rejects or never answers changes nothing', async (t) => {
  const { connection } = await durableTest(t);
  const broken = [
    () => {
      throw new Error('broken');
    },
    () => Promise.reject(new Error('broken')),
    () => new Promise<void>(() => undefined),
  ];
  for (const [at, publish] of broken.entries()) {
    const client = new Durable.Client({ connection, events: { publish } });
    const options = { connection, events: { publish }, taskQueue: 'q', workflow: hello };
    await Durable.Worker.create(options);
    const handle = await client.workflow.start(hello, { taskQueue: 'q', workflowId: `w${at}` });
    t.is(await handle.result(), 'hello');
    await Durable.shutdown();
  }
});

test.serial('4: deployAndActivate installs, repeatedly, and refuses other versions', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  await Promise.all([client.deployAndActivate(), client.deployAndActivate('shop', '2')]);
  const message = 'Invalid version number';
  await t.throwsAsync(client.deployAndActivate('shop', 'two'), { message });
  const { rows } = await pool.query('select count(*)::int as n from ratchet_internal.migrations');
  t.is(rows[0]?.n, 1);
  t.throws(() => new Durable.Client({ connection, event: {} } as never), {
    code: 'WF104',
    message: /'event'/,
  });
});

test.serial('16: a readonly connection starts, signals and reads, and runs nothing', async (t) => {
  const { connection, pool } = await durableTest(t);
  const readonly = { ...connection, readonly: true };
  const ran: string[] = [];
  const waits = async () => {
    ran.push('ran');
    return Durable.workflow.condition<string>('go');
  };
  const create = (on: typeof connection) =>
    Durable.Worker.create({ connection: on, taskQueue: 'q', workflow: { waits } });
  const idle = await create(readonly);
  await create({ store: readonly } as never);
  await create({ store: connection, readonly: true } as never);
  await Durable.registerActivityWorker({ connection: readonly, taskQueue: 'q' }, { waits });
  const client = new Durable.Client({ connection: readonly });
  const handle = await client.workflow.start<string>({
    ...{ taskQueue: 'q', workflowName: 'waits', workflowId: 'readonly' },
  });
  await client.workflow.signal('go', 'went');
  t.is((await pool.query('select from ratchet_internal.workers')).rows.length, 0);
  t.deepEqual(await handle.state(), { done: false, workflowId: 'readonly' });
  t.like(await handle.export(), { status: 1, timeline: [], state: { data: { done: false } } });
  t.like(await handle.exportExecution(), { status: 'running', workflow_id: 'readonly' });
  t.deepEqual(await handle.queryState(['a']), { a: null });
  t.deepEqual(ran, []);
  await create(connection);
  t.is(await handle.result(), 'went');
  t.like(await handle.export(), { status: 0, timeline: [{ key: '-wait-1-' }] });
  await idle.run();
  await idle.stop();
  const again = await client.workflow.start({ taskQueue: 'q', workflowName: 'waits' });
  await waitFor('the worker that is not readonly goes on', () => ran.length === 2);
  await again.terminate();
});

test.serial('21: what is done with tasks is told, a row at a time, and nothing else', async (t) => {
  const { connection } = await durableTest(t);
  const events = sink();
  const { escalations: tasks } = new Durable.Client({ connection, events });
  const ids = [];
  for (const role of ['one', 'two', 'three', 'four']) ids.push((await tasks.create({ role })).id);
  const [a = '', b = '', c = '', d = ''] = ids;
  const unknown = '00000000-0000-4000-8000-000000000000';
  t.like(await tasks.claim({ id: a, assignee: 'Ada' }), { ok: true });
  t.like(await tasks.claim({ id: a, assignee: 'Bob' }), { ok: false });
  t.like(await tasks.release({ id: a, assignee: 'Bob' }), { ok: false });
  t.like(await tasks.release({ id: a, assignee: 'Ada' }), { ok: true });
  t.truthy(await tasks.escalateToRole({ id: a, targetRole: 'other' }));
  t.like(await tasks.resolve({ id: a, resolverPayload: 1 }), { ok: true });
  t.like(await tasks.resolve({ id: a }), { ok: false });
  t.deepEqual(await tasks.claimMany({ ids: [a, b, c, unknown], assignee: 'Ada' }), {
    ...{ claimed: 2, skipped: 2 },
  });
  t.is(await tasks.escalateManyToRole({ ids: [a, b], targetRole: 'other' }), 1);
  t.like(await tasks.resolveAllOrNone({ items: [{ id: a }, { id: b }] }), { ok: false });
  t.like(await tasks.resolveAllOrNone({ items: [{ id: c }, { id: b }] }), { ok: true });
  t.is((await tasks.resolveMany({ ids: [c, d] })).length, 1);
  t.like(await tasks.cancel(d), { ok: false });
  t.is(await tasks.escalateToRole({ id: d, targetRole: 'other' }), null);
  const told = events.events.filter(({ type }) => type.startsWith('system.escalation.'));
  const of = (id: string) =>
    told.flatMap(({ type }) => (type.split('.')[2] === id ? [type.split('.')[3]] : []));
  t.deepEqual(of(a), ['created', 'claimed', 'released', 'reassigned', 'resolved']);
  t.deepEqual(of(b), ['created', 'claimed', 'reassigned', 'resolved']);
  t.deepEqual(
    [of(c), of(d)],
    [
      ['created', 'claimed', 'resolved'],
      ['created', 'resolved'],
    ],
  );
  for (const { event_id, type, ts, data } of told) {
    const [, , id, verb] = type.split('.');
    t.is(event_id, `${id}:${verb}:${(data['updated_at'] as Date).toISOString()}`);
    t.like(data, { id, namespace: 'durable', milestones: [] });
    t.is(new Date(ts).toISOString(), ts);
  }
  const { id } = await tasks.create({ role: 'five' });
  await tasks.cancel(id);
  t.is(events.types().at(-1), `system.escalation.${id}.cancelled`);
});

test.serial('21: a transition is told by who made it, once it is committed', async (t) => {
  const { connection, pool } = await durableTest(t);
  const found: unknown[] = [];
  const mine = sink();
  const publish = async (event: SystemEvent) => {
    if (!event.type.startsWith('system.escalation.')) return;
    mine.events.push(event);
    const text = 'select assigned_to from ratchet.escalations where id = $1';
    found.push((await pool.query(text, [event.data['id']])).rows);
  };
  const others = sink();
  const theirTypes = () => others.types().filter((type) => type.startsWith('system.escalation.'));
  const { escalations: tasks } = new Durable.Client({ connection, events: { publish } });
  const { escalations: theirs } = new Durable.Client({ connection, events: others });
  const { id } = await tasks.create({ role: 'one' });
  await tasks.claim({ id, assignee: 'Ada' });
  await waitFor('the rows are read', () => found.length === 2);
  t.deepEqual(found[1], [{ assigned_to: 'Ada' }]);
  t.deepEqual(theirTypes(), []);
  await theirs.cancel(id);
  t.deepEqual(theirTypes(), [`system.escalation.${id}.cancelled`]);
  t.is(mine.events.length, 2);
});

async function waiting() {
  return Durable.workflow.condition('answer', { role: 'clerk', timeout: '1s' });
}

test.serial('21: a task that expires with its wait is told of', async (t) => {
  const { connection } = await durableTest(t);
  const events = sink();
  const client = new Durable.Client({ connection });
  await Durable.Worker.create({ connection, events, taskQueue: 'q', workflow: waiting });
  const start = { taskQueue: 'q', workflowName: 'waiting', workflowId: 'w' };
  const handle = await client.workflow.start(start);
  t.false(await handle.result());
  const ofTasks = () => events.types().filter((type) => type.startsWith('system.escalation.'));
  await waitFor('the end is told', () => ofTasks().length === 2);
  const [task] = await client.escalations.list({});
  t.deepEqual(ofTasks(), [
    `system.escalation.${task?.id}.created`,
    `system.escalation.${task?.id}.expired`,
  ]);
  const { event_id, data } = events.events.at(-1) ?? { event_id: '', data: {} };
  t.is(event_id, `${task?.id}:expired:${task?.updated_at.toISOString()}`);
  t.like(data, { status: 'expired', workflow_id: 'w', role: 'clerk' });
});
