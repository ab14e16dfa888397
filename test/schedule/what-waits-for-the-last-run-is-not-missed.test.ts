import test from 'ava';
import { engine } from '../support/engine';
import { nextCentury } from '../support/next-century';

const sql = engine();
const { fireAt, endRun } = nextCentury(sql);

/** Creates a schedule of every five minutes from the year 2100 on. */
async function create(id: string, catchUp: string, overlap = 'wait', every = '5 minutes') {
  await sql.rows(
    `select ratchet.create_schedule($1, 'tick', p_every => $4, p_overlap => $3, p_queue => $1,
      p_catch_up => $2, p_catch_up_window => '10 minutes', p_starts_at => '2100-01-01T00:00Z')`,
    [id, catchUp, overlap, every],
  );
}

const nextOf = (id: string) =>
  sql.value<string>(
    `select to_char(next_at at time zone 'UTC', 'HH24:MI') from ratchet.schedules where key = $1`,
    [id],
  );

const dropped = (id: string) => sql.rows('select ratchet.delete_schedule($1)', [id]);

for (const catchUp of ['skip', 'one', 'all']) {
  test.serial(`${catchUp}: an occurrence that waits for 90 seconds is started`, async (t) => {
    const id = `short-${catchUp}`;
    await create(id, catchUp);
    await fireAt(id, '00:00:00');
    t.deepEqual(await fireAt(id, '00:05:00'), ['00:00']);
    await fireAt(id, '00:06:29');
    await endRun(id, '00:06:30');
    t.deepEqual(await fireAt(id, '00:06:30.5'), ['00:00', '00:05']);
    t.is(await nextOf(id), '00:10');
    await endRun(id, '00:07:00');
    t.deepEqual(await fireAt(id, '00:10:00'), ['00:00', '00:05', '00:10']);
    await dropped(id);
  });
}

// What waits behind the one that waits is as late as any: catch_up says what becomes of it.
for (const [catchUp, started] of Object.entries({
  skip: ['00:05', '00:30'],
  one: ['00:30'],
  all: ['00:05', '00:25', '00:30'],
})) {
  test.serial(`${catchUp}: what is started after a run of half an hour`, async (t) => {
    const id = `long-${catchUp}`;
    await create(id, catchUp);
    for (const at of ['00:00:00', '00:05:00', '00:29:59']) {
      t.deepEqual(await fireAt(id, at), ['00:00']);
    }
    const runs = ['00:00'];
    // Runs of no time, and a worker that looks each second.
    for (let second = 10; second < 50; second += 2) {
      await endRun(id, `00:30:${second}`);
      await fireAt(id, `00:30:${second}`);
      runs.splice(0, runs.length, ...(await fireAt(id, `00:30:${second + 1}`)));
    }
    t.deepEqual(runs, ['00:00', ...started]);
    await dropped(id);
  });
}

test.serial('skip: what nobody saw in time is missed, though a run goes on', async (t) => {
  await create('unseen', 'skip');
  await fireAt('unseen', '00:00:00');
  // No worker was there from then on; the first one finds the run unfinished.
  await fireAt('unseen', '00:08:00');
  t.is(await nextOf('unseen'), '00:10');
  await endRun('unseen', '00:08:10');
  t.deepEqual(await fireAt('unseen', '00:09:00'), ['00:00']);
  t.deepEqual(await fireAt('unseen', '00:10:00'), ['00:00', '00:10']);
  await dropped('unseen');
});

test.serial('skip: what was refused is tried again, as its state says', async (t) => {
  await create('refused', 'skip', 'allow');
  await sql.rows(`
    create function public.refuse() returns trigger language plpgsql as $$
    begin raise exception 'closed'; end $$;
    create trigger refuse before insert on ratchet.jobs
    for each row execute function public.refuse()`);
  const relent = () => sql.rows('drop function if exists public.refuse cascade');
  t.teardown(relent);
  t.deepEqual(await fireAt('refused', '00:00:01'), []);
  await relent();
  t.deepEqual(await fireAt('refused', '00:01:02'), ['00:00']);
  t.is(await nextOf('refused'), '00:05');
  await dropped('refused');
});
