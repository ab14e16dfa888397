import test from 'ava';
import { engine } from '../../support/engine';

const sql = engine();

const job = `insert into ratchet.jobs
  (key, entity, workflow, queue, status, result, error, created_at, updated_at, finished_at)`;
const step = `insert into ratchet.jobs_attributes
  (job_id, ledger, created_at, position, kind, field)`;
const signal = `insert into ratchet_internal.signals
  (key, namespace, dedup_id, is_new, is_consumed, sent_at, expires_at)`;

const activity = `insert into ratchet_internal.graph_activities
  (version_id, position, name, kind, path, path_names)`;

/** A sound schedule but for what is given instead. */
function schedule(wrong: Record<string, string>, times = 1): string {
  const row = {
    ...{ key: `'s'`, cron: `'@daily'`, workflow: `'w'`, queue: `'q'`, starts_at: 'now()' },
    ...{ next_at: 'now()', look_at: 'now()', created_at: 'now()', updated_at: 'now()', ...wrong },
  };
  return `insert into ratchet.schedules (${Object.keys(row).join(', ')})
    select ${Object.values(row).join(', ')} from generate_series(1, ${times})`;
}

const task = `insert into ratchet.escalations
  (status, assigned_to, job_id, milestones, metadata, created_at, updated_at)`;

