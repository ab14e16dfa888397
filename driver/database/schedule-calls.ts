import type { Database, Queryable } from './database';
import { call } from './call';

/** What a schedule is created or altered with; null is the default, or leaves it as it is. */
export interface ScheduleTerms {
  id: string;
  namespace: string;
  workflow: string | null;
  queue: string | null;
  args: string | null;
  cron: string | null;
  everyMs: number | null;
  timezone: string | null;
  startsAt: string | null;
  endsAt: string | null;
  catchUp: string | null;
  catchUpMs: number | null;
  overlap: string | null;
  isFromEnd: boolean | null;
  stopsOnFailure: boolean | null;
  maxRuns: number | null;
  options: string | null;
}

/** A row of the view `ratchet.schedule_status`; times are milliseconds since 1970. */
export interface ScheduleRow {
  key: string;
  workflow: string;
  queue: string;
  rule: string;
  timezone: string;
  state: string;
  nextAt: number | null;
  lastAt: number | null;
  lastJob: string | null;
  lastState: string | null;
  runCount: number;
}

const MS = (time: string) => `(extract(epoch from ${time}) * 1000)::float8`;
const TERMS = `p_id => $1, p_namespace => $2, p_workflow => $3, p_queue => $4, p_args => $5,
  p_cron => $6, p_every => $7::float8 * interval '1 millisecond', p_timezone => $8,
  p_starts_at => $9, p_ends_at => $10, p_catch_up => $11,
  p_catch_up_window => $12::float8 * interval '1 millisecond', p_overlap => $13,
  p_from_end => $14, p_stop_on_failure => $15, p_max_runs => $16, p_options => $17`;
const CREATE = `select ${MS(`ratchet.create_schedule(${TERMS}, p_paused => $18,
  p_delay => $19::float8 * interval '1 millisecond')`)}`;
const ALTER = `select ${MS(`ratchet.alter_schedule(${TERMS})`)}`;
const PAUSE = 'select ratchet.pause_schedule($1, $2)';
const RESUME = `select ${MS('ratchet.resume_schedule($1, $2)')}`;
const DELETE = 'select ratchet.delete_schedule($1, $2)';
const TRIGGER = 'select ratchet.trigger_schedule($1, $2, $3)';
const INPUT = 'select input::text from ratchet.schedules where key = $1 and namespace = $2';
const STATUS = `select key, workflow, queue, rule, timezone, state, ${MS('next_at')},
    ${MS('last_at')}, last_job, last_state, run_count
  from ratchet.schedule_status where namespace = $1 and ($2::text is null or key = $2)
  order by key`;

function valuesOf(terms: ScheduleTerms): unknown[] {
  return [
    ...[terms.id, terms.namespace, terms.workflow, terms.queue, terms.args, terms.cron],
    ...[terms.everyMs, terms.timezone, terms.startsAt, terms.endsAt, terms.catchUp],
    ...[terms.catchUpMs, terms.overlap, terms.isFromEnd, terms.stopsOnFailure, terms.maxRuns],
    terms.options,
  ];
}

/** Milliseconds since 1970; null where there is no such time. */
function timeOf(text: string | null): number | null {
  const time = text === null ? NaN : Number(text);
  return Number.isFinite(time) ? time : null;
}

export async function createSchedule(
  database: Database,
  terms: ScheduleTerms,
  { isPaused, delayMs }: { isPaused: boolean; delayMs: number | null },
  tx?: Queryable,
): Promise<number | null> {
  const { catchUp, catchUpMs, endsAt, overlap, timezone, args } = terms;
  const defaults = {
    ...{ catchUp: catchUp ?? 'one', catchUpMs: catchUpMs ?? 86_400_000, args: args ?? '[]' },
    ...{ endsAt: endsAt ?? 'infinity', overlap: overlap ?? 'allow', timezone: timezone ?? 'UTC' },
  };
  return timeOf(
    await call(database, tx, CREATE, [...valuesOf({ ...terms, ...defaults }), isPaused, delayMs]),
  );
}

export async function alterSchedule(
  database: Database,
  terms: ScheduleTerms,
  tx?: Queryable,
): Promise<number | null> {
  return timeOf(await call(database, tx, ALTER, valuesOf(terms)));
}

type Named = [id: string, namespace: string];

export async function pauseSchedule(database: Database, named: Named, tx?: Queryable) {
  await call(database, tx, PAUSE, named);
}

export async function resumeSchedule(database: Database, named: Named, tx?: Queryable) {
  return timeOf(await call(database, tx, RESUME, named));
}

/** Whether there was one. */
export async function deleteSchedule(database: Database, named: Named, tx?: Queryable) {
  const answer: unknown = await call(database, tx, DELETE, named);
  return answer === 't' || answer === true; // as text, or as the caller's own client reads it
}

/** Starts a run now under the id given. */
export async function triggerSchedule(
  database: Database,
  named: Named,
  workflowId: string,
  tx?: Queryable,
) {
  await call(database, tx, TRIGGER, [...named, workflowId]);
}

/** The arguments of a schedule as they are stored; null when there is none of that id. */
export async function readScheduleInput(database: Database, named: Named, tx?: Queryable) {
  return call(database, tx, INPUT, named);
}

/** The schedules of a namespace, or the one of an id. */
export async function readSchedules(
  database: Database,
  namespace: string,
  id: string | null,
): Promise<ScheduleRow[]> {
  const rows = await database.rows<(string | null)[]>(STATUS, [namespace, id]);
  return rows.map((row) => {
    const [key, workflow, queue, rule, timezone, state] = row.map((text) => text ?? '');
    return {
      ...{ key: key ?? '', workflow: workflow ?? '', queue: queue ?? '', rule: rule ?? '' },
      ...{ timezone: timezone ?? '', state: state ?? '', runCount: Number(row[10]) },
      ...{ nextAt: timeOf(row[6] ?? null), lastAt: timeOf(row[7] ?? null) },
      ...{ lastJob: row[8] ?? null, lastState: row[9] ?? null },
    };
  });
}
