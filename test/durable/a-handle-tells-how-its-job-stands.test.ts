import test from 'ava';
import { Durable } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const TIME = /^\d{14}\.\d{3}$/;

async function give(value: unknown) {
  return value;
}

async function fail() {
  throw Object.assign(new TypeError('out of order'), { code: 'ECONNREFUSED', extra: 1 });
}

async function park() {
  await workflow.condition('go');
}

async function lab(t: Parameters<typeof durableTest>[0]) {
  const bed = await durableTest(t);
  for (const run of [give, fail, park]) {
    await Durable.Worker.create({ connection: bed.connection, taskQueue: 'q', workflow: run });
  }
  const start = (workflowName: string, workflowId: string, more: object = {}) =>
    bed.client.workflow.start({ taskQueue: 'q', workflowName, workflowId, ...more });
  return { ...bed, start };
}

test.serial('4.2, 5: a handle is no promise, asks nothing and knows its names', async (t) => {
  const { client } = await durableTest(t);
  const handle = client.workflow.getHandle('orders', 'order', 'unknown');
  t.false('then' in handle);
  t.is(await Promise.resolve(handle), handle);
  t.true(handle instanceof Durable.Handle);
  t.like(handle, { workflowId: 'unknown', workflowTopic: 'orders-order' });
  t.is(handle.hotMesh.appId, 'durable');
  t.is(client.workflow.getHandle('orders', 'order', 'x', 'shop').hotMesh.appId, 'shop');
});

test.serial('5.1: everybody gets the same result, before the end and after it', async (t) => {
  const { start, client } = await lab(t);
  const values = [null, undefined, '', '42', 0, false, [], { a: [null] }];
  for (const [at, value] of values.entries()) {
    const handle = await start('give', `w${at}`, { args: [value] });
    const again = client.workflow.getHandle('q', 'give', `w${at}`);
    const results = [handle.result(), again.result(), handle.result({ state: true })];
    const expected = value === undefined ? null : value; // an argument of a list
    t.deepEqual(await Promise.all(results), [expected, expected, expected]);
    t.deepEqual(await again.result(), expected);
    t.deepEqual((await again.state()).response, expected);
  }
});

async function twice(count: number) {
  await workflow.condition('more');
  return count > 0 ? workflow.continueAsNew(count - 1) : 'done';
}

test.serial('5: what a job was given, and what it has returned so far', async (t) => {
  const { start, client, connection } = await lab(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: twice });
  const handle = await start('twice', 'twice', { args: [1] });
  t.deepEqual(await handle.input<[number]>(), [1]);
  t.is(await handle.output(), undefined);
  await handle.signal('more');
  await handle.signal('more');
  t.is(await handle.result(), 'done');
  t.is(await handle.output<string>(), 'done');
  t.deepEqual(await handle.input(), [0], 'of the newest generation');
  const failed = await start('fail', 'failed', { config: { maximumAttempts: 0 } });
  await t.throwsAsync(failed.result());
  t.deepEqual([await failed.input(), await failed.output()], [[], undefined]);
  const unknown = client.workflow.getHandle('q', 'give', 'unknown');
  for (const call of [unknown.input(), unknown.output()]) {
    t.like(await t.throwsAsync(call), { message: 'Job unknown not found', code: 404 });
  }
});

test.serial('5.1: a failed job rejects with an error that has its fields', async (t) => {
  const { start, client } = await lab(t);
  const handle = await start('fail', 'failed', { config: { maximumAttempts: 0 } });
  const error = await t.throwsAsync(handle.result());
  t.like(error, { message: 'out of order', code: 597 });
  t.regex(error.stack ?? '', /fail/);
  const returned = await handle.result<object>({ throwOnError: false });
  t.like(returned, { message: 'out of order', code: 597, name: 'TypeError', stack: error.stack });
  t.false(returned instanceof Error);
  t.is(await handle.status(), 0);
  const unknown = client.workflow.getHandle('q', 'fail', 'unknown');
  const told = { message: 'Job unknown not found', code: 404 };
  for (const call of [unknown.result(), unknown.result({ throwOnError: false, state: true })]) {
    t.like(await t.throwsAsync(call), told);
  }
  for (const call of [unknown.status(), unknown.export(), unknown.exportExecution()]) {
    t.like(await t.throwsAsync(call), told);
  }
});

test.serial('5.1, 10.11: a terminated job rejects with the reason, code and stack', async (t) => {
  const { start } = await lab(t);
  const plain = await start('park', 'plain');
  await plain.terminate();
  const message = 'job [plain] interrupted';
  t.like(await t.throwsAsync(plain.result()), { message, code: 410, job_id: 'plain' });
  const chosen = await start('park', 'chosen');
  await chosen.interrupt({ reason: 'enough', code: 499, stack: 'from here' });
  const told = { message: 'enough', code: 499, stack: 'from here', job_id: 'chosen' };
  t.like(await t.throwsAsync(chosen.result()), told);
  t.deepEqual(await chosen.result<unknown>({ throwOnError: false }), told);
  const silent = await start('park', 'silent');
  await silent.terminate({ throw: false });
  t.is(await silent.result<unknown>({ state: true }), undefined);
  const { interrupt, terminate } = Object.getOwnPropertyDescriptors(Durable.Handle.prototype);
  t.is(interrupt?.value, terminate.value, 'both names are one function');
});