/** By the name of the constraint, statements that it must refuse. */
const attacks: Record<string, string[]> = {
  'a workflow id is unique in its namespace': [
    `${job} select 'same', 'e', 'w', 'q', 1, null, null, now(), now(), null
      from generate_series(1, 2)`,
  ],
  'a job is finished exactly when it is not running or reserved': [
    `${job} values ('a', 'e', 'w', 'q', 0, null, null, now(), now(), null)`,
    `${job} values ('a', 'e', 'w', 'q', 1, null, null, now(), now(), now())`,
  ],
  'a job stopped from outside says why, or with which result': [
    `${job} values ('a', 'e', 'w', 'q', -2, null, null, now(), now(), now())`,
  ],
  'a reserved job has a time by which it must be started': [
    `${job} values ('a', 'e', 'w', 'q', -1, null, null, now(), now(), null)`,
  ],
  'only a persistent job outlives its function': [
    `insert into ratchet.jobs (key, entity, workflow, queue, created_at, updated_at, returned_at)
      values ('a', 'e', 'w', 'q', now(), now(), now())`,
  ],
  'the address of a hook is h and its number': ['', ',0,0', 'h0', 'h1#cancel'].map(
    (address) => `insert into ratchet.threads (job_id, address, workflow, queue, input, created_at)
      values (1, '${address}', 'w', 'q', '[]', now())`,
  ),
  'a failed job has no result': [
    `${job} values ('a', 'e', 'w', 'q', 0, '1', '{}', now(), now(), now())`,
  ],
  'a schedule id is unique in its namespace': [schedule({}, 2)],
  'a schedule goes by a cron expression or by an interval': [
    schedule({ cron: 'null' }),
    schedule({ every_ms: '1000' }),
  ],
  'an interval is at least a second': [schedule({ cron: 'null', every_ms: '999' })],
  'catch_up is one the engine knows': [schedule({ catch_up: `'some'` })],
  'what is caught up has an age that is not negative': [schedule({ catch_up_ms: '-1' })],
  'overlap is one the engine knows': [schedule({ overlap: `'some'` })],
  'an interval from the end of a run waits for it': [
    schedule({ is_from_end: 'true', overlap: `'wait'` }),
    schedule({ is_from_end: 'true', cron: 'null', every_ms: '1000' }),
  ],
  'a schedule that stops on a failure waits for its runs': [schedule({ stops_on_failure: 'true' })],
  'a schedule runs at least once': [schedule({ max_runs: '0' })],
  'a paused schedule is not looked at': [schedule({ is_paused: 'true' })],
  'a schedule is not looked at before it is due': [
    schedule({ look_at: `now() - interval '1 day'` }),
  ],
  'a schedule with a next occurrence is looked at, unless it rests': [
    schedule({ look_at: `'infinity'` }),
  ],
  'positions count from 1': [`${step} values (1, 0, now(), 0, 'sleep', 'x')`],
  'kind is one the engine knows': [`${step} values (1, 0, now(), 1, 'other', 'x')`],
  'ledger has at most fifteen digits, the first of them 0, 1 or 2': [
    `${step} values (1, -1, now(), 1, 'sleep', 'x')`,
    `${step} values (1, 301100000000001, now(), 1, 'sleep', 'x')`,
  ],
  'a finalized step has done its first leg': [
    `${step} values (1, 201000000000001, now(), 1, 'sleep', 'x')`,
  ],
  'the first leg is done at most once and digits 5 to 7 are unused': [
    `${step} values (1, 000200000000000, now(), 1, 'sleep', 'x')`,
    `${step} values (1, 000110000000000, now(), 1, 'sleep', 'x')`,
    `${step} values (1, 000100100000000, now(), 1, 'sleep', 'x')`,
  ],
  'a lease lasts from one second to an hour': [
    `insert into ratchet_internal.workers (name, lease_seconds, started_at, expires_at)
      values ('w', 0, now(), now())`,
    `insert into ratchet_internal.workers (name, lease_seconds, started_at, expires_at)
      values ('w', 3601, now(), now())`,
  ],
  'a worker role is known by the beginning of its name': [
    `insert into ratchet_internal.worker_roles (role_name, namespace, queues, created_at)
      values ('app', 'durable', '{q}', now())`,
  ],
  'a worker role has a queue': [
    `insert into ratchet_internal.worker_roles (role_name, namespace, queues, created_at)
      values ('hmsh_wrk_x', 'durable', '{}', now())`,
  ],
  'a consumed signal has been looked at': [
    `${signal} values ('k', 'n', 'd', true, true, now(), now())`,
  ],
  'a dedup id is used once for a signal': [
    `${signal} select 'k', 'n', 'd', true, false, now(), now() from generate_series(1, 2)`,
  ],
  'a topic starts one graph': [
    `with v as (insert into ratchet_internal.graph_versions (space, version, document, deployed_at)
      values ('n:a', '1', '{}', now()) returning id)
      insert into ratchet_internal.graphs (version_id, position)
      select id, at from v cross join generate_series(1, 2) at`,
  ],
  'kind is one that graphs have': [`${activity} values (1, 1, 'x', 'other', '{1}', '{x}')`],
  'a path leads from the trigger to the activity': [
    `${activity} values (1, 1, 'x', 'hook', '{1,2}', '{x,y}')`,
    `${activity} values (1, 1, 'x', 'hook', '{2,1}', '{x}')`,
  ],
  'a measure is one that is counted': [
    `insert into ratchet_internal.graph_facts
      (space, topic, key, bucket, measure, job_key, recorded_at)
      values ('n:a', 't', 'k', '0', 'max', 'j', now())`,
  ],
  'there is one sweep': [`insert into ratchet_internal.sweep (is_only, job_id) values (false, 0)`],
  'status is one the engine knows': [
    `${task} values ('open', null, null, '[]', '{}', now(), now())`,
  ],
  'a task that is claimed says until when': [
    `${task} values ('pending', 'ann', null, '[]', '{}', now(), now())`,
  ],
  'a task that belongs to a step names all of it': [
    `${task} values ('pending', null, 1, '[]', '{}', now(), now())`,
  ],
  'milestones are an array': [`${task} values ('pending', null, null, '{}', '{}', now(), now())`],
  'metadata are an object': [`${task} values ('pending', null, null, '[]', '[]', now(), now())`],
  'access is one the engine knows': [
    `insert into ratchet_internal.grants (function, access) values ('status', 'everyone')`,
  ],
  'only what has a pattern may be a glob': [
    `insert into ratchet_internal.subscriptions (id, owner, namespace, is_glob, expires_at)
      values ('i', 'o', 'n', true, now())`,
  ],
  'a rate is a pause or a number of milliseconds': [
    `insert into ratchet_internal.throttles (namespace, is_engine, rate) values ('n', true, -2)`,
  ],
  'only a throttled route is closed': [
    `with w as (insert into ratchet_internal.workers (name, lease_seconds, started_at, expires_at)
        values ('w', 30, now(), now()) returning id)
      insert into ratchet_internal.worker_routes (worker_id, namespace, queue, opens_at)
      select id, 'n', 'q', now() from w`,
  ],
};

for (const [name, statements] of Object.entries(attacks)) {
  test.serial(name, async (t) => {
    for (const statement of statements) {
      const error = await t.throwsAsync(sql.rows(statement), undefined, statement);
      t.is((error as Error & { constraint?: string }).constraint, name.slice(0, 63), statement);
    }
  });
}

test.serial('no named check is left out', async (t) => {
  const rows = await sql.rows(`select distinct conname as name from pg_constraint k
    join pg_namespace n on n.oid = k.connamespace
    where n.nspname in ('ratchet', 'ratchet_internal') and conname like '% %'`);
  const known = Object.keys(attacks).map((name) => name.slice(0, 63));
  t.deepEqual(rows.map((row) => row['name'] as string).sort(), known.sort());
});
