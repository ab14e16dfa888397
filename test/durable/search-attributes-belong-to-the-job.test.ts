import test from 'ava';
import { Durable, Search } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;

async function attributes() {
  const search = await workflow.search();
  return {
    pairs: await search.set('a', '1', 'b', 'x'),
    object: await search.set({ custom1: 'durable', n: 2, yes: true, 'n/a': 'none' }),
    get: await search.get('a'),
    absent: await search.get('absent'),
    mget: await search.mget('b', 'absent', 'n'),
    incr: await search.incr('a', 2.5),
    down: await search.incr('a', -0.4),
    fresh: await search.incr('fresh', 3),
    mult: await search.mult('n', 1.5),
    product: await search.mult('product', 4),
    fine: [await search.incr('dime', 0.1), await search.incr('dime', 0.2)],
    del: await search.del('b', 'absent', 'b'),
    after: await search.get('b'),
    enriched: await workflow.enrich({ 'color/name': 'red', color: 'tone', 'deep/er': 'x' }),
    counter: workflow.workflowInfo().counter,
  };
}

const RESULTS = {
  ...{ pairs: 2, object: 4, get: '1', absent: '', mget: ['x', '', '2'], incr: 3.5, down: 3.1 },
  ...{ fresh: 3, mult: 3, product: 4, fine: [0.1, 0.3], del: 1, after: '', enriched: true },
  counter: 2,
};

async function problems(kind: string) {
  const search = await workflow.search();
  await search.set({ word: 'seven', huge: '9'.repeat(300) });
  try {
    if (kind === 'odd') await search.set('a', '1', 'b');
    if (kind === 'object') await search.set({ a: {} as string });
    if (kind === 'null') await search.set({ a: null as unknown as string });
    if (kind === 'list') await search.set(['a'] as unknown as Record<string, string>);
    if (kind === 'nul name') await search.set({ 'a\u0000': 'x' });
    if (kind === 'nul value') await search.set({ a: 'x\u0000' });
    if (kind === 'surrogate') await search.set({ a: '\ud800' });
    if (kind === 'empty') await search.get('');
    if (kind === 'not a number') await search.incr('a', 'x' as unknown as number);
    if (kind === 'infinite') await search.mult('a', Infinity);
    if (kind === 'word') await search.incr('word', 1);
    if (kind === 'huge') await search.mult('huge', 1e10);
    if (kind === 'strange')
      return await search.set({ '"; drop table jobs --': "it's \\u0000 _%#" });
    return 'nothing was wrong';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

async function uncaught() {
  const search = await workflow.search();
  await search.set({ word: 'seven' });
  await search.incr('word', 1);
}

test.serial('13.1 every operation returns what it should, and is in the history', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: attributes });
  const handle = await client.workflow.start(attributes, { taskQueue: 'q', workflowId: 'one' });
  t.deepEqual(await handle.result(), RESULTS);
  const { data, timeline } = await handle.export();
  t.deepEqual(data, {
    ...{ a: '3.1', custom1: 'durable', n: '3', 'n/a': 'none', yes: 'true', fresh: '3' },
    ...{ product: '4', dime: '0.3', color: 'tone', 'color/name': 'red', deep: { er: 'x' } },
  });
  t.deepEqual(timeline?.[0], { key: '-search-1-0-', index: 1, secondary: 0, value: '2' });
  t.deepEqual(timeline?.slice(2, 5), [
    { key: '-search-1-2-', index: 1, secondary: 2, value: '1' },
    { key: '-search-1-3-', index: 1, secondary: 3, value: '' },
    { key: '-search-1-4-', index: 1, secondary: 4, value: '["x", "", "2"]' },
  ]);
  t.is(timeline?.at(-1)?.key, '-search-2-0-');
  t.deepEqual(await handle.queryState(['custom1', 'absent', '"_custom1"', '":"']), {
    ...{ custom1: 'durable', absent: null, _custom1: 'durable', ':': '0' },
  });
  const mesh = await client.getHotMeshClient('q');
  t.like(await Search.findAllUserData('one', mesh), { custom1: 'durable', 'n/a': 'none' });
  t.is(handle.hotMesh.appId, 'durable');
  t.is((await handle.hotMesh.getState('q-attributes', 'one')).metadata.js, 0);
});

test.serial('13.1 bad input and what does not fit fail at the call', async (t) => {
  const { connection, client } = await durableTest(t);
  for (const run of [problems, uncaught]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  }
  const run = async (kind: string) =>
    (await client.workflow.start(problems, { taskQueue: 'q', args: [kind] })).result();
  t.is(await run('odd'), 'WF104');
  t.is(await run('object'), 'WF104');
  t.is(await run('null'), 'WF104');
  t.is(await run('list'), 'WF104');
  t.is(await run('nul name'), 'WF105');
  t.is(await run('nul value'), 'WF105');
  t.is(await run('surrogate'), 'WF105');
  t.is(await run('empty'), 'WF101');
  t.is(await run('not a number'), 'WF104');
  t.is(await run('infinite'), 'WF104');
  t.is(await run('word'), 'WF305');
  t.is(await run('huge'), 'WF305');
  t.is(await run('strange'), 1 as never);
  const failing = await client.workflow.start(uncaught, { taskQueue: 'q' });
  const error = await t.throwsAsync(failing.result());
  t.like(error, { code: 598, message: 'search.incr: the attribute is not a number' });
  const { timeline } = await failing.export({ allow: ['timeline'] });
  t.like(timeline?.at(-1)?.value, { $error: { code: 'WF305' } });
  const outside = await t.throwsAsync(workflow.search());
  t.like(outside, { code: 'WF303' });
});

