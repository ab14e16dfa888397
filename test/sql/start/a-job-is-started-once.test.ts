import test from 'ava';
import { codeOf, engine } from '../../support/engine';

const sql = engine();

test.serial(
  '50 connections that start one id: one job, 50 equal answers by the same request',
  async (t) => {
    const text = `select ratchet.start_workflow('w', '[1]', 'same', p_request_id => $1)`;
    const request = '00000000-0000-4000-8000-000000000001';
    const ids = await Promise.all(
      Array.from({ length: 50 }, () => sql.value<string>(text, [request])),
    );
    t.deepEqual([...new Set(ids)], ['same']);
    t.is(await sql.value(`select count(*)::int from ratchet.jobs where key = 'same'`), 1);
    t.is(await codeOf(sql.rows(text, [null])), 'WF301');
    t.is(await codeOf(sql.rows(text, ['00000000-0000-4000-8000-000000000002'])), 'WF301');
  },
);

test.serial('50 connections that start one id by different requests: one succeeds', async (t) => {
  const codes = await Promise.all(
    Array.from({ length: 50 }, () => codeOf(sql.start('w', 'contended'))),
  );
  t.deepEqual(codes.filter((code) => code === 'ok').length, 1);
  t.deepEqual([...new Set(codes)].sort(), ['WF301', 'ok']);
});

test.serial('the same id in another namespace is another job', async (t) => {
  await sql.start('w', 'twin');
  await sql.rows(`select ratchet.start_workflow('w', '[]', 'twin', p_namespace => 'other')`);
  t.is(await sql.value(`select count(*)::int from ratchet.jobs where key = 'twin'`), 2);
});

test.serial(
  'an id is made up when none is given; queue and entity default to the name',
  async (t) => {
    const id = await sql.value<string>(`select ratchet.start_workflow('flow')`);
    t.regex(id, /^[0-9a-f-]{36}$/);
    t.like(await sql.rows('select * from ratchet.jobs where key = $1', [id]), [
      { ...{ workflow: 'flow', queue: 'flow', entity: 'flow', namespace: 'durable', status: 1 } },
    ]);
  },
);

test.serial('options: entity, expire, retry, and a delay before the first turn', async (t) => {
  const worker = await sql.worker('delayed');
  const retry = { maximumAttempts: 7, initialInterval: null, custom: 'x' };
  const options = { entity: 'order', expire: 60, delay: 60_000, retry };
  const job = await sql.start('delayed', 'delayed', [], options);
  t.deepEqual(await sql.exchange(worker), []);
  const [row] = await sql.rows('select * from ratchet.jobs where id = $1', [job]);
  t.like(row, { entity: 'order', expire_seconds: '60', options: retry });
  const past = `due_at = due_at - interval '1 minute'`;
  await sql.rows(`update ratchet_internal.messages set ${past} where job_id = $1`, [job]);
  t.like(await sql.exchange(worker), [{ kind: 'start', name: 'order' }]);
});

test.serial('watch: the end of a job is notified, also where its id was reserved', async (t) => {
  const [id, reserved] = [sql.name(), sql.name()];
  await sql.start(id, id, [], { watch: true });
  await sql.start(reserved, reserved, [], { pending: 60 });
  await sql.start(reserved, reserved, [], { watch: true });
  const watched = 'select is_watched from ratchet.jobs where key in ($1, $2)';
  t.deepEqual(await sql.rows(watched, [id, reserved]), [
    { is_watched: true },
    { is_watched: true },
  ]);
});

test.serial('a bulk start starts what is missing, and says how much that was', async (t) => {
  const text = `select ratchet.start_workflows('w', $1, $2)`;
  const call = (ids: string[]) => sql.value(text, [ids, ids.map((id) => JSON.stringify([id]))]);
  t.is(await call(['bulk-1', 'bulk-2', 'bulk-2']), '2');
  t.is(await call(['bulk-3', 'bulk-1']), '1');
  t.is(await call([]), '0');
  const none = `select ratchet.start_workflows('w', array_agg(key), array_agg(input))
    from ratchet.jobs where false`;
  t.is(await sql.value(none), '0');
  const input = `select input->>0 from ratchet.jobs where key = 'bulk-3'`;
  t.is(await sql.value(input), 'bulk-3');
});

test.serial('bulk starts of hundreds at once, with ids in common: each job once', async (t) => {
  const text = `select ratchet.start_workflows('many', $1, $2)`;
  const batch = (from: number) => {
    const ids = Array.from({ length: 300 }, (_, i) => `many-${from + i}`);
    return sql.value<string>(text, [[...ids, `many-${from}`], [...ids, ''].map(() => '[]')]);
  };
  const counts = await Promise.all([0, 100, 200, 0, 250].map(batch));
  t.is(
    counts.map(Number).reduce((a, b) => a + b),
    550,
  );
  t.is(await batch(400), '150');
  const held = `select count(*)::int from ratchet_internal.messages where workflow = 'many'`;
  t.is(await sql.value(held), 700);
});

test.serial('rolled back, nothing is left', async (t) => {
  const client = await sql.pool().connect();
  await client.query('begin');
  await client.query(`select ratchet.start_workflow('w', '[]', 'undone')`);
  await client.query(`select ratchet.cancel('undone')`);
  await client.query('rollback');
  client.release();
  t.is(await codeOf(sql.rows(`select ratchet.status('undone')`)), 'WF201');
  t.is(await sql.value(`select count(*)::int from ratchet.jobs where key = 'undone'`), 0);
});