test.serial('5.2, 5.3: how a job stands, from its start to its end', async (t) => {
  const { start, pool } = await lab(t);
  const parked = await start('park', 'parked');
  t.true((await parked.status()) > 0);
  t.deepEqual(await parked.state(), { done: false, workflowId: 'parked' });
  const during = await parked.state(true);
  t.deepEqual(during.data, { done: false, workflowId: 'parked' });
  t.true(during.metadata.js > 0);
  await waitFor('it waits', async () => {
    const text = `select from ratchet_internal.messages where kind = 'wait'`;
    return (await pool.query(text)).rowCount === 1;
  });
  await parked.signal('go');
  await parked.result();
  t.is(await parked.status(), 0);
  const silent = await parked.state();
  t.deepEqual(Object.keys(silent).sort(), ['done', 'jc', 'ju', 'response', 'workflowId']);
  t.is(silent.response, undefined);
  const given = await start('give', 'given', { args: [{ a: 1 }] });
  await given.result();
  const { data, metadata } = await given.state(true);
  const { jc, ju } = metadata;
  t.deepEqual(data, { done: true, response: { a: 1 }, workflowId: 'given', jc, ju });
  t.deepEqual(await given.state(), data);
  t.regex(jc, TIME);
  t.regex(ju, TIME);
  t.true(jc <= ju && ju.startsWith(new Date().getUTCFullYear().toString()));
  const names = ['jid', 'aid', 'app', 'vrs', 'tpc', 'ts', 'gid', 'jc', 'ju', 'js'];
  t.deepEqual(Object.keys(metadata).sort(), names.sort());
  t.like(metadata, { jid: 'given', app: 'durable', tpc: 'q-give', js: 0 });
  const failed = await start('fail', 'failed', { config: { ...AT_ONCE, maximumAttempts: 1 } });
  await t.throwsAsync(failed.result());
  const end = await failed.state(true);
  t.like(end.data, { done: true, workflowId: 'failed', $error: { message: 'out of order' } });
  t.like(end.data.$error, { code: 597 });
  t.false('response' in end.data);
  t.is(end.metadata.js, 0);
  t.false('err' in end.metadata, 'it was not terminated');
});

test.serial('5.2, 5.3: a reserved id is pending, and not done', async (t) => {
  const { start } = await lab(t);
  const handle = await start('give', 'reserved', { pending: 60, args: [1] });
  t.is(await handle.status(), -1);
  t.deepEqual(await handle.state(), { done: false, workflowId: 'reserved' });
  const told = await handle.exportExecution();
  t.like(told, { status: 'running', close_time: null, duration_ms: null });
  await start('give', 'reserved', { args: [2] });
  t.is(await handle.result(), 2);
  t.is((await handle.exportExecution()).status, 'completed');
});

test.serial('4.1, 10.11: a reserved id may be terminated or cancelled', async (t) => {
  const { start } = await lab(t);
  const stopped = await start('give', 'stopped', { pending: 60 });
  const waiting = t.throwsAsync(stopped.result(), { message: 'enough' });
  await stopped.terminate({ reason: 'enough' });
  t.like(await waiting, { code: 410 });
  t.true((await stopped.status()) < -1);
  await t.throwsAsync(stopped.terminate(), { message: 'Job stopped already completed' });
  const cancelled = await start('give', 'cancelled', { pending: 60 });
  await cancelled.cancel();
  const error = await t.throwsAsync(cancelled.result(), { message: 'Workflow cancelled' });
  t.like(error, { code: 598 });
  await t.throwsAsync(start('give', 'cancelled'), { message: 'Duplicate job: cancelled' });
});

test.serial('4.1: a reservation that nobody used in time is gone', async (t) => {
  const { start } = await lab(t);
  const lapsed = await start('give', 'lapsed', { pending: 0, search: { data: { a: '1' } } });
  for (const ask of [() => lapsed.status(), () => lapsed.result(), () => lapsed.terminate()]) {
    t.like(await t.throwsAsync(ask()), { code: 404 });
  }
  await t.throwsAsync(lapsed.state(), { message: 'lapsed Not Found' });
  await start('give', 'lapsed', { pending: 60, args: [1] });
  t.is(await lapsed.status(), -1, 'it may be reserved again');
  await start('give', 'lapsed', { args: [2] });
  t.is(await lapsed.result(), 2);
  t.deepEqual(await lapsed.queryState(['a']), { a: null });
});

