-- One row a schedule: a rule for when, and the workflow that is started then. The job of an
-- occurrence is named after it (<schedule>@2026-03-29T01:30:00Z), and the row moves on to the next
-- occurrence in the commit that starts it: each occurrence is one job, whoever fires it. next_at is
-- the next occurrence, look_at when the engine looks at the row: earlier than that nothing is due.

create table ratchet.schedules (
  id bigint generated always as identity primary key,
  key text collate "C" not null,
  namespace text collate "C" not null default 'durable',
  cron text,
  every_ms bigint,
  timezone text not null default 'UTC',
  starts_at timestamptz not null,
  ends_at timestamptz not null default 'infinity',
  is_paused boolean not null default false,
  catch_up text not null default 'one',
  catch_up_ms bigint not null default 86400000,
  overlap text not null default 'allow',
  is_from_end boolean not null default false,
  stops_on_failure boolean not null default false,
  max_runs bigint,
  workflow text collate "C" not null,
  queue text collate "C" not null,
  input json not null default '[]',
  options json,
  next_at timestamptz not null,
  look_at timestamptz not null,
  last_at timestamptz,
  last_key text collate "C",
  forgotten_key text collate "C",
  run_count bigint not null default 0,
  problem text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint "a schedule id is unique in its namespace" unique (key, namespace),
  constraint "a schedule goes by a cron expression or by an interval"
    check ((cron is null) <> (every_ms is null)),
  constraint "an interval is at least a second" check (every_ms >= 1000),
  constraint "catch_up is one the engine knows" check (catch_up in ('skip', 'one', 'all')),
  constraint "what is caught up has an age that is not negative" check (catch_up_ms >= 0),
  constraint "overlap is one the engine knows" check (overlap in ('allow', 'skip', 'wait')),
  constraint "an interval from the end of a run waits for it"
    check (not is_from_end or every_ms is not null and overlap = 'wait'),
  constraint "a schedule that stops on a failure waits for its runs"
    check (not stops_on_failure or overlap <> 'allow'),
  constraint "a schedule runs at least once" check (max_runs >= 1),
  constraint "a paused schedule is not looked at" check (not is_paused or look_at = 'infinity'),
  constraint "a schedule is not looked at before it is due" check (look_at >= next_at),
  constraint "a schedule with a next occurrence is looked at, unless it rests"
    check (is_paused or (look_at = 'infinity') = (next_at = 'infinity'))
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

create index schedules_due on ratchet.schedules (look_at);

comment on table ratchet.schedules is
  'One row a schedule: when it is due, and the workflow that is started then.';
comment on column ratchet.schedules.id is 'Number of the schedule.';
comment on column ratchet.schedules.key is
  'The id its caller chose, unique in the namespace; the ids of its jobs begin with it.';
comment on column ratchet.schedules.namespace is 'Namespace of the jobs it starts.';
comment on column ratchet.schedules.cron is 'When it is due, as a cron expression.';
comment on column ratchet.schedules.every_ms is
  'When it is due, as a number of milliseconds counted from starts_at.';
comment on column ratchet.schedules.timezone is
  'IANA time zone in which the cron expression is read.';
comment on column ratchet.schedules.starts_at is
  'No occurrence is earlier; the first one of an interval.';
comment on column ratchet.schedules.ends_at is 'No occurrence is later.';
comment on column ratchet.schedules.is_paused is
  'Whether it rests; what would be due meanwhile is left out.';
comment on column ratchet.schedules.catch_up is
  'What becomes of occurrences noticed more than a minute late: skip leaves them out, one runs '
  'the latest of all that are due, all runs each.';
comment on column ratchet.schedules.catch_up_ms is
  'With catch_up all: older ones are left out; milliseconds.';
comment on column ratchet.schedules.overlap is
  'What becomes of an occurrence while the last run goes on: allow starts it beside, skip leaves it'
  ' out, wait starts it afterwards, however late.';
comment on column ratchet.schedules.is_from_end is
  'Whether the interval is counted from the end of each run.';
comment on column ratchet.schedules.stops_on_failure is
  'Whether a failed run is the last one, unless the schedule is altered or resumed.';
comment on column ratchet.schedules.max_runs is 'After how many runs it has ended; null: never.';
comment on column ratchet.schedules.workflow is 'Workflow it starts.';
comment on column ratchet.schedules.queue is 'Queue it starts it on.';
comment on column ratchet.schedules.input is 'Arguments of the workflow, a JSON array.';
comment on column ratchet.schedules.options is
  'Options of the start: entity, expire (seconds), retry.';
comment on column ratchet.schedules.next_at is 'The next occurrence; infinity: there is none.';
comment on column ratchet.schedules.look_at is
  'When the engine looks at it next; later than next_at while it waits or rests.';
comment on column ratchet.schedules.last_at is 'The last occurrence that was started.';
comment on column ratchet.schedules.last_key is
  'Workflow id of the last job it started; where runs may not overlap, of one that was triggered '
  'only if the last had ended by then.';
comment on column ratchet.schedules.forgotten_key is
  'Workflow id of a run that was over when the schedule was altered or resumed: whether it failed '
  'does not matter any more.';
comment on column ratchet.schedules.run_count is 'How many jobs it has started.';
comment on column ratchet.schedules.problem is
  'Why it has ended before its time, or is tried again; null when neither.';
comment on column ratchet.schedules.created_at is 'When it was created.';
comment on column ratchet.schedules.updated_at is 'When the row last changed.';
