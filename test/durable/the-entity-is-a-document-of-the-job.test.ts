import test from 'ava';
import { Durable, Entity } from '../../driver';
import { durableTest } from '../support/durable';

const { workflow } = Durable;

async function document() {
  const entity = await workflow.entity();
  const results = {
    empty: await entity.get(),
    set: await entity.set({ user: { name: 'Ada', tags: ['a'] }, n: 1, keep: { a: { b: 1 } } }),
    merge: await entity.merge({ user: { city: 'X' }, keep: { a: { c: 2 } }, list: [1] }),
    path: await entity.get('user.name'),
    missing: await entity.get('user.age.years'),
    element: await entity.get('user.tags.0'),
    append: await entity.append('user.tags', ['b']),
    prepend: await entity.prepend('user.tags', null),
    fresh: await entity.append('made.on.the.way', { x: 1 }),
    remove: await entity.remove('user.tags', 1),
    outside: await entity.remove('user.tags', 7),
    increment: await entity.increment('n'),
    by: await entity.increment('counts.deep', -2.5),
    toggle: await entity.toggle('flag'),
    again: await entity.toggle('flag'),
    first: await entity.setIfNotExists('once', { v: 1 }),
    second: await entity.setIfNotExists('once', { v: 2 }),
    inList: await entity.setIfNotExists('list.1', 'two'),
    delete: await entity.delete('keep'),
    unknown: await entity.delete('not.there'),
    undefined: await entity.get('nowhere'),
  };
  return { ...results, isUndefined: results.undefined === undefined };
}

async function misfit(kind: string) {
  const entity = await workflow.entity();
  await entity.set({ text: 'x', list: [1], n: 1 });
  try {
    if (kind === 'array') await entity.set([] as never);
    if (kind === 'scalar') await entity.merge(1 as unknown as object);
    if (kind === 'path') await entity.get('a..b');
    if (kind === 'empty path') await entity.delete('');
    if (kind === 'index') await entity.remove('list', -1);
    if (kind === 'by') await entity.increment('n', NaN);
    if (kind === 'nul') await entity.merge({ deep: ['\u0000'] });
    if (kind === 'nul key') await entity.merge({ deep: { 'a\u0000': 1 } });
    if (kind === 'surrogate') await entity.append('list', '\udc00');
    if (kind === 'bigint') await entity.append('list', 1n);
    if (kind === 'no list') await entity.append('text', 1);
    if (kind === 'no number') await entity.increment('text');
    if (kind === 'no boolean') await entity.toggle('n');
    if (kind === 'blocked') await entity.setIfNotExists('text.a', 1);
    if (kind === 'hole') await entity.setIfNotExists('list.7', 1);
    if (kind === 'key of list') await entity.setIfNotExists('list.a.b', 1);
    if (kind === 'large') {
      for (let n = 0; n < 3; n += 1) await entity.merge({ [n]: 'x'.repeat(6 << 20) });
    }
    if (kind === 'about escapes') {
      await entity.merge({ text: '\\u0000 \\ud800', __proto: { constructor: 1 } });
      return Object.keys(await entity.get());
    }
    return 'nothing was wrong';
  } catch (error) {
    const code = (error as { code: string }).code;
    return [code, (await entity.get('n')) === 1];
  }
}

