import test from 'ava';
import { codeOf, engine } from '../../support/engine';

const sql = engine();

/** Starts jobs and lets them end, each with a search attribute; their time is over at once. */
async function over(queue: string, ids: string[]) {
  const worker = await sql.worker(queue);
  const options = JSON.stringify({ expire: 0, search: { data: { a: 'old' } } });
  await sql.rows('select ratchet.start_workflows($1, $2, $3, p_options => $4)', [
    ...[queue, ids, ids.map(() => '[]'), options],
  ]);
  const work = await sql.exchange(worker, { turns: ids.length });
  await sql.exchange(worker, { ends: work.map(({ job_id: job }) => ({ job })), turns: 0 });
  await sql.rows('select ratchet.unregister_worker($1)', [worker]);
}

const bulk = (queue: string, ids: string[], options: object | null = null, request?: string) =>
  sql.value<string>(
    'select ratchet.start_workflows($1, $2, $3, p_options => $4, p_request_id => $5)',
    [queue, ids, ids.map(() => '[]'), options && JSON.stringify(options), request ?? null],
  );

const running = (ids: string[]) =>
  sql.rows(
    `select key, (select count(*)::int from ratchet.jobs_attributes where job_id = j.id) as kept
      from ratchet.jobs j where key = any ($1) and status > 0 order by key`,
    [ids],
  );

/** One call of a job that runs, which starts children of these ids, in this order. */
async function startFrom(kind: string, ids: string[]) {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  const plans = ids.map((id, at) => ({
    ...{ job, position: at + 1, kind, name: 'c', options: { id, queue: `${queue}-c` } },
  }));
  return sql.exchange(worker, { plans, turns: 0 });
}

test.serial('a bulk start does, and counts it; what is kept or runs stays', async (t) => {
  for (const more of [0, 200]) {
    const queue = sql.name();
    const id = (name: string) => `${queue}-${name}`;
    await over(queue, [id('over'), id('beyond')]);
    await sql.start(`${queue}-r`, id('runs'));
    await sql.start(`${queue}-k`, id('kept'));
    await sql.rows(`select ratchet.terminate($1)`, [id('kept')]);
    const fresh = Array.from({ length: more }, (_, at) => id(`new-${at}`));
    const ids = [...fresh, ...['runs', 'kept', 'over', 'over', 'free'].map(id)];
    t.is(await bulk(queue, ids), `${more + 2}`);
    const rows = (await running(ids)).filter(({ key }) => !fresh.includes(key as string));
    t.deepEqual(rows, [
      { key: id('free'), kept: 0 },
      { key: id('over'), kept: 0 },
      { key: id('runs'), kept: 0 },
    ]);
    t.is(await bulk(queue, ids), '0');
    const beyond = await sql.value('select status from ratchet.jobs where key = $1', [
      ...[id('beyond')],
    ]);
    t.is(beyond, 0, 'nobody asked for it');
  }
});

test.serial('a repeated bulk start does not, where it is the same request', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const request = '00000000-0000-4000-8000-000000000001';
  const start = (name?: string) => bulk(queue, [`${queue}-1`], { expire: 0 }, name);
  t.is(await start(request), '1');
  const [work] = await sql.exchange(worker);
  await sql.exchange(worker, { ends: [{ job: work?.job_id ?? '' }] });
  t.is(await start(request), '0');
  t.is(await start(), '1');
});

test.serial('a reserved id that nobody used in time makes room as well', async (t) => {
  const id = sql.name();
  await sql.start(id, id, [], { pending: 0 });
  t.is(await bulk(id, [id]), '1');
  t.deepEqual(await running([id]), [{ key: id, kept: 0 }]);
});

for (const kind of ['child', 'start']) {
  test.serial(`a step that asks for a ${kind} does, beside others`, async (t) => {
    const queue = sql.name();
    const id = (name: string) => `${queue}-${name}`;
    await over(queue, [id('a'), id('b')]);
    await sql.start(`${queue}-r`, id('runs'));
    const ids = ['a', 'runs', 'free', 'b', 'a'].map(id);
    const work = await startFrom(kind, ids);
    const refused = work.filter(({ is_failed: isFailed }) => isFailed);
    t.deepEqual(
      refused.map(({ position, value }) => [position, JSON.parse(value ?? '').message]),
      [
        [2, `Duplicate job: ${id('runs')}`],
        [5, `Duplicate job: ${id('a')}`],
      ],
    );
    const started = work.filter(({ is_failed: isFailed }) => isFailed === false);
    t.deepEqual(
      started.map(({ position, value }) => [position, JSON.parse(value ?? '')]),
      kind === 'child' ? [] : [1, 3, 4].map((at) => [at, ids[at - 1]]),
    );
    t.deepEqual(
      await running(ids),
      ['a', 'b', 'free', 'runs'].map((name) => ({ key: id(name), kept: 0 })),
    );
  });
}

test.serial('starts of all kinds that want the same ids meet no deadlock', async (t) => {
  for (let round = 0; round < 12; round += 1) {
    const queue = sql.name();
    const ids = Array.from({ length: 12 }, (_, at) => `${queue}-${at}`);
    await over(queue, ids);
    const back = [...ids].reverse();
    const codes = await Promise.all(
      [
        ...[bulk(queue, ids), bulk(queue, back)],
        ...[startFrom('start', back), startFrom('child', ids)],
        ...[ids[3] ?? '', ids[8] ?? ''].map((id) => sql.start(queue, id)),
      ].map(codeOf),
    );
    t.deepEqual(codes.filter((code) => code !== 'ok' && code !== 'WF301').sort(), []);
    t.is((await running(ids)).length, ids.length);
  }
});
