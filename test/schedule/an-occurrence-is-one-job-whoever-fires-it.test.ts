import test from 'ava';
import type { DatabaseError } from 'pg';
import { codeOf, engine } from '../support/engine';
import { waitFor } from '../support/wait-for';

const sql = engine();

/** Creates a schedule that begins with the year 2100, which is not due by itself. */
async function create(id: string, terms: Record<string, unknown>): Promise<void> {
  const all = { starts_at: '2100-01-01T00:00Z', queue: id, ...terms };
  const names = Object.keys(all).map((name, at) => `p_${name} => $${at + 2}`);
  const values = Object.values(all);
  const text = `select ratchet.create_schedule($1, 'tick', ${names.join(', ')})`;
  await sql.rows(text, [id, ...values]);
}

/** Fires what is due at a time of the year 2100; the ids of the jobs of a schedule then. */
async function fireAt(id: string, at: string): Promise<string[]> {
  await sql.rows('select ratchet_internal.fire_schedules($1)', [`2100-${at}Z`]);
  return jobsOf(id);
}

async function jobsOf(id: string): Promise<string[]> {
  const jobs = await sql.rows<{ key: string }>(
    `select key from ratchet.jobs where starts_with(key, $1 || '@') order by key`,
    [id],
  );
  return jobs.map(({ key }) => key.replace(/^.*@2100-/, '').replace(/:00Z$/, ''));
}

const schedule = (id: string) =>
  sql.rows('select * from ratchet.schedule_status where key = $1', [id]).then(([row]) => row ?? {});

async function endJobs(id: string, at: string, error: unknown = null): Promise<void> {
  await sql.rows(
    `select ratchet_internal.end_jobs(null, $2, array_agg(id), null, array_agg(null::json),
       array_agg($3::json)) from ratchet.jobs where starts_with(key, $1 || '@') and status > 0`,
    [id, `2100-${at}Z`, error === null ? null : JSON.stringify(error)],
  );
}

test.serial(
  'schedules: an occurrence starts its workflow with what the schedule says',
  async (t) => {
    await create('plain', { cron: '0 8 * * *', args: '["a",  1]', options: '{"entity":"report"}' });
    t.deepEqual(await fireAt('plain', '01-01T07:59:59'), []);
    t.deepEqual(await fireAt('plain', '01-01T08:00:00'), ['01-01T08:00']);
    t.deepEqual(await fireAt('plain', '01-01T08:00:30'), ['01-01T08:00']);
    const [job] = await sql.rows(`select workflow, queue, entity, input::text, namespace
    from ratchet.jobs where key = 'plain@2100-01-01T08:00:00Z'`);
    t.deepEqual(job, {
      ...{ workflow: 'tick', queue: 'plain', entity: 'report', input: '["a",  1]' },
      namespace: 'durable',
    });
    const { rule, state, next_at, last_at, last_state, run_count } = await schedule('plain');
    t.deepEqual([rule, state, last_state, run_count], ['cron 0 8 * * *', 'active', 'running', '1']);
    t.is(last_at.toISOString(), '2100-01-01T08:00:00.000Z');
    t.is(next_at.toISOString(), '2100-01-02T08:00:00.000Z');
  },
);

test.serial('schedules: many who fire at once start each occurrence once', async (t) => {
  const ids = Array.from({ length: 20 }, (_, at) => `race-${at}`);
  const terms = { cron: '* * * * *', catch_up: 'all', ends_at: '2100-01-01T00:30Z' };
  for (const id of ids) await create(id, terms);
  const fire = () => sql.rows(`select ratchet_internal.fire_schedules('2100-01-01T00:30Z')`);
  await Promise.all(Array.from({ length: 12 }, fire));
  // Who skipped what another was firing comes again.
  await fire();
  for (const id of ids) {
    t.is((await jobsOf(id)).length, 31, id);
    t.is((await schedule(id)).run_count, '31', id);
  }
});

test.serial('schedules: catch_up says what becomes of missed occurrences', async (t) => {
  for (const catchUp of ['skip', 'one', 'all']) {
    await create(`missed-${catchUp}`, { cron: '*/10 * * * *', catch_up: catchUp });
  }
  await create('missed-window', {
    ...{ cron: '*/10 * * * *', catch_up: 'all', catch_up_window: '15 minutes' },
  });
  await fireAt('missed', '01-01T00:45:00');
  t.deepEqual(await jobsOf('missed-skip'), []);
  t.deepEqual(await jobsOf('missed-one'), ['01-01T00:40']);
  t.deepEqual(
    await jobsOf('missed-all'),
    ['00', '10', '20', '30', '40'].map((minute) => `01-01T00:${minute}`),
  );
  t.deepEqual(await jobsOf('missed-window'), ['01-01T00:30', '01-01T00:40']);
  // What is noticed within a minute is not missed.
  await fireAt('missed', '01-01T00:50:59');
  t.deepEqual(await jobsOf('missed-skip'), ['01-01T00:50']);
});

