import test from 'ava';
import { codeOf, engine, exchange, type Plan, type WorkRow } from '../../support/engine';

const sql = engine();

async function claimed(queue = sql.name()) {
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  return { id: queue, worker, job };
}

function operation(job: string, position: number, call: string, ...input: unknown[]): Plan {
  const [kind = ''] = call.split('.');
  return { job, address: '#1', position, kind, name: call, input };
}

const answers = (work: WorkRow[]) =>
  work.filter(({ kind }) => kind === 'result').map(({ value }) => JSON.parse(value ?? 'null'));
const context = (job: string) => sql.value('select context from ratchet.jobs where id = $1', [job]);
const attributes = (id: string) => sql.value('select ratchet.attributes($1)', [id]);

test.serial('a repeated report gives the first answers and changes nothing', async (t) => {
  const { id, worker, job } = await claimed();
  const plans = [
    operation(job, 1, 'search.incr', 'n', 5),
    { ...operation(job, 1, 'entity.append', 'list', 'x'), address: '#2' },
    operation(job, 2, 'search.del', 'absent'),
  ];
  t.deepEqual(answers(await sql.exchange(worker, { plans })), [5, ['x'], 0]);
  t.deepEqual(answers(await sql.exchange(worker, { plans })), [5, ['x'], 0]);
  // Whatever a replay gives as arguments: the recorded answer counts.
  const replayed = [operation(job, 1, 'search.incr', 'n', 1000)];
  t.deepEqual(answers(await sql.exchange(worker, { plans: replayed })), [5]);
  t.deepEqual([await attributes(id), await context(job)], [{ n: '5' }, { list: ['x'] }]);
  const fields = await sql.rows(
    `select field, kind, value from ratchet.jobs_attributes where job_id = $1 order by field`,
    [job],
  );
  t.deepEqual(fields, [
    { field: '00001.000 search.incr', kind: 'search', value: '5' },
    { field: '00001.001 search.del', kind: 'search', value: '0' },
    { field: '00002.000 entity.append', kind: 'entity', value: '["x"]' },
    { field: '_n', kind: 'attribute', value: '5' },
  ]);
});

test.serial('one exchange carries out those of many jobs, each in its order', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const jobs = await Promise.all([1, 2, 3, 4, 5].map((n) => sql.start(queue, `${queue}-${n}`)));
  await sql.exchange(worker);
  const plans = jobs.flatMap((job, at) => [
    operation(job, 1, 'search.set', { n: '1', gone: 'x' }),
    operation(job, 2, 'search.mult', 'n', at + 2),
    operation(job, 3, 'search.incr', 'n', 1),
    operation(job, 4, 'search.del', 'gone'),
    operation(job, 5, 'search.mget', 'n', 'gone'),
  ]);
  const work = await sql.exchange(worker, { plans });
  const expected = jobs.flatMap((_job, at) => [2, at + 2, at + 3, 1, [String(at + 3), '']]);
  t.deepEqual(answers(work), expected);
  t.deepEqual(await attributes(`${queue}-5`), { n: '7' });
});

test.serial('two threads of a job, in two workers, never lose an update', async (t) => {
  const { id, worker, job } = await claimed();
  const other = await sql.worker(sql.name());
  // As a hook of the job has it.
  await sql.rows(
    `with hook as (
      insert into ratchet.threads (job_id, address, workflow, queue, input, created_at)
      values ($1, 'h1', $2, $2, '[]', ratchet_internal.now()))
    update ratchet.jobs set status = 2 where id = $1`,
    [job, id],
  );
  await sql.rows(
    `insert into ratchet_internal.messages
      (job_id, address, due_at, worker_id, kind, namespace, queue, workflow)
    values ($1, 'h1', ratchet_internal.now(), $2, 'turn', 'durable', $3, $3)`,
    [job, other, id],
  );
  const ROUNDS = 40;
  const run = async (by: string, thread: string) => {
    const client = await sql.pool().connect();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const plans = [
        operation(job, 2 * round - 1, 'entity.merge', { shared: { [`${by}-${round}`]: round } }),
        operation(job, 2 * round, 'entity.increment', 'sum', 1),
        { ...operation(job, round, 'search.incr', 'sum', 1), address: '#2' },
      ].map((plan) => ({ ...plan, address: `${thread}${plan.address}` }));
      await exchange(client, by, { plans, turns: 0, activities: 0 });
    }
    client.release();
  };
  await Promise.all([run(worker, ''), run(other, 'h1')]);
  const document = (await context(job)) as { shared: object; sum: number };
  t.deepEqual([Object.keys(document.shared).length, document.sum], [2 * ROUNDS, 2 * ROUNDS]);
  t.deepEqual(await attributes(id), { sum: String(2 * ROUNDS) });
  const shown = `select distinct dimension, timeline_key from ratchet.steps
    where job_id = $1 and index = 2 and secondary = 0 order by 1`;
  t.deepEqual(await sql.rows(shown, [job]), [
    { dimension: '', timeline_key: '-search-2-0-' },
    { dimension: ',0,0', timeline_key: '-search,0,0-2-0-' },
  ]);
});

