import test from 'ava';
import { engine } from '../../support/engine';

const sql = engine();
const SLEEPING = 50_000;

/** Pages that one idle exchange touches, in the fourth call or later: plans are cached then. */
async function pagesOf(worker: string): Promise<number> {
  const text = `explain (analyze, buffers, format json)
    select * from ratchet.exchange(${worker}, 10, 10, true)`;
  let pages = 0;
  for (let call = 0; call < 8; call += 1) {
    const plan = await sql.value(text);
    pages = plan[0].Plan['Shared Hit Blocks'] + plan[0].Plan['Shared Read Blocks'];
  }
  return pages;
}

test.serial('with 50,000 sleeping workflows, fresh and stale statistics', async (t) => {
  const client = await sql.pool().connect();
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const before = await pagesOf(worker);
  await sql.rows(
    `with job as (
      insert into ratchet.jobs (key, entity, workflow, queue, created_at, updated_at)
      select 'sleeping-' || i, $1, $1, $1, ratchet_internal.now(), ratchet_internal.now()
      from generate_series(1, $2::int) i returning id),
    step as (
      insert into ratchet.jobs_attributes (job_id, ledger, created_at, position, kind, field)
      select id, ratchet_internal.leg1_done(0), ratchet_internal.now(), 1, 'sleep', '00001 sleep'
      from job)
    insert into ratchet_internal.messages
      (job_id, due_at, position, kind, namespace, queue, workflow)
    select id, ratchet_internal.now() + interval '1 day', 1, 'timer', 'durable', $1, $1 from job`,
    [queue, SLEEPING],
  );
  const stale = await pagesOf(worker);
  await sql.rows('analyze ratchet_internal.messages');
  const fresh = await pagesOf(worker);
  t.log(`pages: ${before} with none, ${stale} with stale statistics, ${fresh} with fresh ones`);
  t.true(stale < before + 60, `${before} → ${stale}`);
  t.true(fresh < before + 60, `${before} → ${fresh}`);
  const job = await sql.start(queue, queue);
  t.like(await sql.exchange(worker), [{ kind: 'start', job_id: job }]);
  client.release();
});
