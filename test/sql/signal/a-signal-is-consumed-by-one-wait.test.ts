import test from 'ava';
import { codeOf, engine, exchange } from '../../support/engine';

const sql = engine();

const send = (key: string, payload: unknown, dedup: string | null = null) =>
  sql.value<string>('select ratchet.signal($1, $2, p_dedup_id => $3)', [
    ...[key, JSON.stringify(payload), dedup],
  ]);

/** A job whose steps 1 to `count` wait for the signal `key`. */
async function waiting(key: string, count = 1) {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  const positions = Array.from({ length: count }, (_, index) => index + 1);
  const plans = positions.map((position) => ({ job, position, kind: 'wait', name: key }));
  await sql.exchange(worker, { plans, turns: 0 });
  return { queue, worker, job };
}

const answers = async (worker: string) =>
  (await sql.exchange(worker)).map(({ position, value }) => [position, value]);

test.serial('sent before the wait or after it, the oldest to the oldest', async (t) => {
  const key = sql.name();
  await send(key, 'first');
  const { worker } = await waiting(key, 3);
  await send(key, 'second');
  await send(key, 'third');
  t.deepEqual(await answers(worker), [
    [1, '"first"'],
    [2, '"second"'],
    [3, '"third"'],
  ]);
  t.is(
    await sql.value(`select count(*)::int from ratchet_internal.signals where key = $1`, [key]),
    0,
  );
});

test.serial('several jobs that wait for one id share its signals', async (t) => {
  const key = sql.name();
  const jobs = [await waiting(key), await waiting(key), await waiting(key)];
  await send(key, 1);
  await send(key, 2);
  const got = [];
  for (const { worker } of jobs) got.push(...(await answers(worker)));
  t.deepEqual(got, [
    [1, '1'],
    [1, '2'],
  ]);
});

test.serial('another namespace, and what has expired, are left alone', async (t) => {
  const key = sql.name();
  await sql.rows(`select ratchet.signal($1, '1', 'other')`, [key]);
  await sql.rows(`select ratchet.signal($1, '2', p_expire => '0')`, [key]);
  const { worker } = await waiting(key);
  t.deepEqual(await answers(worker), []);
});

test.serial('one wait and one signal that both race with a timeout have one winner', async (t) => {
  for (let round = 0; round < 20; round += 1) {
    const key = sql.name();
    const { worker, job } = await waiting(key);
    await sql.rows(
      `update ratchet_internal.messages set due_at = ratchet_internal.now()
      where job_id = $1 and position = 1`,
      [job],
    );
    const [work] = await Promise.all([sql.exchange(worker), send(key, 1)]);
    const more = await sql.exchange(worker);
    t.is(work.length + more.length, 1);
    const left = await sql.value<number>(
      `select count(*)::int from ratchet_internal.signals where key = $1`,
      [key],
    );
    const [answer] = [...work, ...more];
    t.is(left, answer?.is_failed ? 1 : 0);
  }
});

test.serial('a dedup id counts once, however many send it at once', async (t) => {
  const key = sql.name();
  const { worker } = await waiting(key, 2);
  const ids = await Promise.all(Array.from({ length: 50 }, () => send(key, 1, 'same')));
  t.is(new Set(ids).size, 1);
  t.deepEqual(await answers(worker), [[1, '1']]);
  t.is(await send(key, 2, 'same'), ids[0] ?? '');
  t.deepEqual(await answers(worker), []);
  t.not(await send(key, 3, 'other'), ids[0] ?? '');
  t.deepEqual(await answers(worker), [[2, '3']]);
});

test.serial('a dedup id is free once its signal has expired, consumed or not', async (t) => {
  const [key, other] = [sql.name(), sql.name()];
  const { worker } = await waiting(key);
  const first = [await send(key, 1, 'same'), await send(other, 1, 'same')];
  t.deepEqual(await answers(worker), [[1, '1']]);
  await sql.rows(
    `update ratchet_internal.signals set expires_at = ratchet_internal.now() where key in ($1, $2)`,
    [key, other],
  );
  for (const [at, id] of [key, other].entries()) {
    const again = await Promise.all(Array.from({ length: 20 }, () => send(id, 2, 'same')));
    t.is(new Set(again).size, 1);
    t.true(BigInt(again[0] ?? 0) > BigInt(first[at] ?? 0));
    const { worker: next } = await waiting(id);
    t.deepEqual(await answers(next), [[1, '2']]);
  }
});

