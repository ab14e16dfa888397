import test from 'ava';
import { engine } from '../../support/engine';
import { PageMeter } from '../../support/page-meter';

const sql = engine();
/** A level more of an index, and pages that are fuller. */
const MOST_MORE = 40;
const STEPS = 3_000;

/** Gives a job so many steps that are done, and so many that are open. */
const fill = (job: string) =>
  sql.rows(
    `with step as (
      insert into ratchet.jobs_attributes (job_id, ledger, created_at, position, kind, field)
      select $1, case when i % 2 = 0 then ratchet_internal.leg1_done(0)
        else ratchet_internal.leg2_done(ratchet_internal.leg1_done(0), 1) end,
        now(), i, 'sleep', i || ' sleep'
      from generate_series(10, 9 + 2 * $2::int) i returning position, ledger)
    insert into ratchet_internal.messages
      (job_id, due_at, position, kind, namespace, queue, workflow)
    select j.id, now() + interval '1 day', s.position, 'timer', j.namespace, j.queue, j.workflow
    from step s, ratchet.jobs j where j.id = $1 and not ratchet_internal.is_final(s.ledger)`,
    [job, STEPS],
  );

test('thousands of steps of a job, done or open, cost its calls nothing', async (t) => {
  const client = await sql.pool().connect();
  t.teardown(() => client.release());
  const few = await new PageMeter(sql, client, sql.name()).measure('few');
  const many = await new PageMeter(sql, client, sql.name(), fill).measure('many');
  // What ends takes its open steps along, and whoever looks for the next timer passes by them.
  for (const [call, read] of Object.entries(many)) {
    if (call === 'ended' || call === 'idle') continue;
    const least = few[call] ?? 0;
    t.true(read <= least + MOST_MORE, `${call}: ${least} → ${read}`);
  }
});
