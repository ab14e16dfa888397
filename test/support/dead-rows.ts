import type { engine } from './engine';

const TABLES = ['jobs', 'jobs_attributes', 'threads', 'escalations']
  .map((name) => `ratchet.${name}`)
  .concat('ratchet_internal.messages', 'ratchet_internal.signals');

const FILL = `
  with job as (
    insert into ratchet.jobs (key, entity, workflow, queue, status, created_at, updated_at)
    select $1 || i, $1, $1, $1, 1, now(), now() from generate_series(1, $2::int) i
    returning id),
  step as (
    insert into ratchet.jobs_attributes (job_id, ledger, created_at, position, kind, field)
    select id, ratchet_internal.leg1_done(0), now(), 1, 'sleep', '00001 sleep' from job),
  hook as (
    insert into ratchet.threads (job_id, address, workflow, queue, input, created_at)
    select id, 'h1', $1, $1, '[]', now() from job),
  task as (
    insert into ratchet.escalations
      (job_id, address, position, signal_key, namespace, app_id, type, role, created_at, updated_at)
    select id, '', 4, id::text, $1, $1, $1, $1, now(), now() from job),
  signal as (
    insert into ratchet_internal.signals (key, namespace, is_new, sent_at, expires_at)
    select id::text, $1, false, now(), now() from job)
  insert into ratchet_internal.messages
    (job_id, due_at, position, kind, namespace, queue, workflow, worker_id, key, attempt)
  select id, now(), kind.number - 1, kind.name, 'durable', $1,
    case when kind.name = 'activity' then '' else $1 end,
    case when kind.name = 'result' then id end,
    case when kind.name = 'wait' or kind.name = 'child' and id % 2 = 0 then id::text
      when kind.name = 'child' then '' end, 1
  from job
  cross join unnest(array['turn', 'activity', 'timer', 'wait', 'child', 'result'])
    with ordinality kind (name, number)`;

/**
 * Leaves dead rows of another queue and nothing else in the tables, and statistics that say so: the
 * worst that plans can be made with, for the whole of an index seems to be a single row. Dead
 * signals and waits that are new are not among them: every exchange passes by those.
 */
export async function leaveDeadRows(sql: ReturnType<typeof engine>, jobs: number): Promise<void> {
  await addRows(sql, jobs);
  for (const table of TABLES) await sql.rows(`delete from ${table}`);
  await sql.rows(`analyze ${TABLES.join()}`);
}

/** Rows of another queue, which stay until the tables are emptied. */
export async function addRows(sql: ReturnType<typeof engine>, jobs: number): Promise<void> {
  await sql.rows(FILL, [`other-${sql.name()}`, jobs]);
}

/** As after the installation, down to the pages that tables have. */
export async function emptyTables(sql: ReturnType<typeof engine>): Promise<void> {
  await sql.rows(`truncate ${TABLES.join()} cascade`);
}
