import test from 'ava';
import { engine, exchange } from '../../support/engine';
import { graphApp } from '../../support/graph';
import { pagesOf } from '../../support/page-meter';

const sql = engine();
/** More than a call takes of one id. */
const MANY = 1_600;
/** A level more of an index, and pages that are fuller. */
const MOST_MORE = 60;

/** A worker whose jobs, so many, have each scheduled a wait for the signal `key`. */
async function waiting(key: string, count: number) {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  await sql.rows(
    `select ratchet.start_workflows($1, array_agg($1 || '-' || i), array_agg('[]'::json), $1)
    from generate_series(1, $2::int) i`,
    [queue, count],
  );
  const starts = await sql.exchange(worker, { turns: count });
  const plans = starts.map(({ job_id: job }) => ({ job, position: 1, kind: 'wait', name: key }));
  await sql.exchange(worker, { plans, turns: 0 });
  return worker;
}

const exchanges = async (worker: string, count: number) => {
  for (let i = 0; i < count; i += 1) await sql.exchange(worker);
};

/** How many waits and signals of an id are new. */
const news = (key: string) =>
  sql.value<number>(
    `select (select count(*) from ratchet_internal.messages
        where key = $1 and kind = 'wait' and attempt = 0)::int
      + (select count(*) from ratchet_internal.signals where key = $1 and is_new)::int`,
    [key],
  );

/** One job waits for a signal that was sent and looked after before; its answer. */
async function isAnsweredLate(): Promise<unknown> {
  const [key, queue] = [sql.name(), sql.name()];
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.rows('select ratchet.signal($1, $2)', [key, '"early"']);
  await exchanges(worker, 2);
  await sql.exchange(worker, { plans: [{ job, position: 1, kind: 'wait', name: key }] });
  const [answer] = await sql.exchange(worker);
  await sql.rows('select ratchet.unregister_worker($1)', [worker]);
  return answer?.value;
}

test.serial('a new wait costs what it does alone, however many wait for its id', async (t) => {
  const client = await sql.pool().connect();
  t.teardown(() => client.release());
  const cost = async (key: string) => {
    let pages = 0;
    const query = async (text: string, values: unknown[]) => {
      pages = await pagesOf(client, text, values);
      return { rows: [] };
    };
    for (let run = 0; run < 8; run += 1) {
      const worker = await waiting(key, 1);
      await exchange({ query } as never, worker, { turns: 0 });
      await sql.rows('select ratchet.unregister_worker($1)', [worker]);
    }
    return pages;
  };
  const alone = await cost(sql.name());
  const key = sql.name();
  await exchanges(await waiting(key, MANY), 6);
  const beside = await cost(key);
  t.true(beside <= alone + MOST_MORE, `${alone} → ${beside}`);
});

test.serial('waits of one id: none is news after some calls, and none hides others', async (t) => {
  const key = sql.name();
  const worker = await waiting(key, MANY);
  await exchanges(worker, 6);
  t.is(await news(key), 0);
  t.is(await isAnsweredLate(), '"early"');
  await sql.exchange(worker, { idle: true });
  t.true(Number(await sql.value('select ratchet.peek($1)', [worker])) > 0);
});

test.serial('signals of one id: likewise, and all find their waits later', async (t) => {
  const [key, worker] = [sql.name(), await sql.worker(sql.name())];
  const send = 'select ratchet.signal($1, to_json(i)) from generate_series(1, $2::int) i';
  await sql.rows(send, [key, MANY]);
  await exchanges(worker, 6);
  t.is(await news(key), 0);
  t.is(await isAnsweredLate(), '"early"');
  // Those that come to be waited for are all found, the oldest first.
  const waiter = await waiting(key, MANY);
  const got: unknown[] = [];
  for (let calls = 0; calls < 8; calls += 1) {
    const work = await sql.exchange(waiter, { turns: MANY });
    got.push(...work.map(({ value }) => Number(value)));
  }
  t.deepEqual(
    got,
    Array.from({ length: MANY }, (_, index) => index + 1),
  );
});

test.serial('a wait that somebody has locked stays new and holds up none behind it', async (t) => {
  const key = sql.name();
  await waiting(key, 600);
  const client = await sql.pool().connect();
  t.teardown(() => client.release(true));
  await client.query('begin');
  const lock = `select from ratchet_internal.messages where key = $1 and kind = 'wait' for update`;
  await client.query(lock, [key]);
  t.is(await isAnsweredLate(), '"early"');
  t.is(await news(key), 600);
  await client.query('rollback');
  await exchanges(await sql.worker(sql.name()), 2);
  t.is(await news(key), 0);
});

test.serial('a step that ratchet.respond is to answer waits for no signal', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'slow',
    activities: { start: { type: 'trigger' }, slow: { type: 'worker', topic: 'slow' } },
    transitions: { start: [{ to: 'slow' }] },
  });
  const worker = await app.worker(['slow']);
  for (const code of [202, 102]) {
    const { job_id: job } = await app.publish('slow');
    let reports: Parameters<typeof app.exchange>[1] = [];
    for (let calls = 0; calls < 3; calls += 1) {
      const claims = await app.exchange(worker, reports);
      const given = claims.filter(({ name }) => name !== null);
      reports = given.map((claim) => [claim, { code, data: {} }]);
      t.is(await news('\u001frespond'), 0);
    }
    t.like((await app.messages(job))[0], { kind: 'wait', key: '\u001frespond' });
  }
});
