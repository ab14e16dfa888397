import test from 'ava';
import { engine } from '../support/engine';
import { PageMeter } from '../support/page-meter';

const sql = engine();
const queue = sql.name();
const SIZES = [1_000, 100_000, 1_000_000];
/** A level more of each index that a call goes through. */
const MOST_MORE = 40;

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
  const meter = new PageMeter(sql, client, queue);
  const few = await meter.measure('none');
  let last = 0;
  for (const size of SIZES) {
    await fill(last, size);
    last = size;
    for (const statistics of ['stale', 'fresh']) {
      if (statistics === 'fresh') {
        await sql.rows('analyze ratchet.jobs, ratchet.jobs_attributes, ratchet_internal.messages');
      }
      const pages = await meter.measure(`${size}-${statistics}`);
      t.log(`${size} jobs, ${statistics} statistics: ${JSON.stringify(pages)}`);
      for (const [call, read] of Object.entries(pages)) {
        const least = few[call] ?? 0;
        t.true(read <= least + MOST_MORE, `${call} at ${size}, ${statistics}: ${least} → ${read}`);
      }
    }
  }
});
