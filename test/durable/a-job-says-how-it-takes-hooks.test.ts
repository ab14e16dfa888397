import test from 'ava';
import { Durable } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;

async function leaf(value: number) {
  return value + 1;
}

test.serial('14: bad input is refused where it is given', async (t) => {
  const { client } = await durableTest(t);
  const hook = (options: object) => client.workflow.hook(options);
  const good = { workflowId: 'x', taskQueue: 'q', workflowName: 'w' };
  const misspelt = await t.throwsAsync(hook({ ...good, workflowNam: 'w' }));
  t.like(misspelt, { code: 'WF104', hint: "Did you mean 'workflowName'?" });
  await t.throwsAsync(hook({ ...good, workflowId: undefined }), { code: 'WF101' });
  await t.throwsAsync(hook({ ...good, args: 'x' }), { code: 'WF104' });
  await t.throwsAsync(hook({ ...good, taskQueue: undefined }), { code: 'WF104' });
  await t.throwsAsync(hook({ ...good, config: { maximumAttempts: -1 } }), { code: 'WF104' });
  await t.throwsAsync(hook({ ...good, search: { dat: {} } }), { code: 'WF104' });
  await t.throwsAsync(hook({ ...good, search: { data: { a: {} } } }), { code: 'WF104' });
  await t.throwsAsync(hook(null as never), { code: 'WF104' });
  await t.throwsAsync(async () => workflow.hook(good), { code: 'WF303' });
  await t.throwsAsync(async () => workflow.execHook(good), { code: 'WF303' });
  await t.throwsAsync(async () => workflow.execHookBatch([]), { code: 'WF303' });
  const start = (options: object) =>
    client.workflow.start({ taskQueue: 'q', workflowName: 'w', ...options });
  for (const options of [
    ...[{ signalIn: 1 }, { persistent: 'yes' }, { pending: -1 }, { pending: '1s' }],
    ...[{ marker: 'x' }, { marker: { x: 1 } }, { marker: ['-x'] }],
  ]) {
    await t.throwsAsync(start(options as object), { code: 'WF104' }, JSON.stringify(options));
  }
});

test.serial(
  '4.1: an id is reserved, started later, or free again; marks stay on the record',
  async (t) => {
    const context = await durableTest(t);
    await Durable.Worker.create({ connection: context.connection, taskQueue: 'q', workflow: leaf });
    const { client, pool } = context;
    const options = { taskQueue: 'q', workflowName: 'leaf', args: [1], workflowId: 'reserved' };
    const marked = { ...options, pending: 60, marker: { '-by': 'me', '-n': 1 } };
    const handle = await client.workflow.start(marked);
    t.is(await handle.status(), -1);
    await t.throwsAsync(client.workflow.start(marked), { message: 'Duplicate job: reserved' });
    t.deepEqual((await context.pool.query('select * from ratchet.check_invariants()')).rows, []);
    const result = handle.result();
    await client.workflow.start(options);
    t.is(await result, 2);
    const marks = `select field, value from ratchet.jobs_attributes
    where kind = 'marker' order by 1`;
    t.deepEqual((await pool.query(marks)).rows, [
      { field: '-by', value: 'me' },
      { field: '-n', value: '1' },
    ]);
    const short = await client.workflow.start({ ...options, workflowId: 'short', pending: 0 });
    t.is(Number((await pool.query('select ratchet.prune()')).rows[0].prune), 1);
    await t.throwsAsync(short.status(), { message: 'Job short not found' });
    t.deepEqual((await context.pool.query('select * from ratchet.check_invariants()')).rows, []);
  },
);

async function hosting(id: string) {
  const hook = { taskQueue: 'q', workflowName: 'leaf', args: [1], search: { data: { inside: 2 } } };
  await workflow.hook(hook);
  await workflow.hook({ ...hook, workflowId: id, search: { data: { color: 'blue' } } });
  const search = await workflow.search();
  const before = await search.mget('color', 'inside');
  await workflow.condition(`${id} go`);
  return [before, await search.mget('color', 'inside', 'outside')];
}