test.serial('13.2 every operation returns what it should', async (t) => {
  const { pool, connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: document });
  const start = { taskQueue: 'q', workflowId: 'one', entity: 'user' };
  const handle = await client.workflow.start(document, start);
  const result: Record<string, unknown> = await handle.result();
  const set = { user: { name: 'Ada', tags: ['a'] }, n: 1, keep: { a: { b: 1 } } };
  t.deepEqual([result['empty'], result['set']], [{}, set]);
  t.deepEqual(result['merge'], {
    ...{ user: { name: 'Ada', tags: ['a'], city: 'X' }, n: 1, keep: { a: { c: 2 } }, list: [1] },
  });
  t.like(result, { path: 'Ada', isUndefined: true, element: 'a', increment: 2, by: -2.5 });
  t.deepEqual(result['append'], ['a', ['b']]);
  t.deepEqual(result['prepend'], [null, 'a', ['b']]);
  t.deepEqual(
    [result['remove'], result['outside']],
    [
      [null, ['b']],
      [null, ['b']],
    ],
  );
  t.deepEqual(result['fresh'], [{ x: 1 }]);
  t.deepEqual([result['toggle'], result['again']], [true, false]);
  t.deepEqual([result['first'], result['second'], result['inList']], [{ v: 1 }, { v: 1 }, 'two']);
  t.false('missing' in result);
  const last = {
    ...{ user: { name: 'Ada', tags: [null, ['b']], city: 'X' }, n: 2, list: [1, 'two'] },
    ...{ made: { on: { the: { way: [{ x: 1 }] } } }, counts: { deep: -2.5 }, flag: false },
    once: { v: 1 },
  };
  t.deepEqual([result['delete'], result['unknown']], [last, last]);
  const { rows } = await pool.query(`select context from ratchet.jobs where key = 'one'`);
  t.deepEqual(rows, [{ context: last }]);
  const { timeline } = await handle.export({ allow: ['timeline'] });
  t.deepEqual(timeline?.[1], { key: '-entity-1-1-', index: 1, secondary: 1, value: set });
});

test.serial('13.2 what does not fit fails at the call, and nothing is changed', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: misfit });
  const run = async (kind: string) =>
    (await client.workflow.start(misfit, { taskQueue: 'q', args: [kind] })).result();
  const codes: Record<string, string> = {
    ...{ array: 'WF104', scalar: 'WF104', path: 'WF104', 'empty path': 'WF104', index: 'WF104' },
    ...{ by: 'WF104', nul: 'WF105', 'nul key': 'WF105', surrogate: 'WF105', bigint: 'WF102' },
    ...{ 'no list': 'WF305', 'no number': 'WF305', 'no boolean': 'WF305', blocked: 'WF305' },
    ...{ hole: 'WF305', 'key of list': 'WF305', large: 'WF501' },
  };
  for (const [kind, code] of Object.entries(codes))
    t.deepEqual(await run(kind), [code, true], kind);
  t.deepEqual(await run('about escapes'), ['n', 'list', 'text', '__proto'] as never);
});

async function person(name: string, age: number) {
  const entity = await workflow.entity<{ name: string; age: number }>();
  await entity.set({ name, age });
  return (await entity.increment('age', 0)) - age;
}