test.serial('schedules: years of missed seconds are one run, or a batch at a time', async (t) => {
  await create('second-one', { cron: '* * * * * *' });
  await create('second-all', { every: '1 second', catch_up: 'all', catch_up_window: '4 minutes' });
  t.deepEqual(await fireAt('second-one', '12-31T23:59:59.5'), ['12-31T23:59:59Z']);
  t.is((await jobsOf('second-all')).length, 100);
  await fireAt('second-all', '12-31T23:59:59.5');
  await fireAt('second-all', '12-31T23:59:59.5');
  t.is((await jobsOf('second-all')).length, 240);
  t.is(new Set(await jobsOf('second-all')).size, 240);
  await sql.rows(
    `select ratchet.delete_schedule('second-one'), ratchet.delete_schedule('second-all')`,
  );
});

test.serial(
  'schedules: overlap says what becomes of an occurrence while a run goes on',
  async (t) => {
    for (const overlap of ['allow', 'skip', 'wait']) {
      await create(`lap-${overlap}`, { every: '1 hour', overlap, catch_up: 'all' });
    }
    await fireAt('lap', '01-01T00:00:00');
    await fireAt('lap', '01-01T01:00:00');
    t.deepEqual(await jobsOf('lap-allow'), ['01-01T00:00', '01-01T01:00']);
    t.deepEqual(await jobsOf('lap-skip'), ['01-01T00:00']);
    t.deepEqual(await jobsOf('lap-wait'), ['01-01T00:00']);
    t.regex((await schedule('lap-wait')).state, /^waits for the end of lap-wait@/);
    for (const overlap of ['allow', 'skip', 'wait']) {
      await endJobs(`lap-${overlap}`, '01-01T01:20:00');
    }
    await fireAt('lap', '01-01T01:20:01');
    t.deepEqual(await jobsOf('lap-skip'), ['01-01T00:00']);
    t.deepEqual(await jobsOf('lap-wait'), ['01-01T00:00', '01-01T01:00']);
    await fireAt('lap', '01-01T02:00:00');
    t.deepEqual(await jobsOf('lap-skip'), ['01-01T00:00', '01-01T02:00']);
  },
);

test.serial(
  'schedules: an interval may count from the end of each run, which may be the last',
  async (t) => {
    const terms = { every: '1 hour', from_end: true, stop_on_failure: true, max_runs: 3 };
    await create('after', terms);
    await create('thrice', terms);
    await fireAt('after', '01-01T00:00:00');
    await fireAt('after', '01-01T01:30:00');
    t.deepEqual(await jobsOf('after'), ['01-01T00:00']);
    await endJobs('after', '01-01T01:40:00');
    await endJobs('thrice', '01-01T01:40:00');
    await fireAt('after', '01-01T02:00:00');
    t.is((await schedule('after')).next_at.toISOString(), '2100-01-01T02:40:00.000Z');
    t.deepEqual(await fireAt('after', '01-01T02:40:00'), ['01-01T00:00', '01-01T02:40']);
    await endJobs('after', '01-01T03:00:00', { message: 'no' });
    await endJobs('thrice', '01-01T03:00:00');
    await fireAt('after', '01-01T03:40:01');
    await fireAt('after', '01-01T04:00:01');
    t.deepEqual(await jobsOf('after'), ['01-01T00:00', '01-01T02:40']);
    t.is((await schedule('after')).state, 'ended: run after@2100-01-01T02:40:00Z failed');
    t.is((await jobsOf('thrice')).length, 3);
    t.is((await schedule('thrice')).state, 'ended');
  },
);

