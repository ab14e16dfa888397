import test from 'ava';
import { engine } from '../support/engine';
import { nextCentury } from '../support/next-century';

const sql = engine();
const { fireAt, endRun } = nextCentury(sql);

/** Creates an hourly schedule, starts its first run, and triggers another. */
async function triggered(id: string, overlap: string) {
  await sql.rows(
    `select ratchet.create_schedule($1, 'tick', p_every => '1 hour', p_overlap => $2, p_queue => $1,
      p_starts_at => '2100-01-01T00:00Z', p_stop_on_failure => true)`,
    [id, overlap],
  );
  await fireAt(id, '00:00:00');
  const job = await sql.value<string>('select ratchet.trigger_schedule($1)', [id]);
  await sql.rows('select ratchet.terminate($1)', [job]);
}

for (const overlap of ['skip', 'wait']) {
  test.serial(`${overlap}: no occurrence is started beside the run of the last`, async (t) => {
    await triggered(overlap, overlap);
    t.deepEqual(await fireAt(overlap, '01:00:00'), ['00:00']);
    await endRun(overlap, '01:30:00');
    t.deepEqual(await fireAt(overlap, '02:00:00'), ['00:00', '02:00']);
    await sql.rows('select ratchet.delete_schedule($1)', [overlap]);
  });
}

test.serial('the failure of the run that went on ends the schedule', async (t) => {
  await triggered('failing', 'wait');
  await endRun('failing', '00:30:00', { message: 'no' });
  t.deepEqual(await fireAt('failing', '01:00:00'), ['00:00']);
  const state = `select state from ratchet.schedule_status where key = 'failing'`;
  t.regex(await sql.value(state), /^ended: run failing@2100-01-01T00:00:00Z failed$/);
});