test.serial('13.2 entities are found by conditions on their fields, newest first', async (t) => {
  const { pool, connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: person });
  const people: [string, number][] = [
    ['Ada', 36],
    ['Bob', 17],
    ["C'ea", 80],
    ['Dan', 36],
  ];
  for (const args of people) {
    const start = { taskQueue: 'q', workflowId: args[0], entity: 'person', args };
    await (await client.workflow.start(person, start)).result();
  }
  await client.workflow.start({ taskQueue: 'none', workflowName: 'x', entity: 'other' });
  const mesh = await client.getHotMeshClient('q');
  const keys = async (conditions: object, page = {}) =>
    (await Entity.find('person', conditions as Record<string, unknown>, mesh, page)).map(
      ({ key }) => key,
    );
  t.deepEqual(await keys({}), ['Dan', "C'ea", 'Bob', 'Ada']);
  t.deepEqual(await keys({}, { limit: 2, offset: 1 }), ["C'ea", 'Bob']);
  t.deepEqual(await keys({ age: 36 }), ['Dan', 'Ada']);
  t.deepEqual(await keys({ age: 36, name: 'Ada' }), ['Ada']);
  t.deepEqual(await keys({ age: { $gt: 17, $lte: 36 } }), ['Dan', 'Ada']);
  t.deepEqual(await keys({ age: { $gte: 36, $lt: 81 }, name: { $ne: 'Dan' } }), ["C'ea", 'Ada']);
  t.deepEqual(await keys({ name: { $in: ['Bob', "C'ea", 1] } }), ["C'ea", 'Bob']);
  t.deepEqual(await keys({ name: { $eq: "C'ea" } }), ["C'ea"]);
  t.deepEqual(await keys({ age: { $gt: 'a' } }), []);
  t.deepEqual(await keys({ "x' or true --": 1 }), []);
  const by = async (field: string, value: unknown, operator: string) =>
    (await Entity.findByCondition('person', field, value, operator as '=', mesh)).length;
  t.is(await by('age', 36, '='), 2);
  t.is(await by('age', 36, '!='), 2);
  t.is(await by('age', 36, '<='), 3);
  t.is(await by('name', '%da', 'LIKE'), 1);
  t.is(await by('name', ['Ada'], 'IN'), 1);
  t.deepEqual(await Entity.findById('person', 'Ada', mesh), {
    ...{ key: 'Ada', context: { name: 'Ada', age: 36 }, status: 0 },
  });
  t.is(await Entity.findById('person', 'nobody', mesh), null);
  t.is(await Entity.findById('other', 'Ada', mesh), null);
  const indexes = ['gin', 'btree', 'gin'] as const;
  await Promise.all(indexes.map((type) => Entity.createIndex('person', 'age', mesh, type)));
  const { rows } = await pool.query(`select indexname, indisvalid from pg_indexes
    join pg_index on indexrelid = ('ratchet.' || quote_ident(indexname))::regclass
    where tablename = 'jobs' and indexdef like '%context%'`);
  t.deepEqual(
    rows.map((row: { indisvalid: boolean }) => row.indisvalid),
    [true, true],
  );
  const session = await pool.connect();
  await session.query('set enable_seqscan = off');
  const condition = 'select ratchet_internal.condition($1, $2, $3) as text';
  const planOf = async (operator: string, value: string | number) => {
    const { rows: texts } = await session.query(condition, ['age', operator, value]);
    const where = `entity = 'person' and ${(texts as { text: string }[])[0]?.text ?? ''}`;
    return JSON.stringify(
      (await session.query(`explain select from ratchet.jobs where ${where}`)).rows,
    );
  };
  const plans = [await planOf('$eq', 36), await planOf('$gt', 17)];
  await session.query('reset enable_seqscan');
  session.release();
  for (const plan of plans) t.regex(plan, /Scan (using|on) jobs_(gin|btree)_/);
  // One that was broken off is made anew.
  await pool.query(`update pg_index set indisvalid = false where indexrelid in (
    select indexrelid from pg_index join pg_class c on c.oid = indexrelid
    where relname like 'jobs_gin_%')`);
  await Entity.createIndex('person', 'age', mesh);
  const invalid = await pool.query(`select from pg_index
    where indrelid = 'ratchet.jobs'::regclass and not indisvalid`);
  t.is(invalid.rowCount, 0);
  t.deepEqual(await keys({ age: 36 }), ['Dan', 'Ada']);
  const codeOf = async (call: () => Promise<unknown>) =>
    ((await t.throwsAsync(async () => call())) as { code?: string } | undefined)?.code;
  t.is(await codeOf(() => by('age', 1, '~')), 'WF104');
  t.is(await codeOf(() => by('age', 1, 'LIKE')), 'WF104');
  t.is(await codeOf(() => by('age', 1, 'IN')), 'WF104');
  t.is(await codeOf(() => keys({ age: { $near: 1 } })), 'WF104');
  for (const lost of [
    undefined,
    () => 1,
    Symbol('x'),
    { $eq: undefined },
    { $gt: 1, $in: undefined },
  ]) {
    const error = await t.throwsAsync(keys({ name: 'Ada', age: lost }), { code: 'WF104' });
    t.regex(error.message, /condition on age/);
  }
  t.is(await codeOf(() => by('age', undefined, '=')), 'WF104');
  const wrong = Entity.findByCondition('person', 'age', 1, '~' as '=', mesh);
  t.true(wrong instanceof Promise);
  await t.throwsAsync(wrong, { code: 'WF104' });
  t.is(await codeOf(() => keys({ age: '\u0000' })), 'WF105');
  t.is(await codeOf(() => keys({}, { limt: 1 })), 'WF104');
  t.is(await codeOf(() => keys({}, { limit: -1 })), 'WF104');
  t.is(await codeOf(() => Entity.find('person', {}, {} as typeof mesh)), 'WF104');
  t.is(await codeOf(() => Entity.createIndex('person', 'age', mesh, 'gist' as 'gin')), 'WF104');
});