test.serial('a trigger on a table of the user starts one for each row, or none', async (t) => {
  await sql.rows('create table orders (id text primary key, amount numeric)');
  await sql.rows(`create function start_order() returns trigger language plpgsql as $$
    begin
      perform ratchet.start_workflow('order', json_build_array(new.id, new.amount),
        'order-' || new.id, p_queue => 'orders');
      return new;
    end $$`);
  await sql.rows(`create trigger start_order after insert on orders
    for each row execute function start_order()`);
  await sql.rows(`insert into orders values ('1', 9.50), ('2', 3)`);
  t.is(await codeOf(sql.rows(`insert into orders values ('3', 1), ('1', 1)`)), '23505');
  const jobs = await sql.rows(`select key, input::text from ratchet.jobs
    where queue = 'orders' order by key`);
  t.deepEqual(jobs, [
    { key: 'order-1', input: '["1", 9.50]' },
    { key: 'order-2', input: '["2", 3]' },
  ]);
});

const long = 'x'.repeat(513);
const refused: [title: string, code: string, values: unknown[]][] = [
  ['no name', 'WF101', [null, '[]', 'i', 'q', 'n', null]],
  ['an empty name', 'WF101', ['', '[]', 'i', 'q', 'n', null]],
  ['a long name', 'WF101', [long, '[]', 'i', 'q', 'n', null]],
  ['a name with a control character', 'WF101', ['a\tb', '[]', 'i', 'q', 'n', null]],
  ['an empty id', 'WF101', ['w', '[]', '', 'q', 'n', null]],
  ['a long id', 'WF101', ['w', '[]', long, 'q', 'n', null]],
  ['an empty queue', 'WF101', ['w', '[]', 'i', '', 'n', null]],
  ['no namespace', 'WF101', ['w', '[]', 'i', 'q', null, null]],
  ['no arguments', 'WF102', ['w', null, 'i', 'q', 'n', null]],
  ['arguments that are no array', 'WF102', ['w', '{}', 'i', 'q', 'n', null]],
  ['options that are no object', 'WF104', ['w', '[]', 'i', 'q', 'n', '[]']],
  ['an unknown option', 'WF104', ['w', '[]', 'i', 'q', 'n', '{"expires": 1}']],
  ['an empty entity', 'WF104', ['w', '[]', 'i', 'q', 'n', '{"entity": ""}']],
  ['a negative expiry', 'WF104', ['w', '[]', 'i', 'q', 'n', '{"expire": -1}']],
  ['an expiry that is text', 'WF104', ['w', '[]', 'i', 'q', 'n', '{"expire": "1h"}']],
  ['an expiry beyond all numbers', 'WF104', ['w', '[]', 'i', 'q', 'n', '{"expire": 1e999}']],
  ['an endless delay', 'WF104', ['w', '[]', 'i', 'q', 'n', '{"delay": 1e99}']],
  ['attributes without data', 'WF104', ['w', '[]', 'i', 'q', 'n', '{"search": {"color": "red"}}']],
  ['a policy that is no object', 'WF104', ['w', '[]', 'i', 'q', 'n', '{"retry": 3}']],
  [
    'a limit that is text',
    'WF104',
    [...['w', '[]', 'i', 'q', 'n', '{"retry": {"maximumAttempts": "three"}}']],
  ],
  [
    'a negative limit',
    'WF104',
    [...['w', '[]', 'i', 'q', 'n', '{"retry": {"initialInterval": -1}}']],
  ],
  ['U+0000 in options', 'WF105', ['w', '[]', 'i', 'q', 'n', '{"entity": "a\\u0000"}']],
  [
    'arguments above 16 MiB',
    'WF501',
    [...['w', JSON.stringify(['x'.repeat(2 ** 24)]), 'i', 'q', 'n', null]],
  ],
];

for (const [title, code, values] of refused) {
  test.serial(`${title} is ${code}`, async (t) => {
    const text = 'select ratchet.start_workflow($1, $2, $3, $4, $5, $6)';
    t.is(await codeOf(sql.rows(text, values)), code);
  });
}

const bulk: [title: string, code: string, ids: unknown, args: unknown][] = [
  ['an empty id', 'WF101', ['a', ''], ['[]', '[]']],
  ['fewer ids than arguments', 'WF101', ['a'], ['[]', '[]']],
  ['fewer arguments than ids', 'WF102', ['a', 'b'], ['[]']],
  ['arguments that are no array', 'WF102', ['a', 'b'], ['[]', '1']],
  ['arguments above 16 MiB', 'WF501', ['a'], [JSON.stringify(['x'.repeat(2 ** 24)])]],
];

for (const [title, code, ids, args] of bulk) {
  test.serial(`a bulk start: ${title} is ${code}, and starts nothing`, async (t) => {
    const text = `select ratchet.start_workflows('bulk-refused', $1, $2)`;
    t.is(await codeOf(sql.rows(text, [ids, args])), code);
    const count = `select count(*)::int from ratchet.jobs where workflow = 'bulk-refused'`;
    t.is(await sql.value(count), 0);
  });
}
