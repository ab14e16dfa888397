import test from 'ava';
import { engine } from '../support/engine';

const sql = engine();

test.serial('its first run takes no id of a run that was stopped', async (t) => {
  // Runs of the seconds in which this test may be, as those that were stopped would be.
  await sql.rows(`
    select ratchet.start_workflow('call', p_id => ratchet_internal.occurrence_key('again',
      ratchet_internal.now() + make_interval(secs => second)))
    from generate_series(0, 60) second`);
  await sql.rows('select ratchet.terminate(key) from ratchet.jobs');
  const start = `ratchet.start_cron('again', 'q', '[]', '1 hour', '1 hour', null, null, 'durable',
    null)`;
  t.true(await sql.value(`select ${start}`));
  const isFree = `select not exists (select from ratchet.jobs j
    where j.key = ratchet_internal.occurrence_key(s.key, s.next_at)) from ratchet.schedules s
    where s.key = 'again'`;
  t.true(await sql.value(isFree));
});

test.serial('without a run in its second it begins at once', async (t) => {
  await sql.rows(`select ratchet.start_cron('first', 'q', '[]', '1 hour', '1 hour', null, null,
    'durable', null)`);
  await sql.rows('select ratchet.run_schedules()');
  t.is(await sql.value(`select run_count from ratchet.schedules where key = 'first'`), '1');
});