test.serial('4.1: who runs a reserved id adds to its data', async (t) => {
  const { start, pool } = await lab(t);
  const first = { marker: { '-a': 1, '-b': 2 }, search: { data: { a: '1', b: '2' } } };
  const handle = await start('give', 'both', { pending: 60, ...first });
  const second = { marker: { '-b': 3, '-c': 4 }, search: { data: { b: '3', c: '4' } } };
  await start('give', 'both', { args: [1], ...second });
  t.is(await handle.result(), 1);
  t.like((await handle.export()).data, { a: '1', b: '3', c: '4' });
  const marks = `select field, value from ratchet.jobs_attributes where kind = 'marker' order by 1`;
  t.deepEqual((await pool.query(marks)).rows, [
    { field: '-a', value: '1' },
    { field: '-b', value: '3' },
    { field: '-c', value: '4' },
  ]);
});

test.serial('4.1, 23: an id is free again once the time of its job is over', async (t) => {
  const { start, pool } = await lab(t);
  const handle = await start('give', 'again', { args: [1], expire: 3_600 });
  t.is(await handle.result(), 1);
  await t.throwsAsync(start('give', 'again'), { message: 'Duplicate job: again' });
  await pool.query(`update ratchet.jobs set finished_at = finished_at - interval '2 hours'`);
  await start('give', 'again', { args: [2], expire: 0 });
  t.is(await handle.result(), 2);
  await start('park', 'again');
  await handle.terminate({ expire: 0 });
  await start('give', 'again', { args: [3] });
  t.is(await handle.result(), 3);
  const starts = await Promise.allSettled([start('give', 'again'), start('give', 'again')]);
  t.deepEqual(
    starts.map(({ status }) => status),
    ['rejected', 'rejected'],
    'without a time of its own it is kept',
  );
});

test.serial('5.3, 14: a persistent job is done once its function has returned', async (t) => {
  const { start } = await lab(t);
  const handle = await start('give', 'persistent', { args: ['kept'], persistent: true });
  t.is(await handle.result(), 'kept');
  t.like(await handle.state(), { done: true, response: 'kept', workflowId: 'persistent' });
  t.true((await handle.status()) > 0, 'it takes hooks');
  const told = await handle.exportExecution();
  t.like(told, { status: 'completed', result: 'kept' });
  t.like(told.events.at(-1), { event_type: 'workflow_execution_completed', event_id: 2 });
  t.is(told.close_time, told.events.at(-1)?.event_time ?? '');
  await handle.terminate({ reason: 'closed' });
  t.like(await handle.state(), { done: true, $error: { message: 'closed' } });
  const ended = await handle.exportExecution();
  t.is(ended.status, 'failed');
  t.like(ended.events.at(-1)?.attributes, { failure: { message: 'closed' } });
});

test.serial('5: the lower-level client reads and stops jobs of its namespace', async (t) => {
  const { client, connection } = await lab(t);
  const shop = { connection, namespace: 'shop', taskQueue: 'q', workflow: park };
  await Durable.Worker.create(shop);
  const start = { taskQueue: 'q', workflowId: 'same', search: { data: { color: 'red' } } };
  const ours = await client.workflow.start(park, start);
  const theirs = await client.workflow.start(park, { ...start, namespace: 'shop' });
  const { hotMesh } = theirs;
  t.deepEqual([hotMesh.appId, hotMesh.namespace], ['shop', 'shop']);
  t.is(await hotMesh.getStatus('same'), 1);
  t.deepEqual(await hotMesh.getQueryState('same', ['color', 'size']), { color: 'red', size: null });
  await hotMesh.interrupt('q-park', 'same', { reason: 'enough', code: 499 });
  const { data, metadata } = await hotMesh.getState('q-park', 'same');
  t.like(data, { done: true, $error: { message: 'enough', code: 499 } });
  t.like(metadata, { app: 'shop', jid: 'same', tpc: 'q-park' });
  t.true(metadata.js < -1_000_000);
  t.like(JSON.parse(metadata.err ?? ''), { message: 'enough', code: 499 });
  t.is(await ours.status(), 1, 'another namespace');
  const again = hotMesh.interrupt('q-park', 'same');
  await t.throwsAsync(again, { message: 'Job same already completed' });
  await hotMesh.interrupt('q-park', 'same', { suppress: true });
  await hotMesh.interrupt('q-park', 'unknown', { suppress: true });
  const nobody = hotMesh.interrupt('q-park', 'unknown');
  await t.throwsAsync(nobody, { message: 'Job unknown not found' });
  await t.throwsAsync(hotMesh.interrupt('t', 'same', { reson: 'x' } as never), { code: 'WF104' });
  await t.throwsAsync(hotMesh.getStatus('unknown'), { message: 'Job unknown not found' });
  const unknown = await t.throwsAsync(hotMesh.getState('q-park', 'unknown'));
  t.like(unknown, { message: 'unknown Not Found', code: 404, name: 'GetStateError' });
  const mesh = await client.getHotMeshClient('q', 'shop');
  t.is((await mesh.getState('q-park', 'same')).metadata.gid, metadata.gid);
  for (const queue of ['q', '', null, undefined]) {
    t.is((await client.getHotMeshClient(queue)).appId, 'durable', 'the queue does not matter');
  }
});
