import test from 'ava';
import { engine } from '../support/engine';
import { nextCentury } from '../support/next-century';

const sql = engine();
const { fireAt, endRun, timeOf } = nextCentury(sql);
const fail = (id: string, at: string) => endRun(id, at, { message: 'no' });

/** Creates a schedule that begins with the year 2100 and ends with the first run that fails. */
const create = (id: string) =>
  sql.rows(
    `select ratchet.create_schedule($1, 'tick', p_every => '1 hour', p_stop_on_failure => true,
      p_starts_at => '2100-01-01T00:00Z', p_queue => $1)`,
    [id],
  );

/** The clock of the test stands before the first occurrence: the next one is said. */
const setNext = (id: string, at: string) =>
  sql.rows('update ratchet.schedules set next_at = $2, look_at = $2 where key = $1', [
    id,
    timeOf(at),
  ]);

const stateOf = (id: string) =>
  sql.value<string>('select state from ratchet.schedule_status where key = $1', [id]);

const isOver = (id: string) =>
  sql.value<boolean>(
    'select ratchet_internal.is_schedule_over(s) from ratchet.schedules s where key = $1',
    [id],
  );

const revivals: Record<string, string[]> = {
  altered: [`select ratchet.alter_schedule($1, p_args => '["mended"]')`],
  resumed: ['select ratchet.pause_schedule($1)', 'select ratchet.resume_schedule($1)'],
};

for (const [name, calls] of Object.entries(revivals)) {
  test.serial(`${name}, it runs again, until a run fails anew`, async (t) => {
    await create(name);
    await fireAt(name, '00:00');
    await fail(name, '00:10');
    const first = `${name}@2100-01-01T00:00:00Z`;
    t.deepEqual(await fireAt(name, '01:00'), ['00:00']);
    t.is(await stateOf(name), `ended: run ${first} failed`);
    t.true(await isOver(name));
    for (const call of calls) await sql.rows(call, [name]);
    t.false(await isOver(name));
    const [kept] = await sql.rows('select * from ratchet.schedule_status where key = $1', [name]);
    t.like(kept, { state: 'active', last_job: first, last_state: 'failed', run_count: '1' });
    await setNext(name, '02:00');
    t.deepEqual(await fireAt(name, '02:00'), ['00:00', '02:00']);
    await fail(name, '02:10');
    t.deepEqual(await fireAt(name, '03:00'), ['00:00', '02:00']);
    t.is(await stateOf(name), `ended: run ${name}@2100-01-01T02:00:00Z failed`);
  });

  test.serial(`${name} while a run goes on that fails later, it ends`, async (t) => {
    const id = `${name}-early`;
    await create(id);
    await fireAt(id, '00:00');
    for (const call of calls) await sql.rows(call, [id]);
    await setNext(id, '01:00');
    await fail(id, '00:10');
    t.deepEqual(await fireAt(id, '01:00'), ['00:00']);
    t.is(await stateOf(id), `ended: run ${id}@2100-01-01T00:00:00Z failed`);
  });
}

test.serial('a run of the same id that was started by hand and fails ends it', async (t) => {
  const trigger = `select ratchet.trigger_schedule('hand', p_job => 'by-hand')`;
  await create('hand');
  await sql.rows(trigger);
  await fail('hand', '00:00');
  await sql.rows(`select ratchet.alter_schedule('hand', p_args => '[1]')`);
  await sql.rows(`delete from ratchet.jobs where key = 'by-hand'`);
  await sql.rows(trigger);
  await fail('hand', '00:00');
  t.deepEqual(await fireAt('hand', '00:00'), []);
  t.is(await stateOf('hand'), 'ended: run by-hand failed');
});