async function early() {
  const search = await workflow.search();
  return search.get('given');
}

async function parent() {
  const { workflowId } = workflow.workflowInfo();
  const search = { data: { given: 'by its parent' } };
  return workflow.executeChild(early, { workflowId: `${workflowId}-child`, search });
}

test.serial('13.1 a start may give attributes; a misspelt option is refused', async (t) => {
  const { pool, connection, client } = await durableTest(t);
  for (const run of [early, parent]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  }
  const shared = { taskQueue: 'q', workflowName: 'early' };
  const search = { data: { given: 'at the start', n: 1 }, index: 'x' };
  const handle = await client.workflow.start({ ...shared, search });
  t.deepEqual(await handle.queryState(['given', 'n']), { given: 'at the start', n: '1' });
  t.is(await handle.result(), 'at the start');
  const family = await client.workflow.start(parent, { taskQueue: 'q', workflowId: 'p' });
  t.is(await family.result(), 'by its parent');
  const many = { ...shared, search: { data: { batch: 'b' } } };
  const jobs = ['m1', 'm2'].map((workflowId) => ({ workflowId, args: [] }));
  t.is(await client.workflow.startMany(many, jobs), 2);
  t.is(await client.workflow.startMany(many, jobs), 0);
  const sql = `select j.key from jobs j join jobs_attributes a on a.job_id = j.id
    where a.field = '_batch' and a.value = $1 order by j.key`;
  const found = await client.workflow.search('q', 'early', null, 'sql', sql, 'b');
  t.deepEqual(found, [{ key: 'm1' }, { key: 'm2' }]);
  await t.throwsAsync(client.workflow.search('q', 'early', null, 'sql', 'selct 1'), {
    message: /syntax error/,
  });
  await t.throwsAsync(client.workflow.search('q', 'early', null, 'sql', 'select 1; select 2'));
  const typo = { ...shared, search: { dat: {} } as object };
  t.like(await t.throwsAsync(client.workflow.start(typo)), {
    ...{ code: 'WF104', hint: "Did you mean 'data'?" },
  });
  const start = `select ratchet.start_workflow('early', p_options => $1)`;
  for (const bad of ['1', '{"data": 1}', '{"data": {"a": {}}}', '{"data": {"": "x"}}']) {
    const error = await t.throwsAsync(pool.query(start, [`{"search": ${bad}}`]));
    t.like(error, { code: 'WF104' });
  }
});

async function parallel() {
  const search = await workflow.search();
  const sums = await Promise.all([1, 2, 3, 4].map((by) => search.incr('n', by)));
  void search.incr('n', 100);
  return sums;
}

test.serial('13.1 operations take effect in the order of the calls, awaited or not', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: parallel });
  const handle = await client.workflow.start(parallel, { taskQueue: 'q' });
  t.deepEqual(await handle.result(), [1, 3, 6, 10]);
  t.deepEqual(await handle.queryState(['n']), { n: '110' });
});

async function counting() {
  const search = await workflow.search();
  const [times, product] = [await search.incr('times', 1), await search.mult('product', 3)];
  await workflow.enrich({ color: 'red' });
  await workflow.condition('go');
  return [times, product, await search.mget('times', 'product', 'color')];
}

test.serial('13.1 a job that runs shows its attributes; a replay changes nothing', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  const create = () => Durable.Worker.create({ connection, taskQueue: 'q', workflow: counting });
  const worker = await create();
  const handle = await client.workflow.start(counting, { taskQueue: 'q', workflowId: 'c' });
  const waits = `select worker_id from ratchet_internal.messages where kind = 'wait'`;
  await waitFor('it waits', async () => (await pool.query(waits)).rowCount === 1);
  const shown = { times: '1', product: '3', color: 'red' };
  t.deepEqual((await handle.export({ allow: ['data'] })).data, shown);
  t.deepEqual(await handle.queryState(['times', 'color']), { times: '1', color: 'red' });
  const mesh = await client.getHotMeshClient('q');
  t.deepEqual(await Search.findAllUserData('c', mesh), shown);
  const sql = `select job_id from ratchet.jobs_attributes where field = '_color' and value = 'red'`;
  t.is((await pool.query(sql)).rowCount, 1);
  await worker.stop();
  await create();
  await handle.signal('go');
  t.deepEqual(await handle.result(), [1, 3, ['1', '3', 'red']]);
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});
