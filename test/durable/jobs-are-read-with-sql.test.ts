import test from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { openBench } from '../support/bench';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const activities = {
  async add(a: number, b: number) {
    return a + b;
  },
};
const { add } = workflow.proxyActivities<typeof activities>();

async function order(item: string) {
  const search = await workflow.search();
  await search.set({ item, custom1: 'durable' });
  const entity = await workflow.entity();
  await entity.set({ item });
  return add(1, 2);
}

test.serial('20 the query that the README of this API publishes, and its columns', async (t) => {
  const { connection, client, url } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: order, activities });
  const start = { taskQueue: 'q', workflowId: 'order-456', entity: 'order' };
  await (await client.workflow.start(order, { ...start, args: ['lamp'] as [string] })).result();
  const psql = new Client({ connectionString: url });
  await psql.connect();
  const rows = async (text: string) => (await psql.query(text)).rows as Record<string, unknown>[];
  await rows('set search_path = ratchet, public');
  const seed = `SELECT j.key, j.status, j.entity, a.field, a.value, j.created_at, j.updated_at
    FROM jobs j JOIN jobs_attributes a ON a.job_id = j.id WHERE j.key = 'order-456'
    ORDER BY a.field`;
  t.deepEqual(
    (await rows(seed)).map(({ field, value, status }) => [field, value, status]),
    [
      ['00001.000 search.set', '2', 0],
      ['00002.000 entity.set', '{"item": "lamp"}', 0],
      ['00003 add', '3', 0],
      ['_custom1', 'durable', 0],
      ['_item', 'lamp', 0],
    ],
  );
  const times = 'SELECT updated_at > created_at AS is_later FROM jobs';
  t.deepEqual(await rows(times), [{ is_later: true }], 'it changes with the status');
  const custom = `SELECT job_id FROM jobs_attributes
    WHERE field = '_custom1' AND value = 'durable'`;
  t.is((await rows(custom)).length, 1);
  const newer = `SELECT a.symbol, a.dimension, a.type, a.value FROM jobs_attributes a
    WHERE a.symbol = '_custom1' AND a.value = 'durable'`;
  t.deepEqual(await rows(newer), [
    { symbol: '_custom1', dimension: '', type: 'udata', value: 'durable' },
  ]);
  t.deepEqual(await rows(`SELECT DISTINCT a.type FROM jobs_attributes a ORDER BY 1`), [
    { type: 'jmark' },
    { type: 'udata' },
  ]);
  const columns = `SELECT key, entity, status, context, j.expired_at, j.is_live, origin_id,
    parent_id FROM jobs j WHERE context @> '{"item": "lamp"}'`;
  t.deepEqual(await rows(columns), [
    {
      ...{ key: 'order-456', entity: 'order', status: 0, context: { item: 'lamp' } },
      ...{ expired_at: null, is_live: true, origin_id: null, parent_id: null },
    },
  ]);
  await rows(`update jobs set expire_seconds = 60, finished_at = now() - interval '2 minutes'`);
  t.deepEqual(await rows('SELECT j.is_live FROM jobs j'), [{ is_live: false }]);
  await psql.end();
});

async function inner(info: { signal: string }) {
  await workflow.signal(info.signal, await add(2, 2));
}

async function every() {
  await workflow.patched('a change');
  await workflow.execHook({ taskQueue: 'q', workflowName: 'inner' });
  const sum = await add(1, 1);
  await workflow.condition('never').catch(() => undefined);
  return sum;
}

test.serial('20: each row says of which kind it is, and in which thread', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  for (const run of [every, inner]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run, activities });
  }
  const search = { data: { size: 'small' } };
  const start = { taskQueue: 'q', workflowId: 'w', search, marker: { '-by': 'me' } };
  const handle = await client.workflow.start(every, start);
  const waits = `select from ratchet.jobs_attributes where kind = 'wait'`;
  await waitFor('it waits', async () => (await pool.query(waits)).rowCount === 2);
  await handle.cancel();
  t.is(await handle.result(), 2);
  const text = `select ratchet.type(a), ratchet.dimension(a), ratchet.symbol(a),
    count(*) over (partition by a.field)::int as n
    from ratchet.jobs j join ratchet.jobs_attributes a on a.job_id = j.id
    where j.key = 'w' order by 1, 2, a.position, 3`;
  const { rows } = await pool.query(text);
  t.deepEqual(
    rows.map(({ type, dimension, symbol }) => [type, dimension, symbol].join(' ')),
    [
      ...['hmark ,0,0 add', 'hmark ,0,0 -hook-1--1'],
      ...['jmark  inner', 'jmark  -hook-1--1', 'jmark  add', 'jmark  never'],
      ...['other  -by', 'other  a change', 'other  cancel', 'udata  _size'],
    ],
  );
  t.true(
    rows.every(({ n }) => n === 1),
    'a field names one row of a job',
  );
});

test.serial(
  '13.1 attributes and state of a job that runs are read by another process',
  async (t) => {
    const bench = await openBench(t);
    const worker = await bench.worker({ pollMs: 200 });
    await worker.serve('work', ['parked']);
    const handle = await bench.start('parked', 'job', 'work');
    const state = await waitFor('it is parked', async () => {
      const { state: value } = await handle.queryState(['state']);
      return value ?? undefined;
    });
    t.is(state, 'parked');
    t.deepEqual((await handle.export()).data, { state: 'parked' });
    await worker.kill();
    t.deepEqual(await handle.queryState(['state']), { state: 'parked' });
    await bench.pool.query(`update ratchet_internal.workers set expires_at = now()`);
    const next = await bench.worker({ pollMs: 200 });
    await next.serve('work', ['parked']);
    await handle.signal('job-go', 1);
    t.is(await handle.result(), 7 + 1 + 5);
    const { timeline } = await handle.export({ allow: ['timeline'] });
    t.is(timeline?.filter(({ key }) => key.startsWith('-search-')).length, 1);
  },
);
