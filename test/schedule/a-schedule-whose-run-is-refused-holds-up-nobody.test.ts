import test from 'ava';
import { codeOf, engine } from '../support/engine';

const sql = engine();

/** Refuses, until it is dropped, every job of a schedule whose id begins with `bad`. */
async function refuse(t: { teardown: (end: () => unknown) => void }, code: string) {
  await sql.rows(`
    create function public.refuse() returns trigger language plpgsql as $$
    begin
      if new.key like 'bad%' then raise exception 'closed' using errcode = '${code}'; end if;
      return new;
    end $$;
    create trigger refuse before insert on ratchet.jobs
    for each row execute function public.refuse()`);
  const relent = () => sql.rows('drop function if exists public.refuse cascade');
  t.teardown(relent);
  return relent;
}

/** Two schedules that are due, of which the first is refused, and their worker. */
async function due() {
  const queue = sql.name();
  for (const id of [`bad-${queue}`, queue]) {
    await sql.rows(
      `select ratchet.create_schedule($1, $2, p_every => '1 hour', p_delay => '0', p_queue => $2)`,
      [id, queue],
    );
  }
  return { bad: `bad-${queue}`, good: queue, worker: await sql.worker(queue) };
}

/** Which schedules start something: the call after the one that fires them has their jobs. */
async function startsOf(worker: string) {
  const work = [...(await sql.exchange(worker)), ...(await sql.exchange(worker))];
  return work.map((row) => row.workflow_id.replace(/@.*/, ''));
}

const passing = ['21000', '09000', '0A000', '40001', '40P01', '45000', '53200', '54001', '55P03'];

for (const code of [...passing, 'XX000', 'P0001', '23514', '22012', 'WF501']) {
  test.serial(`an error ${code}: the others run, and it is tried again`, async (t) => {
    const { bad, good, worker } = await due();
    const relent = await refuse(t, code);
    t.deepEqual(await startsOf(worker), [good]);
    const [row] = await sql.rows(
      `select problem, next_at <= ratchet_internal.now() as is_due,
        look_at - ratchet_internal.now() between '50 seconds' and '1 minute' as is_later
      from ratchet.schedules where key = $1`,
      [bad],
    );
    t.deepEqual(row, { problem: 'closed', is_due: true, is_later: true });
    await relent();
    await sql.rows(`update ratchet.schedules set look_at = next_at where key = $1`, [bad]);
    t.deepEqual(await startsOf(worker), [bad]);
  });
}

test.serial('its state says that it is tried again, and not that it has ended', async (t) => {
  const { bad, worker } = await due();
  const relent = await refuse(t, 'P0001');
  await startsOf(worker);
  const state = () =>
    sql.value<string>('select state from ratchet.schedule_status where key = $1', [bad]);
  t.is(await state(), 'is tried again: closed');
  await relent();
  await sql.rows(`update ratchet.schedules set look_at = next_at where key = $1`, [bad]);
  await startsOf(worker);
  t.is(await state(), 'active');
});

test.serial('resumed after a pause it goes on without its problem', async (t) => {
  const { bad, worker } = await due();
  await refuse(t, 'P0001');
  await startsOf(worker);
  const [row] = await sql.rows(
    `select ratchet.pause_schedule($1), ratchet.resume_schedule($1) is not null as is_due`,
    [bad],
  );
  t.true(row?.['is_due']);
  const text = 'select state from ratchet.schedule_status where key = $1';
  t.is(await sql.value(text, [bad]), 'active');
});

test.serial('damaged files, and errors that only their author knows, are told', async (t) => {
  for (const code of ['XX001', 'XX002', 'MY001']) {
    const { bad, worker } = await due();
    const relent = await refuse(t, code);
    t.is(await codeOf(sql.exchange(worker)), code);
    await relent();
    await sql.rows('select ratchet.delete_schedule($1)', [bad]);
  }
});
