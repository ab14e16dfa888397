import test from 'ava';
import type { PoolClient } from 'pg';
import { engine, exchange, type Report } from '../support/engine';

const sql = engine();
const queue = sql.name();
const SIZES = [1_000, 100_000, 1_000_000];
/** A level more of each index that a call goes through. */
const MOST_MORE = 40;
/** Plans are made once, catalogues read once: the last of so many runs counts. */
const RUNS = 8;

type Pages = Record<string, number>;

interface ExplainRow {
  'QUERY PLAN': { Plan: Record<string, number> }[];
}

/** Runs a statement and says how many pages it touched, those of nested statements included. */
async function pagesOf(client: PoolClient, text: string, values: unknown[]): Promise<number> {
  const explain = `explain (analyze, buffers, format json) ${text}`;
  const { rows } = await client.query<ExplainRow>(explain, values);
  const plan = rows[0]?.['QUERY PLAN'][0]?.Plan ?? {};
  return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
}

/** The life of one job, through a step elsewhere and a sleep; the pages of each call. */
async function liveOnce(client: PoolClient, worker: string, id: string): Promise<Pages> {
  const call = async (report: Report) => {
    let pages = 0;
    const query = async (text: string, values: unknown[]) => {
      pages = await pagesOf(client, text, values);
      return { rows: [] };
    };
    await exchange({ query } as never, worker, report);
    return pages;
  };
  const start = 'select ratchet.start_workflow($1, p_id => $2)';
  const started = await pagesOf(client, start, [queue, id]);
  const claimed = await call({});
  const job = await sql.value<string>('select id from ratchet.jobs where key = $1', [id]);
  const step = { kind: 'activity', name: 'step', input: [], queue };
  const planned = await call({ plans: [{ job, position: 1, ...step }], activities: 0 });
  const taken = await call({});
  const answered = await call({ reports: [{ job, position: 1, attempt: 1, value: 1 }] });
  // It is due at once: the same call fires it.
  const fired = await call({ plans: [{ job, position: 2, kind: 'sleep', delay: 0 }] });
  const ended = await call({ ends: [{ job, result: 'done' }] });
  const found = {
    result: await pagesOf(client, 'select ratchet.result($1)', [id]),
    watched: await pagesOf(client, `select ratchet.watch_jobs('durable', array[$1])`, [id]),
    idle: await call({ idle: true }),
  };
  return { started, claimed, planned, taken, answered, fired, ended, ...found };
}

async function measure(client: PoolClient, label: string): Promise<Pages> {
  const routes = JSON.stringify([{ queue, workflow: queue }, { queue }]);
  const register = 'select ratchet.register_worker($1, $2, 3600)';
  const worker = await sql.value<string>(register, [label, routes]);
  let pages: Pages = {};
  for (let run = 0; run < RUNS; run += 1) {
    pages = await liveOnce(client, worker, `${label}-${run}`);
  }
  await sql.rows('select ratchet.unregister_worker($1)', [worker]);
  return pages;
}

/** Sleeping jobs, and as many finished ones, in the worker's own queue. */
async function fill(from: number, to: number): Promise<void> {
  await sql.rows(
    `with job as (
      insert into ratchet.jobs (key, entity, workflow, queue, status, created_at, updated_at,
        finished_at)
      select 'other-' || i, $1, $1, $1, i % 2, now(), now(), case when i % 2 = 0 then now() end
      from generate_series($2::int * 2, $3::int * 2 - 1) i returning id, status),
    step as (
      insert into ratchet.jobs_attributes (job_id, ledger, created_at, position, kind, field)
      select id, case when status = 1 then ratchet_internal.leg1_done(0)
        else ratchet_internal.leg2_done(ratchet_internal.leg1_done(0), 1) end,
        now(), 1, 'sleep', '00001 sleep' from job)
    insert into ratchet_internal.messages
      (job_id, due_at, position, kind, namespace, queue, workflow)
    select id, now() + interval '1 day', 1, 'timer', 'durable', $1, $1 from job
    where status = 1`,
    [queue, from, to],
  );
}

test.serial('with fresh statistics, and with those of a table that was much smaller', async (t) => {
  t.timeout(1_200_000);
  const client = await sql.pool().connect();
  t.teardown(() => client.release());
  const few = await measure(client, 'none');
  let last = 0;
  for (const size of SIZES) {
    await fill(last, size);
    last = size;
    for (const statistics of ['stale', 'fresh']) {
      if (statistics === 'fresh') {
        await sql.rows('analyze ratchet.jobs, ratchet.jobs_attributes, ratchet_internal.messages');
      }
      const pages = await measure(client, `${size}-${statistics}`);
      t.log(`${size} jobs, ${statistics} statistics: ${JSON.stringify(pages)}`);
      for (const [call, read] of Object.entries(pages)) {
        const least = few[call] ?? 0;
        t.true(read <= least + MOST_MORE, `${call} at ${size}, ${statistics}: ${least} → ${read}`);
      }
    }
  }
});