test.serial('schedules: paused, resumed, altered, triggered, ended, deleted', async (t) => {
  const call = (name: string, ...more: unknown[]) =>
    sql.value(
      `select ratchet.${name}_schedule($1${more.map((_, at) => `, $${at + 2}`).join('')})`,
      ['kept', ...more],
    );
  await create('kept', { cron: '0 0 * * *', ends_at: '2100-01-05T00:00Z' });
  await call('pause');
  await call('pause');
  t.is((await schedule('kept')).state, 'paused');
  t.deepEqual(await fireAt('kept', '01-03T00:00:00'), []);
  t.is((await call('resume')).toISOString(), '2100-01-01T00:00:00.000Z');
  t.deepEqual(await fireAt('kept', '01-01T00:00:00'), ['01-01T00:00']);
  await sql.rows(`select ratchet.alter_schedule('kept', p_cron => '0 6 * * *')`);
  t.deepEqual(await fireAt('kept', '01-02T06:00:10'), ['01-01T00:00', '01-02T06:00']);
  t.is(await call('trigger', 'durable', 'by-hand'), 'by-hand');
  t.is(await call('trigger', 'durable', 'by-hand'), 'by-hand');
  t.regex(await call('trigger'), /^kept@\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  await fireAt('kept', '01-06T12:00:00');
  const { state, next_at, run_count } = await schedule('kept');
  t.deepEqual([state, next_at, run_count], ['ended', null, '5']);
  t.true(await call('delete'));
  t.false(await call('delete'));
  for (const name of ['pause', 'resume', 'trigger', 'alter']) {
    t.is(await codeOf(call(name)), 'WF203', name);
  }
});

test.serial(
  'schedules: the same schedule again changes nothing, another of its id is refused',
  async (t) => {
    const again = (cron: string) =>
      codeOf(sql.rows(`select ratchet.create_schedule('twin', 'tick', $1)`, [cron]));
    t.is(await again('0 0 1 1 *'), 'ok');
    t.is(await again('0 0 1 1 *'), 'ok');
    t.is(await again('0 0 2 1 *'), 'WF306');
    t.is(await sql.value(`select count(*) from ratchet.schedules where key = 'twin'`), '1');
  },
);

test.serial(
  'schedules: a rule that cannot be read any more ends, and holds up nobody',
  async (t) => {
    await create('broken-zone', { cron: '* * * * *' });
    await create('broken-cron', { cron: '* * * * *' });
    await create('sound', { cron: '* * * * *' });
    await sql.rows(
      `update ratchet.schedules set timezone = 'Atlantis/Port' where key = 'broken-zone'`,
    );
    await sql.rows(`update ratchet.schedules set cron = 'nonsense' where key = 'broken-cron'`);
    t.deepEqual(await fireAt('sound', '01-01T00:00:00'), ['01-01T00:00']);
    t.regex((await schedule('broken-zone')).state, /^ended: .*Atlantis/);
    t.is((await schedule('broken-cron')).state, 'ended: invalid cron expression');
  },
);

test.serial('schedules: bad terms are refused with the option that is wrong', async (t) => {
  const bad: [Record<string, unknown>, string][] = [
    [{}, 'WF104'],
    [{ cron: '* * * * *', every: '1 hour' }, 'WF104'],
    [{ every: '1 month' }, 'WF104'],
    [{ every: '999 milliseconds' }, 'WF104'],
    [{ every: '-1 hour' }, 'WF104'],
    [{ cron: '* * * *' }, 'WF108'],
    [{ cron: '* * * * *', timezone: 'Berlin' }, 'WF104'],
    [{ cron: '* * * * *', catch_up: 'some' }, 'WF104'],
    [{ cron: '* * * * *', catch_up_window: '-1 hour' }, 'WF104'],
    [{ cron: '* * * * *', overlap: 'cancel' }, 'WF104'],
    [{ cron: '* * * * *', from_end: true }, 'WF104'],
    [{ every: '1 hour', from_end: true, overlap: 'skip' }, 'WF104'],
    [{ every: '1 hour', max_runs: 0 }, 'WF104'],
    [{ every: '1 hour', starts_at: 'infinity' }, 'WF104'],
    [{ every: '1 hour', args: '{}' }, 'WF102'],
    [{ every: '1 hour', options: '{"delay":1}' }, 'WF104'],
    [{ every: '1 hour', options: '{"pending":60}' }, 'WF104'],
    [{ every: '1 hour', options: '{"retries":1}' }, 'WF104'],
    [{ every: '1 hour', queue: '' }, 'WF101'],
    [{ every: '1 hour', namespace: 'a\u0007' }, 'WF101'],
  ];
  for (const [terms, code] of bad) {
    t.is(await codeOf(create('bad', terms)), code, JSON.stringify(terms));
  }
  t.is(await codeOf(create('i'.repeat(500), { every: '1 hour' })), 'WF101');
});

test.serial('schedules: one whose runs would only reserve their ids is refused', async (t) => {
  await create('reserves', { every: '1 hour' });
  const alter = `select ratchet.alter_schedule('reserves', p_options => '{"pending":60}')`;
  const refusals = [sql.rows(alter), create('r', { every: '1 hour', options: '{"pending":60}' })];
  const option = 'options.pending (leave it out: a run begins when it is due)';
  for (const [at, schedule] of ['reserves', 'r'].entries()) {
    const error = await t.throwsAsync<DatabaseError>(refusals[at] ?? Promise.resolve());
    t.deepEqual(JSON.parse(error?.detail ?? ''), { option, schedule });
  }
  t.is(await sql.value(`select options from ratchet.schedules where key = 'reserves'`), null);
});

test.serial(
  'schedules: an exchange fires what is due; an idle worker knows when to look',
  async (t) => {
    const queue = sql.name();
    const worker = await sql.worker(queue, 'tick');
    await sql.rows(
      `select ratchet.create_schedule($1, 'tick', p_every => '1 second', p_queue => $1,
       p_max_runs => 2, p_starts_at => ratchet_internal.now() + interval '700 milliseconds')`,
      [queue],
    );
    const look = () => sql.exchange(worker, { idle: true });
    const first = await look();
    t.is(first[0]?.kind, 'next');
    t.true(Number(first[0]?.value) <= 700);
    const seen: string[] = [];
    await waitFor('both runs are handed out', async () => {
      seen.push(
        ...(await look()).filter(({ kind }) => kind === 'start').map((row) => row.workflow_id),
      );
      return seen.length >= 2;
    });
    t.is(new Set(seen).size, 2);
    t.true(seen.every((id) => id.startsWith(`${queue}@`)));
    await sql.rows('select ratchet.unregister_worker($1)', [worker]);
  },
);
