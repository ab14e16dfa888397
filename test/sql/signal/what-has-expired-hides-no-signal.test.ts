import test from 'ava';
import { codeOf, engine, exchange } from '../../support/engine';
import { pagesOf } from '../../support/page-meter';

const sql = engine();
/** More than a call takes of one id. */
const MANY = 2_500;

/** Signals that have expired, and that were looked after before. */
const expired = (key: string, count: number) =>
  sql.rows(
    `insert into ratchet_internal.signals (key, namespace, is_new, sent_at, expires_at)
    select $1, 'durable', false, at, at
    from generate_series(1, $2::int), (select ratchet_internal.now() - interval '1 day') past (at)`,
    [key, count],
  );

async function waiting(key: string, id: string) {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, id);
  await sql.exchange(worker);
  await sql.exchange(worker, { plans: [{ job, position: 1, kind: 'wait', name: key }] });
  return worker;
}

const send = (key: string, expire = '1 hour') =>
  sql.rows(`select ratchet.signal($1, '"fresh"', p_expire => $2)`, [key, expire]);

/** The answers of so many exchanges. */
async function answers(worker: string, calls: number) {
  const got: unknown[] = [];
  for (let i = 0; i < calls; i += 1) {
    got.push(...(await sql.exchange(worker)).map(({ value }) => value));
  }
  return got;
}

test.serial('a fresh signal is found behind any number that have expired', async (t) => {
  for (const isWaitFirst of [true, false]) {
    const key = sql.name();
    await expired(key, MANY);
    const early = isWaitFirst ? await waiting(key, key) : null;
    await answers(await sql.worker(sql.name()), 6);
    await expired(key, MANY);
    await send(key);
    const worker = early ?? (await waiting(key, key));
    t.deepEqual(await answers(worker, 5), ['"fresh"']);
  }
});

test.serial('those that expire before anybody has looked are no news for long', async (t) => {
  const [key, worker] = [sql.name(), await sql.worker(sql.name())];
  const text = `select ratchet.signal($1, '1', p_expire => '0') from generate_series(1, 1200)`;
  await sql.rows(text, [key]);
  await answers(worker, 3);
  const left = 'select count(*)::int from ratchet_internal.signals where key = $1 and is_new';
  t.is(await sql.value(left, [key]), 0);
});

test.serial('a call passes by a bounded number of them', async (t) => {
  const client = await sql.pool().connect();
  t.teardown(() => client.release());
  const cost = async (count: number) => {
    const [key, queue] = [sql.name(), sql.name()];
    await expired(key, count);
    const worker = await sql.worker(queue);
    for (let i = 0; i < 50; i += 1) await sql.start(queue, `${key}-${i}`);
    const jobs = (await sql.exchange(worker, { turns: 50 })).map(({ job_id: job }) => job);
    const plans = jobs.map((job) => ({ job, position: 1, kind: 'wait', name: key }));
    await sql.exchange(worker, { plans, turns: 0 });
    let pages = 0;
    const query = async (text: string, values: unknown[]) => {
      pages = await pagesOf(client, text, values);
      return { rows: [] };
    };
    await exchange({ query } as never, worker, { turns: 0 });
    await answers(worker, 2 + count / 1_000);
    return pages;
  };
  await cost(1_500);
  const few = await cost(1_500);
  const many = await cost(12_000);
  t.true(many <= 2 * few, `${few} → ${many}`);
});

test.serial('nor do they hide the signal of a wait that is refused', async (t) => {
  const key = sql.name();
  const worker = await waiting(key, `bad ${key}`);
  await sql.exchange(worker);
  await sql.rows(`
    create function public.refuse() returns trigger language plpgsql as $$
    begin
      if exists (select from ratchet.jobs where id = new.job_id and key like 'bad%') then
        raise exception 'closed';
      end if;
      return new;
    end $$;
    create trigger refuse before update on ratchet.jobs_attributes
    for each row execute function public.refuse()`);
  t.teardown(() => sql.rows('drop function public.refuse cascade'));
  await expired(key, 3);
  await send(key);
  t.is(await codeOf(sql.exchange(worker)), 'P0001');
  const aside = await sql.rows('select workflow_id, is_ended from ratchet.set_aside($1)', [worker]);
  t.deepEqual(aside, [{ workflow_id: `bad ${key}`, is_ended: true }]);
  t.is(await codeOf(sql.exchange(worker)), 'ok');
});

test.serial('a sender who replaces what has expired keeps no wait new', async (t) => {
  const key = sql.name();
  await expired(key, 1);
  const client = await sql.pool().connect();
  t.teardown(() => client.release(true));
  await client.query('begin');
  await client.query('select from ratchet_internal.signals where key = $1 for update', [key]);
  const worker = await waiting(key, key);
  await answers(worker, 2);
  const waits = 'select attempt from ratchet_internal.messages where key = $1';
  t.is(await sql.value(waits, [key]), 1);
  await client.query('rollback');
});