test.serial('who does not hold the thread changes nothing', async (t) => {
  const { id, worker, job } = await claimed();
  const stranger = await sql.worker(sql.name());
  const plans = [operation(job, 1, 'search.set', { a: 'x' })];
  const lost = await sql.exchange(stranger, { plans });
  t.deepEqual(lost.map(({ kind }) => kind).slice(0, 1), ['lost']);
  await sql.expire(worker);
  await sql.exchange(stranger);
  t.is(await codeOf(sql.exchange(worker, { plans })), 'WF401');
  const next = await claimed();
  await sql.value('select ratchet.terminate($1)', [next.id]);
  const late = await sql.exchange(next.worker, {
    plans: [operation(next.job, 1, 'entity.set', { a: 1 })],
  });
  t.deepEqual(answers(late), []);
  t.deepEqual([await attributes(id), await context(next.job)], [{}, null]);
  await sql.value('select ratchet.terminate($1)', [id]);
});

test.serial('operations that no driver would send are answered with a problem', async (t) => {
  const { worker, job } = await claimed();
  const odd: [string, ...unknown[]][] = [
    ...([['search.other'], ['search.set', 1], ['search.incr', 'a', 'x'], ['search.incr']] as const),
    ...([
      ['entity.other', 'a'],
      ['entity.set', 'a'],
      ['entity.merge', []],
    ] as const),
    ...([['entity.append'], ['entity.append', ''], ['entity.remove', 'a', 'x']] as const),
    ...([
      ['entity.increment', 'a', 'x'],
      ['entity.increment', 'a', 1e300],
    ] as const),
    ...([
      ['entity.merge', { a: '\u0000' }],
      ['search.set', { '\ud800': 'x' }],
    ] as const),
  ].map((call) => [...call]);
  const plans = odd.map(([call, ...input], at) => operation(job, at + 1, call, ...input));
  const work = await sql.exchange(worker, { plans });
  t.deepEqual(
    work.map((item) => item.is_failed),
    odd.map(() => true),
  );
  const codes = answers(work).map(({ code }: { code: string }) => code);
  t.deepEqual(codes, [...Array<string>(12).fill('WF305'), 'WF105', 'WF105']);
  t.is(await context(job), null);
});

test.serial('numbers are exact, and stay within what JavaScript reads', async (t) => {
  const of = (operator: string, a: string, b: number) =>
    sql.value(
      `select (ratchet_internal.change_search($1, jsonb_build_array('n', $3::numeric),
        jsonb_build_object('n', $2::text))).answer`,
      [operator, a, b],
    );
  t.is(await of('incr', '0.1', 0.2), 0.3);
  t.is(await of('incr', '9007199254740992', 1), 9007199254740993);
  t.is(await of('mult', '1e-200', 1e-90), 1e-290);
  t.is(await of('mult', '-.5', 3), -1.5);
  t.is(await of('mult', '1e299', 10), null);
  t.is(await of('incr', '1e1000', 1), null);
  t.is(await of('incr', '', 1), null);
  t.is(await of('mult', '0', 1e300), 0);
  t.is(await of('mult', '0.33333333333333333333', 3), 1);
});

test.serial('the rules about data are checked', async (t) => {
  const { id, job } = await claimed();
  const client = await sql.pool().connect();
  const broken = async (statement: string) => {
    await client.query('begin');
    await client.query(statement, [job]);
    const { rows } = await client.query('select rule from ratchet.check_invariants()');
    await client.query('rollback');
    return (rows as { rule: string }[]).map(({ rule }) => rule);
  };
  const row = (address: string, position: number, kind: string, value: string) =>
    `insert into ratchet.jobs_attributes
      (job_id, ledger, created_at, address, position, kind, field, value)
    values ($1, 201100000000001, now(), '${address}', ${position}, '${kind}',
      '${address}', ${value})`;
  const text = 'a search attribute is text, under its name';
  const gap = 'the operations of an object are numbered without a gap';
  t.deepEqual(await broken(row('_a', 1, 'attribute', `'x'`)), []);
  t.deepEqual(await broken(row('_a', 2, 'attribute', `'x'`)), [text]);
  t.deepEqual(await broken(row('_a', 1, 'attribute', 'null')), [text]);
  t.deepEqual(await broken(row('a', 1, 'attribute', `'x'`)), [text]);
  t.deepEqual(await broken(row('_a', 1, 'activity', `'x'`)), [text]);
  t.deepEqual(await broken(row('#4', 2, 'search', `'1'`)), [gap]);
  t.deepEqual(await broken(row('#4', 1, 'search', `'1'`)), []);
  client.release();
  await sql.value('select ratchet.terminate($1)', [id]);
});

test.serial('data goes with its job', async (t) => {
  const { id, worker, job } = await claimed();
  const plans = [operation(job, 1, 'search.set', { a: 'x' })];
  await sql.exchange(worker, { plans, ends: [{ job, result: 1 }] });
  t.deepEqual(await attributes(id), { a: 'x' });
  await sql.rows(`update ratchet.jobs set finished_at = finished_at - interval '1 year'
    where id = ${job}`);
  await sql.rows('select ratchet.prune() from generate_series(1, 2)');
  t.is(await codeOf(attributes(id)), 'WF201');
  const left = 'select from ratchet.jobs_attributes where job_id = $1';
  t.is((await sql.rows(left, [job])).length, 0);
});
