import test from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor, within } from '../support/wait-for';

const { workflow } = Durable;
const REASON = 'the ledger of the house is closed';

async function sleepy(word: string): Promise<string> {
  await workflow.sleep('300 ms');
  return word;
}

async function waiting(word: string): Promise<string> {
  const said = await workflow.condition<string>(`go ${word}`);
  return `${said} ${word}`;
}

/** Refuses what the engine writes about jobs whose id begins with `bad`. */
const refuse = (table: string, job: string, when = 'true') => `
  create function public.refuse_${table}() returns trigger language plpgsql as $$
  begin
    if exists (select from ratchet.jobs where id = ${job} and key like 'bad%') and ${when} then
      raise exception '${REASON}';
    end if;
    return new;
  end $$;
  create trigger refuse before update on ratchet.${table}
  for each row execute function public.refuse_${table}()`;
const ANSWERS = refuse('jobs_attributes', 'new.job_id');
const ENDS = refuse('jobs', 'new.id', 'new.status <= 0');
const RELENT = 'drop function public.refuse_jobs, public.refuse_jobs_attributes cascade';

async function house(t: Parameters<typeof durableTest>[0]) {
  const { url, connection, client, pool } = await durableTest(t);
  for (const run of [sleepy, waiting]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  }
  const start = (run: typeof sleepy, id: string) =>
    client.workflow.start(run, { taskQueue: 'q', workflowId: id, args: [id] });
  const count = async (text: string) => (await pool.query(text)).rowCount;
  return { url, client, pool, start, count };
}

test.serial('a sleep that cannot end ends its own job, with the error', async (t) => {
  const { pool, start } = await house(t);
  await pool.query(ANSWERS);
  const bad = await Promise.all(['bad 1', 'bad 2'].map((id) => start(sleepy, id)));
  const good = await Promise.all(['a', 'b', 'c'].map((id) => start(sleepy, id)));
  for (const handle of good) t.is(await within('a good one', handle.result()), handle.workflowId);
  for (const handle of bad) {
    const error = await t.throwsAsync(within('a bad one', handle.result()));
    t.is(error?.message, `the engine could not answer a step: ${REASON}`);
  }
});

test.serial('a signal that cannot be taken ends the job that waits for it', async (t) => {
  const { client, pool, start } = await house(t);
  await pool.query(ANSWERS);
  const [bad, good] = [await start(waiting, 'bad'), await start(waiting, 'good')];
  await client.workflow.signal('go bad', 'went');
  await client.workflow.signal('go good', 'went');
  t.is(await within('the good one', good.result()), 'went good');
  const error = await t.throwsAsync(within('the bad one', bad.result()));
  t.is(error?.message, `the engine could not answer a step: ${REASON}`);
});

test.serial('a job that cannot be ended either is put off, and loses nothing', async (t) => {
  const { client, pool, start, count } = await house(t);
  await pool.query(`${ANSWERS}; ${ENDS}`);
  const [asleep, waits] = [await start(sleepy, 'bad 1'), await start(waiting, 'bad 2')];
  await client.workflow.signal('go bad 2', 'went');
  await waitFor('both are put off', async () => {
    const late = `kind = 'timer' and due_at > now() + interval '1 minute'`;
    const aside = `kind = 'wait' and key like '%aside go bad 2'`;
    return (await count(`select from ratchet_internal.messages where ${late} or ${aside}`)) === 2;
  });
  const other = await start(sleepy, 'other');
  t.is(await within('another one', other.result()), 'other');
  await pool.query(RELENT);
  await pool.query(`update ratchet_internal.messages set due_at = now() where kind = 'timer'`);
  await pool.query('select ratchet.prune()');
  t.is(await within('the one that slept', asleep.result()), 'bad 1');
  t.is(await within('the one that waited', waits.result()), 'went bad 2');
});

test.serial('a schedule whose runs are refused tells it', async (t) => {
  const { client, pool, start, count } = await house(t);
  await pool.query(`
    create function public.refuse_runs() returns trigger language plpgsql
    as 'begin raise exception ''${REASON}''; end';
    create trigger refuse before insert on ratchet.jobs
    for each row when (new.key like 'bad%') execute function public.refuse_runs()`);
  await client.schedule.create({
    scheduleId: 'bad',
    ...{ workflow: sleepy, taskQueue: 'q', args: ['run'], every: '1 second' },
  });
  const problem = `select from ratchet.schedules where problem = '${REASON}' and look_at > next_at`;
  await waitFor('it tells its problem', () => count(problem));
  t.is(await within('another job', (await start(sleepy, 'other')).result()), 'other');
  await pool.query('drop function public.refuse_runs cascade');
  await pool.query('update ratchet.schedules set look_at = now()');
  const run = `select from ratchet.jobs where key like 'bad%' and status = 0`;
  await waitFor('a run has ended', () => count(run));
  t.is(await count('select from ratchet.schedules where problem is null'), 1);
});

test.serial('of many poisoned jobs none is blamed on what several workers report', async (t) => {
  const { pool, start, url } = await house(t);
  const other = { class: Client, options: { connectionString: url, application_name: 'other' } };
  await Durable.Worker.create({ connection: other, taskQueue: 'q', workflow: sleepy });
  await pool.query(ANSWERS);
  const ids = Array.from({ length: 40 }, (_, index) => `${index % 4 ? 'good' : 'bad'} ${index}`);
  const handles = await Promise.all(ids.map((id) => start(sleepy, id)));
  const ends = await Promise.all(
    handles.map((handle) => within('an end', handle.result()).catch((e: Error) => e.message)),
  );
  const refused = `the engine could not answer a step: ${REASON}`;
  t.deepEqual(
    ends,
    ids.map((id) => (id.startsWith('bad') ? refused : id)),
  );
});
