import test from 'ava';
import { engine } from '../support/engine';
import { nextCentury } from '../support/next-century';

const sql = engine();
const { fireAt, endRun } = nextCentury(sql);

/** Creates a schedule that begins with the year 2100 and counts from the end of each run. */
async function create(id: string, endsAt: string, every = '1 hour'): Promise<void> {
  await sql.rows(
    `select ratchet.create_schedule($1, 'tick', p_every => $2, p_from_end => true,
      p_starts_at => '2100-01-01T00:00Z', p_ends_at => $3, p_queue => $1)`,
    [id, every, `2100-01-01T${endsAt}Z`],
  );
}

const stateOf = (id: string) =>
  sql.value<string>('select state from ratchet.schedule_status where key = $1', [id]);

test.serial('counted from the end of its run, the next would be too late', async (t) => {
  await create('late', '01:00');
  t.deepEqual(await fireAt('late', '00:00'), ['00:00']);
  await endRun('late', '00:10');
  t.deepEqual(await fireAt('late', '01:00'), ['00:00']);
  t.is(await stateOf('late'), 'ended');
  t.deepEqual(await fireAt('late', '01:10'), ['00:00']);
});

test.serial('counted from the end of its run, the last is just in time', async (t) => {
  await create('timely', '01:10');
  await fireAt('timely', '00:00');
  await endRun('timely', '00:10');
  t.deepEqual(await fireAt('timely', '01:00'), ['00:00']);
  t.is(await stateOf('timely'), 'active');
  t.deepEqual(await fireAt('timely', '01:10'), ['00:00', '01:10']);
  t.is(await stateOf('timely'), 'ended');
});

test.serial('looked at after its end, what would have been too late is not made up', async (t) => {
  await create('missed', '01:05');
  await fireAt('missed', '00:00');
  await endRun('missed', '00:10');
  t.deepEqual(await fireAt('missed', '01:40'), ['00:00']);
  t.is(await stateOf('missed'), 'ended');
});

test.serial('an interval that reaches beyond the end: the first run is the last', async (t) => {
  await create('once', '01:00', '2 hours');
  t.deepEqual(await fireAt('once', '00:00'), ['00:00']);
  t.is(await stateOf('once'), 'ended');
});

test.serial('a next occurrence that was written as too late is none', async (t) => {
  for (const catchUp of ['skip', 'one', 'all']) {
    await create(catchUp, '01:00');
    await fireAt(catchUp, '00:00');
    await endRun(catchUp, '00:00');
    await sql.rows(
      `update ratchet.schedules set catch_up = $1, next_at = '2100-01-01T01:20Z',
        look_at = '2100-01-01T01:20Z', is_from_end = $1 = 'skip' where key = $1`,
      [catchUp],
    );
    t.deepEqual(await fireAt(catchUp, '01:30'), ['00:00']);
    t.is(await stateOf(catchUp), 'ended');
  }
});