test.serial('14: a hook may bring search attributes, from inside and from outside', async (t) => {
  const { client, pool, connection } = await durableTest(t);
  const shared = { connection, taskQueue: 'q' };
  await Durable.Worker.create({ ...shared, workflow: leaf });
  await Durable.Worker.create({ ...shared, workflow: hosting });
  const other = { taskQueue: 'nobody', workflowName: 'w', workflowId: 'other' };
  const waiting = await client.workflow.start({ ...other, search: { data: { color: 'red' } } });
  const search = { data: { color: 'red' } };
  const start = { taskQueue: 'q', workflowId: 'host', args: ['other'] as [string], search };
  const handle = await client.workflow.start(hosting, start);
  const hook = { taskQueue: 'q', workflowName: 'leaf', workflowId: 'host', args: [1] };
  await client.workflow.hook({ ...hook, search: { data: { outside: true } } });
  await client.workflow.hook({ ...hook, workflowId: 'unknown', search });
  await client.workflow.signal('other go');
  t.deepEqual(await handle.result(), [
    ['red', '2'],
    ['red', '2', 'true'],
  ]);
  t.deepEqual(await waiting.queryState(['color']), { color: 'blue' });
  await client.workflow.hook({ ...hook, search: { data: { outside: 'too late' } } });
  t.deepEqual(await handle.queryState(['outside']), { outside: 'true' });
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

async function sharing(name: string, info?: { signal: string }) {
  const entity = await workflow.entity();
  for (let n = 0; n < 3; n += 1) await entity.merge({ by: { [name]: n } });
  const search = await workflow.search();
  await search.incr('hooks', 1);
  const { workflowTrace, workflowSpan, canRetry } = workflow.workflowInfo();
  const told = { info, workflowTrace, workflowSpan, canRetry };
  if (info !== undefined) await workflow.signal(info.signal, told);
}

async function leading() {
  const target = { taskQueue: 'q', workflowName: 'sharing' };
  for (const workflowId of ['unknown', 'finished']) {
    await workflow.hook({ ...target, workflowId, args: ['nobody'] });
  }
  const entity = await workflow.entity<{ by: object; main: boolean }>();
  await entity.merge({ main: true });
  const config = { maximumAttempts: 0 };
  const told = await workflow.execHookBatch([
    { key: 'plain', options: { ...target, args: ['plain'], signalId: 'plain answers' } },
    { key: 'own', options: { ...target, args: ['own'], signalId: 'own answers', config } },
  ]);
  await workflow.condition('go');
  const search = await workflow.search();
  return { told, document: await entity.get(), hooks: await search.get('hooks') };
}

test.serial(
  '14: hooks share the data and the trace of their job, whatever their config',
  async (t) => {
    const { client, pool, connection } = await durableTest(t);
    for (const run of [sharing, leading, leaf]) {
      await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
    }
    const finished = { taskQueue: 'q', workflowId: 'finished', args: [1] as [number] };
    await (await client.workflow.start(leaf, finished)).result();
    const trace = { workflowTrace: 'a'.repeat(32), workflowSpan: 'b'.repeat(16) };
    const options = { taskQueue: 'q', workflowId: 'leads', ...trace, config: AT_ONCE };
    const handle = await client.workflow.start(leading, options);
    await client.workflow.hook({
      ...{
        workflowId: 'leads',
        taskQueue: 'q',
        workflowName: 'sharing',
        config: { maximumAttempts: 0 },
      },
      args: ['outside', { signal: 'outside answers' }],
    });
    const waiting = await client.workflow.start({
      ...{ taskQueue: 'q', workflowName: 'hears', args: [] },
    });
    await Durable.Worker.create({
      ...{ connection, taskQueue: 'q' },
      workflow: { hears: () => workflow.condition('outside answers') },
    });
    t.like(await waiting.result(), { ...trace, canRetry: false });
    await handle.signal('go');
    const { told, document, hooks } = await handle.result();
    const info = (signal: string) => ({ signal, $durable: true });
    t.deepEqual<unknown, unknown>(told, {
      plain: { ...trace, canRetry: true, info: info('plain answers') },
      own: { ...trace, canRetry: false, info: info('own answers') },
    });
    t.deepEqual<unknown, unknown>(document, { main: true, by: { plain: 2, own: 2, outside: 2 } });
    t.is(hooks, '3');
    const policies = await pool.query(`select options from ratchet.threads order by address`);
    t.deepEqual(
      policies.rows.map(({ options: stored }) => stored).filter((stored) => stored !== null),
      Array.from({ length: 2 }, () => ({ ...AT_ONCE, ...trace, maximumAttempts: 0 })),
    );
    t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
  },
);

async function odd() {
  return 1n;
}

test.serial('14: what a hook returns is dropped, whatever it is', async (t) => {
  const { client, pool, connection } = await durableTest(t);
  async function parked() {
    return workflow.condition('go');
  }
  for (const run of [odd, parked]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  }
  const handle = await client.workflow.start(parked, { taskQueue: 'q', workflowId: 'parked' });
  await client.workflow.hook({ workflowId: 'parked', taskQueue: 'q', workflowName: 'odd' });
  const ended = 'select from ratchet.threads where ended_at is not null';
  await waitFor('its end', async () => (await pool.query(ended)).rowCount === 1);
  await handle.signal('go', 'went');
  t.is(await handle.result(), 'went');
});