test.serial('a dedup id is sent again while another sending of it is open', async (t) => {
  const key = sql.name();
  const first = await send(key, 1, 'same');
  await sql.rows('update ratchet_internal.signals set expires_at = sent_at where key = $1', [key]);
  for (const end of ['rollback', 'commit']) {
    const client = await sql.pool().connect();
    await client.query('begin');
    await client.query(`select ratchet.signal($1, '2', p_dedup_id => 'same')`, [key]);
    const sent = send(key, 3, 'same');
    await client.query(end);
    client.release();
    t.not(await sent, first);
    const kept = `select payload::text from ratchet_internal.signals where key = $1`;
    t.deepEqual(await sql.rows(kept, [key]), [{ payload: end === 'commit' ? '2' : '3' }]);
    await sql.rows('update ratchet_internal.signals set expires_at = sent_at');
  }
});

test.serial('sent by a step, it is sent once and the step is answered', async (t) => {
  const key = sql.name();
  const { worker, job } = await waiting(key);
  const plans = [{ job, position: 2, kind: 'signal', name: key, input: { by: 'step' } }];
  const first = await sql.exchange(worker, { plans });
  const second = await sql.exchange(worker, { plans });
  t.deepEqual([...first, ...second].map(({ position }) => position).sort(), [1, 2]);
});

test.serial('rolled back, it was never sent', async (t) => {
  const key = sql.name();
  const { worker } = await waiting(key);
  const client = await sql.pool().connect();
  await client.query('begin');
  await client.query(`select ratchet.signal($1, '1')`, [key]);
  await client.query('rollback');
  client.release();
  t.deepEqual(await answers(worker), []);
});

test.serial('committed while its key is being matched, it is matched next', async (t) => {
  const key = sql.name();
  const { worker } = await waiting(key, 2);
  await send(key, 1);
  const client = await sql.pool().connect();
  await client.query('begin');
  const text = `select ratchet_internal.match_signals(ratchet_internal.now(), '{durable}', $1)`;
  await client.query(text, [[key]]);
  await send(key, 2);
  await client.query('commit');
  client.release();
  t.deepEqual(await answers(worker), [
    [1, '1'],
    [2, '2'],
  ]);
});

test.serial('a wait that is locked by somebody who rolls back is matched after that', async (t) => {
  const key = sql.name();
  const { worker, queue } = await waiting(key);
  const client = await sql.pool().connect();
  await client.query('begin');
  await client.query('select ratchet.terminate($1)', [queue]);
  await send(key, 1);
  await send(key, 2);
  t.deepEqual(await answers(worker), []);
  const kept = `select count(*)::int from ratchet_internal.signals where is_new and key = $1`;
  t.is(await sql.value(kept, [key]), 1);
  await client.query('rollback');
  client.release();
  t.deepEqual(await answers(worker), [[1, '1']]);
});

test.serial('a wait and a signal that commit in either order find each other', async (t) => {
  for (const isWaitFirst of [true, false]) {
    const key = sql.name();
    const queue = sql.name();
    const worker = await sql.worker(queue);
    const matcher = await sql.worker(sql.name());
    const job = await sql.start(queue, queue);
    await sql.exchange(worker);
    const [a, b] = [await sql.pool().connect(), await sql.pool().connect()];
    await a.query('begin');
    await b.query('begin');
    const plans = [{ job, position: 1, kind: 'wait', name: key }];
    await exchange(a, worker, { plans, turns: 0 });
    await b.query(`select ratchet.signal($1, '7')`, [key]);
    for (const client of isWaitFirst ? [a, b] : [b, a]) {
      await client.query('commit');
      await sql.exchange(matcher);
    }
    a.release();
    b.release();
    t.deepEqual(await answers(worker), [[1, '7']]);
  }
});

const refused: [title: string, code: string, values: unknown[]][] = [
  ['no id', 'WF101', [null, '1', 'durable', '1s', null]],
  ['an empty id', 'WF101', ['', '1', 'durable', '1s', null]],
  ['an id with a control character', 'WF101', ['a\nb', '1', 'durable', '1s', null]],
  ['no namespace', 'WF101', ['a', '1', null, '1s', null]],
  ['an empty dedup id', 'WF101', ['a', '1', 'durable', '1s', '']],
  ['no expiry', 'WF103', ['a', '1', 'durable', null, null]],
  ['a negative expiry', 'WF103', ['a', '1', 'durable', '-1s', null]],
  ['an endless expiry', 'WF103', ['a', '1', 'durable', '20000 years', null]],
  ['a payload above 16 MiB', 'WF501', ['a', JSON.stringify('x'.repeat(2 ** 24)), 'd', '1s', null]],
];

for (const [title, code, values] of refused) {
  test.serial(`${title} is ${code}`, async (t) => {
    t.is(await codeOf(sql.rows('select ratchet.signal($1, $2, $3, $4, $5)', values)), code);
  });
}
