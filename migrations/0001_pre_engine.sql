-- pgratchet: durable workflows inside Postgres.
--
-- A job is one run of a workflow: a row in ratchet.jobs. What it has done is its history: one row
-- a step in ratchet.jobs_attributes. What it has yet to do is a few rows in
-- ratchet_internal.messages, which workers claim. A worker speaks to the engine through one call,
-- ratchet.exchange: it hands in what it has finished and receives what to do next, in one commit.
-- So whatever dies, and whenever, the rows are at a commit boundary, and going on is the
-- ordinary claim. README.md has the model, the lock order and the words.
--
-- psql -f sql/engine.sql installs everything; so does `pgratchet migrate`. Schedules, tasks for
-- people, the mapping language and graphs have tables of contents of their own.

-- Where things live, the clock, and how errors are raised.

-- sql/tables/schemas.sql

-- The two schemas: what people use, and what only the engine touches.

create schema if not exists ratchet;
comment on schema ratchet is
  'Durable workflows: jobs, their history, and the functions people call.';

create schema if not exists ratchet_internal;
comment on schema ratchet_internal is
  'What only the engine touches: messages, workers, signals, helpers.';

-- sql/inspect/now.sql

-- The one clock. Wall time, not the start of the transaction: a timer set inside a long transaction
-- is due relative to the moment it was set. Tests replace this function to move time.

create function ratchet_internal.now() returns timestamptz
language sql volatile parallel safe
return clock_timestamp();
comment on function ratchet_internal.now() is
  'The one clock of the engine: wall time of the database.';

-- sql/inspect/write_time.sql

-- The clock for those who write messages. The transaction has its number before the clock is read,
-- and so no message can be older than its transaction: see remember_look.
create function ratchet_internal.write_time() returns timestamptz
language sql volatile
return case when pg_current_xact_id() is not null then ratchet_internal.now() end;
comment on function ratchet_internal.write_time() is
  'The time, read after the transaction was numbered.';

-- sql/inspect/raise_error.sql

-- Raises an error of the class WF: a constant message, variables as JSON in detail, advice in hint.

create function ratchet_internal.raise_error(
  p_code text, p_message text, p_detail jsonb default null, p_hint text default null
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using errcode = p_code, message = p_message,
    detail = coalesce(p_detail::text, ''), hint = coalesce(p_hint, '');
end $$;
comment on function ratchet_internal.raise_error(text, text, jsonb, text) is
  'Raises p_code with a constant message, the variables in detail (JSON) and advice in hint.';

-- sql/inspect/is_name.sql

-- Whether a text can name a workflow, queue, signal or namespace. Inlinable: used per row of bulk
-- calls.

create function ratchet_internal.is_name(p_name text) returns boolean
language sql immutable parallel safe
return p_name is not null and p_name <> '' and char_length(p_name) <= 512
  and p_name !~ '[\x01-\x1f\x7f]';
comment on function ratchet_internal.is_name(text) is
  'Whether a text is a name: 1 to 512 characters, none of them a control character.';

-- sql/inspect/check_name.sql

-- Raises: WF101 unless p_name is a name.

create function ratchet_internal.check_name(p_name text, p_what text) returns void
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if not ratchet_internal.is_name(p_name) then
    perform ratchet_internal.raise_error('WF101', 'invalid name',
      jsonb_build_object('what', p_what, 'name', left(p_name, 100)),
      'Give 1 to 512 characters without control characters.');
  end if;
end $$;
comment on function ratchet_internal.check_name(text, text) is
  'Raises WF101 unless the text is 1 to 512 characters without control characters.';

-- sql/inspect/check_size.sql

-- Raises: WF501 when a payload is larger than 16 MiB.

create function ratchet_internal.check_size(p_value json, p_what text) returns void
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if octet_length(p_value::text) > 16777216 then
    perform ratchet_internal.raise_error('WF501', 'payload too large',
      jsonb_build_object('what', p_what, 'bytes', octet_length(p_value::text), 'limit', 16777216),
      'Store large data elsewhere and pass a reference to it.');
  end if;
end $$;
comment on function ratchet_internal.check_size(json, text) is
  'Raises WF501 when a payload is larger than 16 MiB.';

-- sql/inspect/is_read_committed.sql

-- Whether each statement sees what was committed before it, which decisions of the engine rely on.
create function ratchet_internal.is_read_committed() returns boolean
language sql stable
return current_setting('transaction_isolation') = 'read committed';
comment on function ratchet_internal.is_read_committed() is
  'Whether the transaction is READ COMMITTED.';

-- sql/inspect/check_isolation.sql

-- Raises: WF605 unless each statement of the transaction sees what was committed before it. The
-- engine locks a row and then looks at what its last owner wrote; with one snapshot for all, it
-- would not see it.

create function ratchet_internal.check_isolation() returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not ratchet_internal.is_read_committed() then
    perform ratchet_internal.raise_error('WF605', 'isolation level does not suit this call',
      jsonb_build_object('isolation', current_setting('transaction_isolation')),
      'Make this call in a transaction that is READ COMMITTED.');
  end if;
end $$;
comment on function ratchet_internal.check_isolation() is
  'Raises WF605 unless the transaction is READ COMMITTED.';

-- sql/inspect/version.sql

-- The version of the schema; a driver works with the one it was made for and says so otherwise.

create function ratchet.version() returns int
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as 'select 1';
comment on function ratchet.version() is
  'Version of the installed schema, counted up with each release that changes it.';

-- Reading what users wrote: total functions, which give an answer whatever stands there.

-- sql/inspect/readable.sql

-- Postgres cannot turn \u0000 or half of a surrogate pair into text, and refuses to read any field
-- of a JSON value that holds one somewhere. Values of users may, so that whoever reads a field of
-- an object that could hold such a value reads it through here. A backslash that is escaped is made
-- a slash first, so that what follows it is not taken for an escape. Inlinable.

create function ratchet_internal.readable(p_value json) returns json
language sql immutable parallel safe
return case when strpos(p_value::text, '\u') = 0 then p_value
  else regexp_replace(replace(p_value::text, '\\', '\/'), '\\u0000'
    || '|\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})'
    || '|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}', '', 'g')::json end;
comment on function ratchet_internal.readable(json) is
  'The value without the escapes that Postgres cannot turn into text, so that its fields can be'
  ' read.';

-- sql/inspect/check_readable.sql

-- Raises: WF105 when options or routes hold text that Postgres cannot store. Values of users may
-- hold it.

create function ratchet_internal.check_readable(p_value json, p_what text) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_value::text ~ '\\u(0000|[dD][89a-fA-F])' and replace(p_value::text, '\\', '\/')
    <> ratchet_internal.readable(p_value)::text
  then
    perform ratchet_internal.raise_error('WF105', 'invalid text',
      jsonb_build_object('what', p_what),
      'Remove U+0000 and halves of surrogate pairs; only arguments and results may hold them.');
  end if;
end $$;
comment on function ratchet_internal.check_readable(json, text) is
  'Raises WF105 when the value holds U+0000 or half of a surrogate pair.';

-- sql/inspect/number_of.sql

-- Reads a number out of options that anybody may have written. Total: whatever stands there, the
-- answer is a number that can be calculated with (below 1e118), or the default. Inlinable.

create function ratchet_internal.number_of(p_object json, p_key text, p_default float8)
returns float8
language sql immutable parallel safe
return case when json_typeof(ratchet_internal.readable(p_object) -> p_key) = 'number'
    and ratchet_internal.readable(p_object) ->> p_key
      ~ '^-?[0-9]{1,18}(\.[0-9]{1,18})?([eE][-+]?[0-9]{1,2})?$'
  then (ratchet_internal.readable(p_object) ->> p_key)::float8 else p_default end;
comment on function ratchet_internal.number_of(json, text, float8) is
  'The number that an object has under a key; the default where it has none, or none of a sane '
  'size.';

-- sql/inspect/is_arguments.sql

-- Whether a value may be the arguments of a function: an array, or what a codec of the driver made
-- of one, which is a string that begins with /b: and cannot be read here. Inlinable: used per row
-- of bulk starts.

create function ratchet_internal.is_arguments(p_value json) returns boolean
language sql immutable parallel safe
return coalesce(json_typeof(p_value) = 'array' or starts_with(p_value::text, '"/b:'), false);
comment on function ratchet_internal.is_arguments(json) is
  'Whether a value is an array, or an encoded one.';

-- sql/inspect/after.sql

-- When a delay ends. Total: a negative delay has ended, one of more than three thousand years is
-- cut there, so that no delay is out of range. Inlinable.

create function ratchet_internal.after(p_at timestamptz, p_milliseconds float8)
returns timestamptz
language sql stable parallel safe
return p_at + make_interval(secs => least(greatest(p_milliseconds, 0), 1e14) / 1000);
comment on function ratchet_internal.after(timestamptz, float8) is
  'The time some milliseconds later; a delay below zero counts as none, one above 1e14 as 1e14.';

-- The ledger: an integer that only grows and says which halves of a step are done.

-- sql/ledger/ledger_value.sql

-- The ledger: one integer on each step, only ever increased, whose decimal digits say what has
-- been committed. From the left: 1 finalized (2), 2-3 first-leg attempts, 4 first leg done,
-- 5-7 unused, 8-15 entries of the second leg.
-- The increments are the functions beside this file; the view ratchet.ledger shows it decoded.

create domain ratchet.ledger_value as bigint
  constraint "ledger has at most fifteen digits, the first of them 0, 1 or 2"
    check (value between 0 and 299999999999999)
  constraint "a finalized step has done its first leg"
    check (value < 200000000000000 or value / 100000000000 % 10 = 1)
  constraint "the first leg is done at most once and digits 5 to 7 are unused"
    check (value / 100000000 % 10000 in (0, 1000));
comment on domain ratchet.ledger_value is
  'Monotonic integer whose digits say which legs of a step have committed, and how often.';

-- sql/ledger/step_kind.sql

-- What a step does. A domain, and not a constraint of the table: those are read anew by each
-- statement, and this one took a twentieth of a short graph.

create domain ratchet.step_kind as text collate "C"
  constraint "kind is one the engine knows"
    check (value in ('activity', 'sleep', 'wait', 'child', 'start', 'await', 'signal', 'cancel',
      'search', 'entity', 'attribute', 'hook', 'terminate', 'emit', 'trace', 'continue', 'patch',
      'trigger', 'worker', 'cycle', 'interrupt', 'marker'));
comment on domain ratchet.step_kind is
  'What a step does; attribute and marker are no steps, but data of the job.';

-- sql/ledger/leg1_done.sql

-- A ledger after its first leg: the step is recorded and whatever must make it move is committed.
-- Inlinable (no search_path setting): it is part of set-based inserts and names only operators
-- of pg_catalog on built-in types.

create function ratchet_internal.leg1_done(p_attempts int) returns bigint
language sql immutable parallel safe
return 100000000000 + 1000000000000 * least(p_attempts, 99)::bigint;
comment on function ratchet_internal.leg1_done(int) is
  'A ledger after its first leg, entered p_attempts times (0-99, capped).';

-- sql/ledger/leg2_done.sql

-- A ledger after its second leg: the answer is recorded, the step is closed for good.
-- Attempts only grow: the count reported with the answer replaces a smaller one.
-- Inlinable, as leg1_done is.

create function ratchet_internal.leg2_done(p_ledger bigint, p_attempts int) returns bigint
language sql immutable parallel safe
return p_ledger + 1
  + case when p_ledger < 200000000000000 then 200000000000000 else 0 end
  + 1000000000000 * greatest(least(p_attempts, 99) - p_ledger / 1000000000000 % 100, 0);
comment on function ratchet_internal.leg2_done(bigint, int) is
  'A ledger after its second leg: entered once more, finalized, with at least p_attempts attempts.';

-- sql/ledger/passes_counted.sql

-- A ledger of an activity of a graph that was entered several times under one pass of its parent:
-- that of its first pass counts them all. It only grows. Inlinable, as leg1_done is.

create function ratchet_internal.passes_counted(p_ledger bigint, p_passes int) returns bigint
language sql immutable parallel safe
return p_ledger + greatest(p_passes - p_ledger % 100000000, 0);
comment on function ratchet_internal.passes_counted(bigint, int) is
  'A ledger that counts so many passes of its activity.';

-- sql/ledger/is_final.sql

-- Whether a ledger says that its step is closed. Inlinable, as leg1_done is.

create function ratchet_internal.is_final(p_ledger bigint) returns boolean
language sql immutable parallel safe
return p_ledger >= 200000000000000;
comment on function ratchet_internal.is_final(bigint) is
  'Whether a ledger says that its step is closed: its answer is recorded and will not change.';

-- sql/tables/tables.sql

-- The state: jobs, their history, what is to be done, who does it, signals not yet consumed.

-- sql/tables/jobs.sql

-- One row a run of a workflow. The row is also the lock under which a job ends or is stopped.
-- status is the semaphore: the number of open obligations. For a workflow function that is the
-- function itself and each hook thread beside it: > 0 running, 0 ended by itself (error says how),
-- < 0 stopped from outside, except that -1 is an id reserved for a job that has yet to be started.
-- For a graph it is the number of its open activities.
-- No index covers a column that changes, so that every update stays on its page (HOT).

create table ratchet.jobs (
  id bigint generated always as identity primary key,
  key text collate "C" not null,
  namespace text collate "C" not null default 'durable',
  entity text not null,
  workflow text collate "C" not null,
  queue text collate "C" not null,
  status int not null default 1,
  version text collate "C",
  attempt int not null default 0,
  generation int not null default 0,
  is_awaited boolean not null default false,
  is_watched boolean not null default false,
  is_hookable boolean not null default true,
  is_persistent boolean not null default false,
  is_labelled boolean not null default false,
  is_silent boolean not null default false,
  cancel_requested_at timestamptz,
  parent_id bigint,
  origin_id bigint,
  request_id uuid,
  expire_seconds bigint,
  options json,
  input json,
  result json,
  error json,
  context jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  finished_at timestamptz,
  returned_at timestamptz,
  pending_until timestamptz,
  pruned_at timestamptz,
  constraint "a workflow id is unique in its namespace"
    unique (key, namespace),
  constraint "a job is finished exactly when it is not running or reserved"
    check ((status <= 0 and status <> -1) = (finished_at is not null)),
  constraint "a reserved job has a time by which it must be started"
    check ((status = -1) = (pending_until is not null)),
  constraint "only a persistent job outlives its function"
    check (returned_at is null or is_persistent),
  constraint "a job stopped from outside says why, or with which result"
    check (status >= -1 or error is not null or result is not null),
  constraint "a failed job has no result"
    check (status > 0 or error is null or result is null)
) with (fillfactor = 45, autovacuum_vacuum_scale_factor = 0.05);

comment on table ratchet.jobs is
  'One row a run of a workflow, finished or not, as long as it is kept.';
comment on column ratchet.jobs.id is 'Number of the job; jobs_attributes.job_id refers to it.';
comment on column ratchet.jobs.key is 'The workflow id its caller chose, unique in the namespace.';
comment on column ratchet.jobs.namespace is
  'Isolates everything: ids, queues and signals of one namespace are unknown in another.';
comment on column ratchet.jobs.entity is
  'Label of the job; the workflow name unless the caller gave another.';
comment on column ratchet.jobs.workflow is
  'Name of the workflow function that runs the job; for a graph, the topic that started it.';
comment on column ratchet.jobs.queue is
  'Queue whose workers run the function; for a graph, its app.';
comment on column ratchet.jobs.status is
  'The semaphore: open obligations. > 0 running, 0 ended by itself, -1 reserved, below stopped '
  'from outside.';
comment on column ratchet.jobs.version is
  'Version of the graph that started the job; null for a function.';
comment on column ratchet.jobs.context is
  'The data of the job that its activities write and read, one document; null when it has none.';
comment on column ratchet.jobs.attempt is 'How often the function has failed and been run again.';
comment on column ratchet.jobs.generation is
  'How often the function has continued as new; its thread has the address $1, $2 and so on.';
comment on column ratchet.jobs.is_awaited is
  'Whether a step of another job waits for the end and is answered in the commit that brings it.';
comment on column ratchet.jobs.is_watched is
  'Whether a program waits for the end and is to be notified of it.';
comment on column ratchet.jobs.is_labelled is
  'Whether the caller gave the label; else it is the workflow name.';
comment on column ratchet.jobs.is_silent is
  'Whether it was stopped so that whoever waits for it gets nothing, instead of its error.';
comment on column ratchet.jobs.is_hookable is 'Whether hooks may be started in it.';
comment on column ratchet.jobs.is_persistent is
  'Whether it stays open for hooks after its function has returned, until it is stopped.';
comment on column ratchet.jobs.cancel_requested_at is
  'When cooperative cancellation was asked for; null if never.';
comment on column ratchet.jobs.parent_id is 'Job that started this one; null for a root.';
comment on column ratchet.jobs.origin_id is 'Root of the family; null for a root.';
comment on column ratchet.jobs.request_id is
  'Names the call that started the job, so that the same call may be repeated.';
comment on column ratchet.jobs.expire_seconds is
  'How long the finished job is kept, in seconds; null means the default of ratchet.prune.';
comment on column ratchet.jobs.options is
  'Retry policy of the function: maximumAttempts, initialInterval, backoffCoefficient, '
  'maximumInterval (milliseconds); and the trace it belongs to: workflowTrace, workflowSpan. '
  'For a graph, metadata that it started with.';
comment on column ratchet.jobs.input is
  'Arguments of the function (of its current generation), a JSON array, or the payload of a graph; '
  'exactly as given.';
comment on column ratchet.jobs.result is
  'What the function returned; null while it runs, when it failed, and when it returned nothing.';
comment on column ratchet.jobs.error is
  'Why the job ended without a result, or, while it runs, why its last run failed.';
comment on column ratchet.jobs.context is
  'The JSON document of the job, which its functions or its graph read and change while it runs.';
comment on column ratchet.jobs.created_at is 'When the job was started.';
comment on column ratchet.jobs.updated_at is 'When the row last changed.';
comment on column ratchet.jobs.finished_at is 'When the job ended; null while it runs.';
comment on column ratchet.jobs.returned_at is
  'When the function of a persistent job returned, so that its result is there.';
comment on column ratchet.jobs.pending_until is
  'For a reserved job: when it is removed unless it was started.';
comment on column ratchet.jobs.pruned_at is
  'When the detail of its history was removed; null while it is whole.';

-- sql/tables/jobs_attributes.sql

-- The history: one row a step of a job, mostly written once. A step run in the worker's own process
-- is inserted with its result; any other is inserted when it is scheduled (first leg) and receives
-- its result later (second leg). (job_id, address, position) is the step: address tells the threads
-- of a job apart, position is the number of the durable call in its thread, from 1. The main
-- function has the address '', and $1, $2, ... in the generations that continueAsNew begins; hook
-- threads have h1, h2, ... value is text: JSON text for steps; plain text where people compare it
-- with = in SQL. Beside the threads, a # after a thread's address begins what belongs to it and is
-- numbered by itself: #cancel, #patch (what patched() has answered), and the operations on data
-- under the number of their object (#9); #marker is what the job was marked with at its start. A
-- search attribute of the job is a row of its own, with its name behind _ as address and field.
-- In a job of a graph the address is that of a run of an activity and begins with a comma, position
-- is the number of the activity (graph/README.md).

create table ratchet.jobs_attributes (
  job_id bigint not null,
  ledger ratchet.ledger_value not null,
  created_at timestamptz not null,
  updated_at timestamptz,
  position int not null,
  delivery int,
  code int,
  is_failed boolean not null default false,
  address text collate "C" not null default '',
  kind ratchet.step_kind not null,
  field text collate "C" not null,
  input json,
  target text collate "C",
  value text,
  primary key (job_id, address, position),
  constraint "positions count from 1" check (position >= 1)
) with (fillfactor = 90);

comment on table ratchet.jobs_attributes is
  'The history of every job: one row a step, mostly written once.';
comment on column ratchet.jobs_attributes.job_id is 'The job, jobs.id.';
comment on column ratchet.jobs_attributes.ledger is
  'Which legs of the step have committed; the view ratchet.ledger shows it decoded.';
comment on column ratchet.jobs_attributes.created_at is 'When the step was recorded.';
comment on column ratchet.jobs_attributes.updated_at is
  'When its answer was recorded, if that was later.';
comment on column ratchet.jobs_attributes.position is
  'Number of the durable call in its thread, from 1.';
comment on column ratchet.jobs_attributes.delivery is
  'When its answer reached the function, counted in deliveries of the thread; null where no '
  'other answer could have come first.';
comment on column ratchet.jobs_attributes.code is
  'Response code of an activity of a graph; null where it has none (then 200, or 500 if it '
  'failed), and for steps of functions.';
comment on column ratchet.jobs_attributes.is_failed is 'Whether value is an error.';
comment on column ratchet.jobs_attributes.address is
  'Thread of the job: empty for the main function, $n for its nth generation, hn for the nth hook;'
  ' with #n the object n of the thread, with _ an attribute; in a graph, beginning with a comma,'
  ' the run of the activity.';
comment on column ratchet.jobs_attributes.kind is
  'What the step does: activity, sleep, wait, child, start, await, signal, cancel, search, entity,'
  ' hook, terminate, emit, trace, continue, patch; in a graph trigger, worker, await, hook, signal,'
  ' cycle, interrupt; attribute and marker: no step, data of the job.';
comment on column ratchet.jobs_attributes.field is
  'Readable name: address, position, and what was called; sorts in the order of the calls.';
comment on column ratchet.jobs_attributes.input is 'Arguments of the step, where it has any.';
comment on column ratchet.jobs_attributes.target is
  'Workflow id of the child that the step starts; null for other steps.';
comment on column ratchet.jobs_attributes.value is
  'Result or error of the step, JSON text; null while it is open and when it returned nothing. '
  'Of a search attribute its value, plain text.';

-- sql/tables/threads.sql

-- One row a hook: a function that runs inside a job, beside its main one, with steps of its own.
-- The message at position 0 of its address is the thread itself, as for a main function; this row
-- is what a worker needs to run it, however often it is evicted. The job's row is the lock under
-- which threads are opened and closed: jobs.status counts those that are open.

create table ratchet.threads (
  job_id bigint not null,
  address text collate "C" not null,
  workflow text collate "C" not null,
  queue text collate "C" not null,
  attempt int not null default 0,
  request_id uuid,
  options json,
  input json not null,
  error json,
  created_at timestamptz not null,
  ended_at timestamptz,
  is_shielded boolean not null default false,
  primary key (job_id, address),
  constraint "the address of a hook is h and its number" check (address ~ '^h[1-9][0-9]*$')
);

comment on table ratchet.threads is
  'One row a hook: a function that runs inside a job beside its main one.';
comment on column ratchet.threads.job_id is 'The job, jobs.id.';
comment on column ratchet.threads.address is
  'Thread of the job: h1, h2, ... in the order of their starts.';
comment on column ratchet.threads.workflow is 'Name of the function.';
comment on column ratchet.threads.queue is 'Queue whose workers run it.';
comment on column ratchet.threads.attempt is 'How often it has failed and been run again.';
comment on column ratchet.threads.request_id is
  'Names the call that started it, so that the same call may be repeated.';
comment on column ratchet.threads.options is
  'Its retry policy and trace, as jobs.options; null: those of the job.';
comment on column ratchet.threads.input is 'Arguments of the function, a JSON array.';
comment on column ratchet.threads.error is 'Why its last run failed; null if it did not.';
comment on column ratchet.threads.created_at is 'When it was started.';
comment on column ratchet.threads.ended_at is
  'When it returned; null while it runs, and where its job ended first.';
comment on column ratchet.threads.is_shielded is
  'Started in CancellationScope.nonCancellable of a cancelled job: that is not meant for it.';

-- sql/tables/messages.sql

-- What makes a worker do something: few rows, short-lived. Every open step of a job is exactly
-- one message under the same (job_id, address, position); position 0 is the thread itself.
--   turn      position 0: run the function. Held by a worker, it is that worker's claim of the
--             thread, kept as long as the function is in its memory.
--   activity  run an activity; attempt counts claims.
--   timer     due when a sleep ends.
--   wait      waits for the signal named by key; due when it times out, if ever; attempt is 0 until
--             somebody has looked for a signal that was there before it.
--   child     waits for the end of the job whose id is key.
--   result    the step is answered: brings the answer to the worker that holds the turn. One at
--             position -1 brings word that the job is to be cancelled.
-- The row is the arbiter of every race: whoever changes or deletes it has won.
-- check_invariants() has the forms above as a rule. As constraints, which each statement reads
-- anew, they took a tenth of a single start.

create table ratchet_internal.messages (
  job_id bigint not null,
  due_at timestamptz not null,
  worker_id bigint,
  position int not null default 0,
  attempt int not null default 0,
  address text collate "C" not null default '',
  kind text collate "C" not null,
  namespace text collate "C" not null,
  queue text collate "C" not null,
  workflow text collate "C" not null default '',
  key text collate "C",
  options json,
  primary key (job_id, address, position)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

create index messages_ready on ratchet_internal.messages (queue, workflow, namespace, due_at)
  where worker_id is null and kind in ('turn', 'activity');
create index messages_due on ratchet_internal.messages (queue, workflow, namespace, due_at)
  where worker_id is null and kind in ('timer', 'wait', 'result');
create index messages_held on ratchet_internal.messages (worker_id, kind, due_at)
  where worker_id is not null;
create index messages_awaited on ratchet_internal.messages (key, namespace, job_id)
  where key is not null;
create index messages_new_waits on ratchet_internal.messages (job_id)
  where kind = 'wait' and attempt = 0;

comment on table ratchet_internal.messages is
  'What makes a worker do something: one row a thread to run, and one an open step.';
comment on column ratchet_internal.messages.job_id is 'The job it belongs to, jobs.id.';
comment on column ratchet_internal.messages.address is
  'Thread of the job, as in jobs_attributes.';
comment on column ratchet_internal.messages.position is
  'Step it belongs to; 0: the thread itself, -1: word of a cancellation.';
comment on column ratchet_internal.messages.kind is
  'What it makes happen: turn, activity, timer, wait, child, result.';
comment on column ratchet_internal.messages.namespace is 'Namespace of its job.';
comment on column ratchet_internal.messages.queue is 'Queue whose workers may take it.';
comment on column ratchet_internal.messages.workflow is
  'Workflow whose workers may take it; empty for activities.';
comment on column ratchet_internal.messages.due_at is
  'When it may be taken; for a held turn, when it was taken; infinity: never by itself.';
comment on column ratchet_internal.messages.worker_id is
  'Worker that holds it (turn, activity) or is to receive it (result); null: anybody.';
comment on column ratchet_internal.messages.attempt is
  'How often it has been claimed; for a wait, whether a signal has been looked for (1) or not (0).';
comment on column ratchet_internal.messages.key is
  'What a wait waits for: a signal id, or the id of a job.';
comment on column ratchet_internal.messages.options is
  'For an activity its retry policy and context; for a turn that was lost {"isCareful":true}.';

-- sql/tables/workers.sql

-- One row a running worker process. The row is the lease of everything the worker holds: each
-- exchange locks it (key share), whoever takes the work over deletes it first. A row never
-- comes back: a worker that lost its own registers anew.

create table ratchet_internal.workers (
  id bigint generated always as identity primary key,
  name text not null,
  role_name name,
  is_idle boolean not null default false,
  idle_at timestamptz,
  lease_seconds int not null,
  started_at timestamptz not null,
  expires_at timestamptz not null,
  constraint "a lease lasts from one second to an hour" check (lease_seconds between 1 and 3600)
) with (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);

create table ratchet_internal.worker_routes (
  worker_id bigint not null references ratchet_internal.workers on delete cascade,
  namespace text collate "C" not null,
  queue text collate "C" not null,
  workflow text collate "C" not null default '',
  retry json,
  throttle_ms int,
  opens_at timestamptz,
  primary key (worker_id, queue, workflow, namespace),
  constraint "only a throttled route is closed" check (opens_at is null or throttle_ms is not null)
);

comment on table ratchet_internal.workers is
  'The running worker processes; a row is the lease of all that its worker holds.';
comment on column ratchet_internal.workers.id is
  'Names the worker in every call; never used again.';
comment on column ratchet_internal.workers.name is 'What people call it: host and process, say.';
comment on column ratchet_internal.workers.role_name is
  'The worker role that registered it, and alone may use it; null if that was another role.';
comment on column ratchet_internal.workers.idle_at is
  'Since when it has been idle; null when it is not.';
comment on column ratchet_internal.workers.started_at is 'When it registered.';
comment on column ratchet_internal.worker_routes.worker_id is 'The worker, workers.id.';
comment on column ratchet_internal.worker_routes.namespace is 'Namespace it serves.';
comment on column ratchet_internal.worker_routes.queue is 'Queue it serves.';
comment on column ratchet_internal.worker_routes.workflow is
  'Workflow it runs; empty: the activities of the queue.';
comment on column ratchet_internal.worker_routes.retry is
  'How activities of graphs are tried again that this worker runs: maximumAttempts (executions in '
  'all), backoffCoefficient, maximumInterval (seconds, or a text with a unit). Of a workflow: what '
  'its jobs leave open, as jobs.options has it. Null: as they say.';
comment on column ratchet_internal.workers.is_idle is
  'Whether it waits for a notification: others send one only then.';
comment on column ratchet_internal.workers.lease_seconds is
  'How long it may be silent before others take its work over.';
comment on column ratchet_internal.workers.expires_at is
  'When its lease ends unless it is heard of before.';
comment on table ratchet_internal.worker_routes is
  'What each worker serves: workflows on a queue, or (workflow empty) activities of a queue.';
comment on column ratchet_internal.worker_routes.throttle_ms is
  'Rest between two batches; -1: paused; null: none.';
comment on column ratchet_internal.worker_routes.opens_at is
  'When the next batch may be taken, if it is throttled.';

-- sql/tables/signals.sql

-- Signals that were accepted and not yet consumed. Sending only inserts here; matching signals with
-- waits is done by the engine after the commit, in short transactions (signal/deliver_signals.sql).

create table ratchet_internal.signals (
  id bigint generated always as identity primary key,
  key text collate "C" not null,
  namespace text collate "C" not null,
  dedup_id text collate "C",
  payload json,
  code int,
  is_new boolean not null default true,
  is_consumed boolean not null default false,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  constraint "a consumed signal has been looked at" check (not (is_new and is_consumed)),
  constraint "a dedup id is used once for a signal" unique (key, namespace, dedup_id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

create index signals_new on ratchet_internal.signals (id) where is_new;
create index signals_expiring on ratchet_internal.signals (expires_at);
create index signals_pending on ratchet_internal.signals (key, namespace, id)
  where not is_consumed;

comment on table ratchet_internal.signals is
  'Signals accepted and not yet consumed; consumed ones stay only to recognise a repeated dedup'
  ' id.';
comment on column ratchet_internal.signals.id is 'Order of sending.';
comment on column ratchet_internal.signals.key is 'The signal id that waits name.';
comment on column ratchet_internal.signals.namespace is 'Namespace of the waits it may answer.';
comment on column ratchet_internal.signals.payload is 'What the wait returns.';
comment on column ratchet_internal.signals.code is
  'For a hook of a graph: 200 ends the wait, 202 leaves it open; null for functions.';
comment on column ratchet_internal.signals.is_consumed is
  'Whether a wait took it; kept until it expires, to recognise a repetition.';
comment on column ratchet_internal.signals.sent_at is 'When it was sent.';
comment on column ratchet_internal.signals.dedup_id is
  'Names the sending: a second one with the same id changes nothing.';
comment on column ratchet_internal.signals.is_new is
  'Whether the engine has yet to look for a wait.';
comment on column ratchet_internal.signals.expires_at is
  'When it is dropped if nobody has waited for it; until then its dedup id is known.';

-- sql/tables/sweep.sql

-- Where the last call of prune ended: one row, which is also the lock that lets one prune run at a
-- time.

create table ratchet_internal.sweep (
  is_only boolean primary key default true,
  job_id bigint not null,
  constraint "there is one sweep" check (is_only)
);
insert into ratchet_internal.sweep (job_id) values (0);
comment on table ratchet_internal.sweep is 'Where the last call of ratchet.prune ended.';
comment on column ratchet_internal.sweep.is_only is 'Always true: there is one row.';
comment on column ratchet_internal.sweep.job_id is
  'Number of the last job looked at; 0 to begin anew.';

-- sql/tables/graph_versions.sql

-- Graphs as they were deployed and as they are run. A space is an app of a namespace, '<ns>:<app>';
-- it is the namespace of the app's jobs, messages and signals. A version is never changed:
-- deploying it again makes a new row and takes the place of the old one, which is kept for an hour
-- so that a stretch that reads it at that moment finds it whole.

create table ratchet_internal.graph_versions (
  id bigint generated always as identity primary key,
  space text collate "C" not null,
  version text collate "C" not null,
  document jsonb not null,
  deployed_at timestamptz not null,
  replaced_at timestamptz
);
create unique index graph_versions_current on ratchet_internal.graph_versions (space, version)
  where replaced_at is null;

create table ratchet_internal.graph_apps (
  space text collate "C" primary key,
  namespace text collate "C" not null,
  app text collate "C" not null,
  version_id bigint references ratchet_internal.graph_versions,
  activated_at timestamptz
);

-- The number of an activity id is its position in jobs_attributes and messages: the same for ever.
create table ratchet_internal.graph_names (
  space text collate "C" not null references ratchet_internal.graph_apps,
  name text collate "C" not null,
  position int not null,
  primary key (space, name),
  unique (space, position)
);

create table ratchet_internal.graph_hooks (
  version_id bigint not null references ratchet_internal.graph_versions on delete cascade,
  topic text collate "C" not null,
  position int not null,
  actual jsonb not null,
  primary key (version_id, topic)
);

comment on table ratchet_internal.graph_versions is
  'Deployed versions of apps: one row a deployment, the last one of each version current.';
comment on column ratchet_internal.graph_versions.replaced_at is
  'When the version was deployed anew; null for the current row.';
comment on table ratchet_internal.graph_apps is 'The apps, each with the version that is active.';
comment on column ratchet_internal.graph_apps.version_id is
  'The active version, under which every stretch of every job runs; null before the first.';
comment on table ratchet_internal.graph_names is
  'Numbers of the activity ids of an app; a number never changes and is never used again.';
comment on table ratchet_internal.graph_hooks is
  'Which activity a signal topic resumes, and where its payload has the key.';

-- sql/tables/graph_activities.sql

-- One row an activity of a version, compiled: what a stretch needs to run it, found by its key.
-- uses: the first names of the references that its own expressions read. reads: those of its
-- ancestors that it or an activity below it reads; a stretch carries their outputs along. The late
-- ones are those that are needed once it has been answered.
-- constants are the options without expressions, options the compiled others.

create table ratchet_internal.graph_activities (
  version_id bigint not null references ratchet_internal.graph_versions on delete cascade,
  position int not null,
  name text collate "C" not null,
  label text,
  kind text collate "C" not null,
  path int[] not null,
  path_names text[] not null,
  is_read boolean not null default false,
  is_described boolean not null default false,
  uses text[] not null default '{}',
  uses_late text[] not null default '{}',
  reads text[] not null default '{}',
  reads_late text[] not null default '{}',
  is_plain boolean not null default false,
  follows int[],
  guard text[],
  guard_value jsonb,
  shell jsonb,
  forgets boolean not null default false,
  ahead bigint[] not null default '{}',
  constants jsonb not null default '{}',
  options jsonb,
  input_maps jsonb,
  output_maps jsonb,
  signal_maps jsonb,
  job_maps jsonb,
  job_shapes jsonb,
  announce jsonb,
  telemetry jsonb,
  transitions jsonb not null default '[]',
  hook jsonb,
  ancestor int,
  retry json,
  primary key (version_id, position),
  constraint "kind is one that graphs have"
    check (kind in ('trigger', 'worker', 'await', 'hook', 'signal', 'cycle', 'interrupt')),
  constraint "a path leads from the trigger to the activity"
    check (path[cardinality(path)] = position and cardinality(path) = cardinality(path_names))
);
comment on table ratchet_internal.graph_activities is
  'One row an activity of a deployed version, compiled.';
comment on column ratchet_internal.graph_activities.label is
  'How the rows of its runs are called (jobs_attributes.field), behind their addresses.';
comment on column ratchet_internal.graph_activities.path is
  'Numbers of the activities from the trigger to this one; as many as its address has.';
comment on column ratchet_internal.graph_activities.is_read is
  'Whether an activity below it reads it.';
comment on column ratchet_internal.graph_activities.is_described is
  'Whether some expression reads its metadata.';
comment on column ratchet_internal.graph_activities.is_plain is
  'Whether run_plain does it: a worker, or a hook that does not wait, with nothing out of the way.';
comment on column ratchet_internal.graph_activities.follows is
  'What follows a response with code 200, if its guard holds; null when that depends on more.';
comment on column ratchet_internal.graph_activities.guard is
  'Path of the one value on which it depends what follows, under guard_value; null for none.';
comment on column ratchet_internal.graph_activities.guard_value is
  'What the value at the path of its guard must be.';
comment on column ratchet_internal.graph_activities.shell is
  'What expressions see of it when it is plain, around its output; null when none of them looks.';
comment on column ratchet_internal.graph_activities.forgets is
  'Whether nothing that came before it is read any more once it has an output.';
comment on column ratchet_internal.graph_activities.ahead is
  'It, and what a stretch may come to after it without waiting, read together: version and position'
  ' in one number each, about 100 at most.';
comment on column ratchet_internal.graph_activities.job_maps is
  'Compiled job maps, under the response code they are for; under "" those for any other.';
comment on column ratchet_internal.graph_activities.job_shapes is
  'The same maps as written, where they have nested objects or keys with brackets.';
comment on column ratchet_internal.graph_activities.transitions is
  'List of what follows, and when: to, codes, path and expected, rule (compile_rule).';
comment on column ratchet_internal.graph_activities.hook is
  'Topic, and compiled key, of the signal that resumes it.';
comment on column ratchet_internal.graph_activities.ancestor is
  'For a cycle, the activity that is entered again.';

-- sql/tables/graphs.sql

-- The graphs of a version. Each keeps the activities that a start needs (compile_starts): a start
-- reads one row instead of one for each of them.

create table ratchet_internal.graphs (
  version_id bigint not null references ratchet_internal.graph_versions on delete cascade,
  position int not null,
  topic text collate "C",
  publishes text collate "C",
  expire jsonb,
  activities ratchet_internal.graph_activities[],
  primary key (version_id, position),
  constraint "a topic starts one graph" unique nulls not distinct (version_id, topic)
);
comment on table ratchet_internal.graphs is
  'The graphs of a version, each named by its trigger; topic null is the default graph.';
comment on column ratchet_internal.graphs.position is 'Number of its trigger.';
comment on column ratchet_internal.graphs.expire is
  'Compiled expression of how many seconds a finished job is kept; null: one second.';
comment on column ratchet_internal.graphs.activities is
  'Its trigger, and what a stretch may come to after it without waiting: what its ahead names.';

-- sql/tables/graph_facts.sql

-- What a job says about itself when it starts: one row a measure, only ever inserted, so that many
-- jobs of one key do not wait for each other. Statistics are counted when they are asked for.

create table ratchet_internal.graph_facts (
  space text collate "C" not null,
  topic text collate "C" not null,
  key text collate "C" not null,
  bucket text collate "C" not null,
  measure text collate "C" not null,
  name text collate "C" not null default '',
  value text collate "C",
  job_key text collate "C" not null,
  recorded_at timestamptz not null,
  constraint "a measure is one that is counted"
    check (measure in ('job', 'count', 'sum', 'avg', 'mdn', 'index'))
);
create index graph_facts_found on ratchet_internal.graph_facts (space, topic, key, bucket);
create index graph_facts_old on ratchet_internal.graph_facts (recorded_at);
comment on table ratchet_internal.graph_facts is
  'What jobs of graphs said about themselves when they started, for statistics.';
comment on column ratchet_internal.graph_facts.bucket is
  'Time of the start, UTC, floored to the granularity: YYYYMMDDHHMI, or 0 for infinity.';
comment on column ratchet_internal.graph_facts.name is
  'Path of the measured value in the payload; empty for the job itself.';

-- sql/tables/subscriptions.sql

-- Who listens to the broadcasts of graphs, and to what workflows emit, and what they have not yet
-- taken. Transient: rows go to those who listen at that moment, and vanish with them. Where nobody
-- listens nothing is written.

create table ratchet_internal.subscriptions (
  id text collate "C" primary key,
  owner text collate "C" not null,
  namespace text collate "C" not null,
  pattern text collate "C",
  is_glob boolean not null default false,
  expires_at timestamptz not null,
  constraint "only what has a pattern may be a glob" check (pattern is not null or not is_glob)
);
create index subscriptions_of_owner on ratchet_internal.subscriptions (owner);
create index subscriptions_exact on ratchet_internal.subscriptions (pattern, namespace)
  where not is_glob;
create index subscriptions_glob on ratchet_internal.subscriptions (namespace) where is_glob;

create table ratchet_internal.broadcasts (
  id bigint generated always as identity primary key,
  subscription text collate "C" not null
    references ratchet_internal.subscriptions on delete cascade,
  topic text collate "C",
  job text collate "C",
  payload json not null
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create index broadcasts_of_subscription on ratchet_internal.broadcasts (subscription, id);

create table ratchet_internal.replies (
  job text collate "C" not null,
  namespace text collate "C" not null,
  subscription text collate "C" not null
    references ratchet_internal.subscriptions on delete cascade,
  primary key (job, namespace)
);
create index replies_of_subscription on ratchet_internal.replies (subscription);

comment on table ratchet_internal.subscriptions is
  'Who listens to the broadcasts of graphs at the moment.';
comment on column ratchet_internal.subscriptions.id is 'Chosen by who subscribes.';
comment on column ratchet_internal.subscriptions.owner is
  'The process that takes what comes.';
comment on column ratchet_internal.subscriptions.namespace is
  'Namespace whose broadcasts it gets, as in jobs.';
comment on column ratchet_internal.subscriptions.pattern is
  'A topic, or topic.job; null: only the replies it was promised.';
comment on column ratchet_internal.subscriptions.is_glob is
  'Whether * in the pattern stands for any characters.';
comment on column ratchet_internal.subscriptions.expires_at is
  'When it ends unless it is renewed before.';
comment on table ratchet_internal.broadcasts is
  'What was broadcast to a subscription and its owner has not yet taken.';
comment on column ratchet_internal.broadcasts.id is 'Names it when it is taken.';
comment on column ratchet_internal.broadcasts.subscription is 'To whom it goes.';
comment on column ratchet_internal.broadcasts.topic is 'The topic that the graph publishes.';
comment on column ratchet_internal.broadcasts.job is 'Id of the job, jobs.key.';
comment on column ratchet_internal.broadcasts.payload is 'What was broadcast.';
comment on table ratchet_internal.replies is
  'Who gets the first broadcast of a job, whatever the graph publishes.';
comment on column ratchet_internal.replies.job is 'Id of the job, jobs.key.';
comment on column ratchet_internal.replies.namespace is 'Namespace of the job.';
comment on column ratchet_internal.replies.subscription is 'Who gets it.';

-- sql/tables/members.sql

-- The instances (HotMesh.init) that the worker processes run, and the rates that were set for what
-- they serve.

create table ratchet_internal.members (
  worker_id bigint not null references ratchet_internal.workers on delete cascade,
  guid text collate "C" not null,
  namespace text collate "C" not null,
  queue text collate "C" not null,
  workflow text collate "C" not null,
  profile json,
  joined_at timestamptz not null,
  primary key (worker_id, guid, queue, workflow, namespace)
);

create table ratchet_internal.throttles (
  namespace text collate "C" not null,
  is_engine boolean not null,
  queue text collate "C" not null default '',
  rate int not null,
  primary key (namespace, is_engine, queue),
  constraint "a rate is a pause or a number of milliseconds" check (rate >= -1)
);

comment on table ratchet_internal.members is
  'The instances that run in worker processes: one row for each route that one serves.';
comment on column ratchet_internal.members.worker_id is 'The process, workers.id.';
comment on column ratchet_internal.members.guid is 'Names the instance.';
comment on column ratchet_internal.members.namespace is 'Namespace of the route.';
comment on column ratchet_internal.members.queue is 'Queue of the route.';
comment on column ratchet_internal.members.workflow is
  'Workflow of the route; empty for the workers of a topic.';
comment on column ratchet_internal.members.profile is 'What the instance says of itself.';
comment on column ratchet_internal.members.joined_at is 'When it began to serve the route.';
comment on table ratchet_internal.throttles is
  'Rates that hold for every worker of a route, also for those that register later.';
comment on column ratchet_internal.throttles.namespace is 'Namespace of the routes.';
comment on column ratchet_internal.throttles.is_engine is
  'Whether it is for engines; else for workers.';
comment on column ratchet_internal.throttles.queue is 'Topic of the workers; empty: all.';
comment on column ratchet_internal.throttles.rate is
  'Milliseconds between two batches; -1: paused; 0: none, whatever holds for all.';

-- sql/tables/schedules.sql

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
  ' out, wait starts it afterwards.';
comment on column ratchet.schedules.is_from_end is
  'Whether the interval is counted from the end of each run.';
comment on column ratchet.schedules.stops_on_failure is 'Whether a failed run is the last one.';
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
comment on column ratchet.schedules.last_key is 'Workflow id of the last job it started.';
comment on column ratchet.schedules.run_count is 'How many jobs it has started.';
comment on column ratchet.schedules.problem is
  'Why it has ended before its time; null when it has not.';
comment on column ratchet.schedules.created_at is 'When it was created.';
comment on column ratchet.schedules.updated_at is 'When the row last changed.';

-- sql/tables/worker_roles.sql

-- The login roles that were provisioned for workers, each limited to queues of one namespace. What
-- a role may serve is read here, by the name of the session, whatever the functions are called
-- with.

create table ratchet_internal.worker_roles (
  id bigint generated always as identity primary key,
  role_name name not null unique,
  namespace text collate "C" not null,
  queues text[] collate "C" not null,
  created_at timestamptz not null,
  last_rotated_at timestamptz,
  revoked_at timestamptz,
  constraint "a worker role is known by the beginning of its name"
    check (starts_with(role_name::text, 'hmsh_wrk_')),
  constraint "a worker role has a queue" check (cardinality(queues) > 0)
);

comment on table ratchet_internal.worker_roles is
  'Login roles of workers, each limited to queues of one namespace.';
comment on column ratchet_internal.worker_roles.id is 'Order of provisioning.';
comment on column ratchet_internal.worker_roles.role_name is 'Name of the role in the cluster.';
comment on column ratchet_internal.worker_roles.namespace is 'Namespace whose queues it may serve.';
comment on column ratchet_internal.worker_roles.queues is
  'What it may serve: a queue''s workflows by the name of the queue, its activities by that name '
  'with -activity.';
comment on column ratchet_internal.worker_roles.created_at is 'When it was provisioned first.';
comment on column ratchet_internal.worker_roles.last_rotated_at is
  'When its password was last changed after that.';
comment on column ratchet_internal.worker_roles.revoked_at is
  'Since when it may do nothing; null while it is in use.';

-- sql/tables/escalations.sql

-- Tasks for people (or programs): a row that somebody claims and resolves. A workflow's wait writes
-- one in the commit that makes it wait, and is answered in the commit that resolves or cancels the
-- row. A row may also stand alone. A claim is no state of its own: assigned_to, until
-- assigned_until has passed. Rows outlive their jobs; ratchet.prune_escalations removes them.

create table ratchet.escalations (
  id uuid primary key default gen_random_uuid(),
  namespace text collate "C" not null default 'durable',
  app_id text collate "C" not null default 'durable',
  signal_key text collate "C",
  topic text,
  workflow_id text collate "C",
  task_queue text,
  workflow_type text,
  type text collate "C",
  subtype text,
  entity text,
  description text,
  role text collate "C",
  status text collate "C" not null default 'pending',
  priority int not null default 5,
  assigned_to text collate "C",
  assigned_until timestamptz,
  claimed_at timestamptz,
  claim_expires_at timestamptz,
  resolved_at timestamptz,
  escalation_payload json,
  resolver_payload json,
  envelope json,
  metadata jsonb,
  origin_id text collate "C",
  parent_id text,
  initiated_by text,
  created_by text,
  milestones jsonb not null default '[]',
  trace_id text,
  span_id text,
  expires_at timestamptz,
  task_id text collate "C",
  created_at timestamptz not null,
  updated_at timestamptz not null,
  job_id bigint,
  address text collate "C",
  "position" int,
  request_id uuid,
  constraint "status is one the engine knows"
    check (status in ('pending', 'resolved', 'cancelled', 'expired')),
  constraint "a task that is claimed says until when"
    check ((assigned_to is null) = (assigned_until is null)),
  constraint "a task that belongs to a step names all of it"
    check (num_nulls(job_id, address, position) in (0, 3)),
  constraint "milestones are an array" check (jsonb_typeof(milestones) = 'array'),
  constraint "metadata are an object" check (jsonb_typeof(metadata) = 'object')
) with (fillfactor = 80);

create unique index escalations_pending_key
  on ratchet.escalations (signal_key, namespace, app_id)
  where status = 'pending' and signal_key is not null;
create unique index escalations_step on ratchet.escalations (job_id, address, position)
  where job_id is not null;
create index escalations_key on ratchet.escalations (signal_key, created_at)
  where signal_key is not null;
create index escalations_order on ratchet.escalations (priority, created_at desc);
create index escalations_status on ratchet.escalations (status, priority, created_at desc);
create index escalations_role on ratchet.escalations (role, status, priority, created_at desc);
create index escalations_type on ratchet.escalations (type, status, priority, created_at desc);
create index escalations_assignee on ratchet.escalations (assigned_to, status)
  where assigned_to is not null;
create index escalations_workflow on ratchet.escalations (workflow_id)
  where workflow_id is not null;
create index escalations_origin on ratchet.escalations (origin_id) where origin_id is not null;
create index escalations_task on ratchet.escalations (task_id) where task_id is not null;
create index escalations_created on ratchet.escalations (created_at);
create index escalations_resolved on ratchet.escalations (resolved_at)
  where resolved_at is not null;
create index escalations_closed on ratchet.escalations (updated_at) where status <> 'pending';
create index escalations_metadata on ratchet.escalations using gin (metadata jsonb_path_ops);

comment on table ratchet.escalations is
  'Tasks for people or programs, claimed and resolved by them; some answer a waiting workflow.';
comment on column ratchet.escalations.id is 'Names the task in every call.';
comment on column ratchet.escalations.namespace is 'Namespace of its workflow.';
comment on column ratchet.escalations.app_id is
  'Graph application, or once more the namespace for workflow functions.';
comment on column ratchet.escalations.signal_key is
  'Signal that the workflow waits for; one pending task a key.';
comment on column ratchet.escalations.topic is 'Queue and name of the workflow, or hook topic.';
comment on column ratchet.escalations.workflow_id is 'Workflow that it belongs to, jobs.key.';
comment on column ratchet.escalations.task_queue is 'Queue of that workflow.';
comment on column ratchet.escalations.workflow_type is 'Name of that workflow.';
comment on column ratchet.escalations.type is 'What kind of task it is, in words of the user.';
comment on column ratchet.escalations.subtype is 'A finer kind, in words of the user.';
comment on column ratchet.escalations.entity is 'What it is about, in words of the user.';
comment on column ratchet.escalations.description is 'What is to be done, for people.';
comment on column ratchet.escalations.role is 'Who may do it: the worklist it is in.';
comment on column ratchet.escalations.status is
  'pending (claimed or not), resolved, cancelled or expired.';
comment on column ratchet.escalations.priority is 'The smaller, the more urgent.';
comment on column ratchet.escalations.assigned_to is 'Who has claimed it, or had when it ended.';
comment on column ratchet.escalations.assigned_until is 'When the claim ends.';
comment on column ratchet.escalations.claimed_at is 'When the claim began.';
comment on column ratchet.escalations.claim_expires_at is 'When the claim ends: assigned_until.';
comment on column ratchet.escalations.resolved_at is 'When it was resolved.';
comment on column ratchet.escalations.escalation_payload is 'What the one who does it is given.';
comment on column ratchet.escalations.resolver_payload is
  'What the one who did it answered: the result of the wait.';
comment on column ratchet.escalations.envelope is 'Data of the user, kept as they are.';
comment on column ratchet.escalations.metadata is 'Data of the user that tasks are found by.';
comment on column ratchet.escalations.origin_id is 'Root workflow of the family.';
comment on column ratchet.escalations.parent_id is 'Workflow that started the workflow.';
comment on column ratchet.escalations.initiated_by is 'Who caused it, in words of the user.';
comment on column ratchet.escalations.created_by is 'Who created it, in words of the user.';
comment on column ratchet.escalations.milestones is 'What has happened, in order, by the user.';
comment on column ratchet.escalations.trace_id is 'Trace that it belongs to.';
comment on column ratchet.escalations.span_id is 'Span that it belongs to.';
comment on column ratchet.escalations.expires_at is
  'When it should be done; the wait''s timeout where nothing else was given.';
comment on column ratchet.escalations.task_id is 'An id of the user.';
comment on column ratchet.escalations.created_at is 'When it was created.';
comment on column ratchet.escalations.updated_at is 'When it last changed.';
comment on column ratchet.escalations.job_id is
  'Job whose step waits for it; null: it stands alone.';
comment on column ratchet.escalations.address is 'Thread of that step.';
comment on column ratchet.escalations.position is 'Number of that step in its thread.';
comment on column ratchet.escalations.request_id is
  'Names the call that last changed it, so that the same call may be repeated.';

-- Worker roles: sessions that may only serve some queues, and only by workers of their own.

-- sql/roles/limited_role.sql

-- The worker role that this session logged in as, if it is one. By the session, because the
-- functions run as their owner; by the name, because that costs nothing: a role with this beginning
-- that was never provisioned has no queues at all. No search path of its own, so that Postgres puts
-- the expression in its place; nothing in it depends on one.

create function ratchet_internal.limited_role() returns name
language sql stable parallel safe
return case when starts_with(session_user::text, 'hmsh_wrk_') then session_user end;
comment on function ratchet_internal.limited_role() is
  'The worker role of this session, if its rights are limited to queues; else null.';

-- sql/roles/is_own.sql

-- Whether this session may use a worker that was registered by the given limited role (null: by
-- any other). No search path of its own: see limited_role.

create function ratchet_internal.is_own(p_role name) returns boolean
language sql stable parallel safe
return ratchet_internal.limited_role() is null
  or p_role is not distinct from ratchet_internal.limited_role();
comment on function ratchet_internal.is_own(name) is
  'Whether this session may use the worker that a role registered.';

-- sql/roles/check_routes.sql

-- Raises: WF701 unless this session may serve the routes. A worker role may serve the workflows of
-- a queue that it was provisioned for by name, and its activities if it was for <queue>-activity.

create function ratchet_internal.check_routes(p_routes json) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role name := ratchet_internal.limited_role();
  v_route jsonb;
begin
  if v_role is null then return; end if;
  select to_jsonb(r) into v_route
  from json_to_recordset(p_routes) as r (namespace text, queue text, workflow text)
  where not exists (
    select from ratchet_internal.worker_roles given
    where given.role_name = v_role and given.revoked_at is null
      and given.namespace = coalesce(r.namespace, 'durable')
      and case when coalesce(r.workflow, '') = '' then r.queue || '-activity' else r.queue end
        = any (given.queues))
  limit 1;
  if v_route is not null then
    perform ratchet_internal.raise_error('WF701', 'not permitted',
      v_route || jsonb_build_object('role', v_role),
      'The role was not provisioned for this queue: ratchet.provision_worker_role does that.');
  end if;
end $$;
comment on function ratchet_internal.check_routes(json) is
  'Raises WF701 unless this session may serve the routes.';

-- sql/roles/visible_jobs.sql

-- Of the given jobs those whose history this session may read: a worker role sees those that its
-- workers hold.

create function ratchet_internal.visible_jobs(p_jobs bigint[]) returns bigint[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if ratchet_internal.limited_role() is null then return p_jobs; end if;
  return array(
    select given.job_id from unnest(p_jobs) as given (job_id)
    where (
      select true from ratchet_internal.messages m
      where m.job_id = given.job_id and m.position = 0 and (
        select role_name from ratchet_internal.workers where id = m.worker_id)
          = ratchet_internal.limited_role() limit 1));
end $$;
comment on function ratchet_internal.visible_jobs(bigint[]) is
  'Of the given jobs those whose history this session may read.';

-- Threads: which function an address stands for.

-- sql/thread/is_hook.sql

-- Whether an address is that of a hook thread. Inlinable: part of set-based statements.

create function ratchet_internal.is_hook(p_address text) returns boolean
language sql immutable parallel safe
return left(p_address, 1) = 'h';
comment on function ratchet_internal.is_hook(text) is
  'Whether an address is that of a hook thread, with a row in ratchet.threads.';

-- sql/thread/main_address.sql

-- Address of a job's main function. Each generation has one of its own, so that whatever was meant
-- for an earlier one finds nothing. Inlinable: part of set-based statements.

create function ratchet_internal.main_address(p_generation int) returns text
language sql immutable parallel safe
return case when p_generation = 0 then '' else '$' || p_generation end;
comment on function ratchet_internal.main_address(int) is
  'Address of a job''s main function in a generation: empty, then $1, $2, ...';

-- sql/thread/thread_of.sql

-- Thread that a row of the history belongs to: what follows a # in its address tells what it is.
-- Inlinable: part of set-based statements.

create function ratchet_internal.thread_of(p_address text) returns text
language sql immutable parallel safe
return split_part(p_address, '#', 1);
comment on function ratchet_internal.thread_of(text) is
  'Address of the thread that a row of the history belongs to.';

-- sql/thread/dimension_of.sql

-- A thread as people know it: empty for the main function, $n for its nth continued generation, and
-- ,0,0 ,0,1 and so on for hooks. Inlinable: part of views.

create function ratchet_internal.dimension_of(p_address text) returns text
language sql immutable parallel safe
return case when left(p_address, 1) = 'h'
  then ',0,' || substr(split_part(p_address, '#', 1), 2)::bigint - 1
  else split_part(p_address, '#', 1) end;
comment on function ratchet_internal.dimension_of(text) is
  'The thread of a row of the history as people know it: empty, $n, or ,0,n for a hook.';

-- Starting jobs.

-- sql/job/step_field.sql

-- Readable name of a step: its thread, its position in at least five digits, and what was called,
-- so that the order of the names is the order of the calls. Inlinable: part of set-based inserts.

create function ratchet_internal.step_field(p_address text, p_position int, p_name text)
returns text
language sql immutable parallel safe
return case when p_address = '' then '' else p_address || '/' end
  || case when p_position < 100000 then lpad(p_position::text, 5, '0') else p_position::text end
  || ' ' || p_name;
comment on function ratchet_internal.step_field(text, int, text) is
  'Readable name of a step: thread, position in five digits or more, what was called.';

-- sql/job/step_name.sql

-- What a step called, taken back out of its field: all that follows the first blank after the
-- thread. Inlinable, as step_field is.

create function ratchet_internal.step_name(p_address text, p_field text) returns text
language sql immutable parallel safe
return substr(p_field, char_length(p_address) + 1
  + strpos(substr(p_field, char_length(p_address) + 1), ' '));
comment on function ratchet_internal.step_name(text, text) is
  'What a step called: its activity, signal or workflow name.';

-- sql/dispatch/wake_route.sql

-- Tells idle workers of a route that there is something to do. A hint: sent at commit, only when
-- somebody is idle, with nothing in it; without it the work is found by polling.

create function ratchet_internal.wake_route(p_namespace text, p_queue text, p_workflow text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_notify('ratchet', '')
  from ratchet_internal.workers w
  join ratchet_internal.worker_routes r on r.worker_id = w.id
  where w.is_idle and r.namespace = p_namespace and r.queue = p_queue
    and r.workflow = p_workflow
  limit 1;
end $$;
comment on function ratchet_internal.wake_route(text, text, text) is
  'Notifies idle workers of a route; does nothing when none is idle.';

-- sql/dispatch/wake_queues.sql

-- Tells idle workers of activity queues, other than the one that calls, that there is something to
-- do. A hint, as in wake_route.

create function ratchet_internal.wake_queues(p_worker bigint, p_queues text[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_notify('ratchet', '') where exists (
    select from ratchet_internal.workers w
    join ratchet_internal.worker_routes r on r.worker_id = w.id
    where w.is_idle and w.id <> p_worker and r.workflow = '' and r.queue = any (p_queues));
end $$;
comment on function ratchet_internal.wake_queues(bigint, text[]) is
  'Notifies idle workers of activity queues; does nothing when none is idle.';

-- sql/data/is_search.sql

-- Whether a value can be the option search of a start: an object whose data names attributes, each
-- with a text, a number or a boolean. Its other fields (index, prefix, schema) have no effect.

create function ratchet_internal.is_search(p_value json) returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case when json_typeof(p_value) <> 'object' then false
    when p_value -> 'data' is null then true
    when json_typeof(p_value -> 'data') <> 'object' then false
    else (
      select coalesce(bool_and(ratchet_internal.is_name(key)
        and json_typeof(value) in ('string', 'number', 'boolean')), true)
      from json_each(p_value -> 'data')) end
$$;
comment on function ratchet_internal.is_search(json) is
  'Whether a value can be the option search of a start: {"data": {"name": "text"}}.';

-- sql/data/search_of.sql

-- The search attributes with which a job is started, out of the options of the start. Total: null
-- where there are none. Inlinable: part of set-based inserts.

create function ratchet_internal.search_of(p_options json) returns json
language sql immutable parallel safe
return case when json_typeof(p_options -> 'search' -> 'data') = 'object'
  then p_options -> 'search' -> 'data' end;
comment on function ratchet_internal.search_of(json) is
  'The search attributes among the options of a start; null where there are none.';

-- sql/data/set_attributes.sql

-- Sets search attributes of jobs: those of each object, which belongs to the job at its place. What
-- is no attribute is left out; of two values for one, the last counts. Null objects: nothing.
-- Who may is for the caller to decide. Locks: nothing (the caller has locked the jobs, or they are
-- new). Writes: attributes.

create function ratchet_internal.set_attributes(
  p_now timestamptz, p_jobs bigint[], p_data json[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into ratchet.jobs_attributes as a (job_id, ledger, created_at, position, kind, address,
    field, value)
  select distinct on (given.job_id, each.name) given.job_id,
    ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1), p_now, 1, 'attribute',
    '_' || each.name, '_' || each.name, each.value
  from unnest(p_jobs, p_data) with ordinality as given (job_id, data, at)
  cross join json_each_text(given.data) with ordinality as each (name, value, at)
  where ratchet_internal.is_name(each.name) and each.value is not null
  order by given.job_id, each.name, given.at desc, each.at desc
  on conflict (job_id, address, position) do update
  set value = excluded.value, updated_at = p_now;
end $$;
comment on function ratchet_internal.set_attributes(timestamptz, bigint[], json[]) is
  'Sets search attributes of jobs, an object of them for each.';

-- sql/job/describe_jobs.sql

-- Writes what a start says about its jobs: search attributes and markers. A function of its own,
-- because most starts say nothing, and statements that could write cost a third of a start.
-- Locks: the new rows. Writes: attributes.

create function ratchet_internal.describe_jobs(
  p_now timestamptz, p_jobs bigint[], p_options json
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_options -> 'search' is not null then
    perform ratchet_internal.set_attributes(p_now, p_jobs,
      array_fill(ratchet_internal.search_of(p_options), array[cardinality(p_jobs)]));
  end if;
  if json_typeof(p_options -> 'marker') is distinct from 'object' then return; end if;
  insert into ratchet.jobs_attributes (job_id, ledger, created_at, position, kind, address, field,
    value)
  select job.id, ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1), p_now,
    said.at + coalesce((select max(position) from ratchet.jobs_attributes
      where job_id = job.id and address = '#marker'), 0),
    'marker', '#marker', said.name, said.value
  from unnest(p_jobs) as job (id)
  cross join json_each_text(ratchet_internal.readable(p_options -> 'marker'))
    with ordinality as said (name, value, at);
end $$;
comment on function ratchet_internal.describe_jobs(timestamptz, bigint[], json) is
  'Writes the search attributes and markers that a start gives its jobs.';

-- sql/job/start_terms.sql

-- What the options of a start ask for.

create type ratchet_internal.start_terms as (
  entity text,
  delay_ms float8,
  expire_seconds bigint,
  pending float8,
  retry json,
  is_watched boolean,
  is_hookable boolean,
  is_persistent boolean,
  is_described boolean
);
comment on type ratchet_internal.start_terms is 'What the options of a start ask for.';

-- sql/job/asks_to_watch.sql

-- Whether the options of a start ask for a notification of the end and for nothing else, as those
-- of a program that waits for the result do: they need not be read, which takes a quarter of a
-- start. Inlinable.

create function ratchet_internal.asks_to_watch(p_options json) returns boolean
language sql immutable parallel safe
return p_options::text = '{"watch":true}';
comment on function ratchet_internal.asks_to_watch(json) is
  'Whether the options of a start ask for a notification of the end and for nothing else.';

-- sql/job/read_terms.sql

-- Reads the options of a start, which the caller has checked, or (null) their defaults.

create function ratchet_internal.read_terms(p_options json) returns ratchet_internal.start_terms
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select p_options ->> 'entity', ratchet_internal.number_of(p_options, 'delay', 0),
    ratchet_internal.number_of(p_options, 'expire', null)::bigint,
    ratchet_internal.number_of(p_options, 'pending', null), p_options -> 'retry',
    coalesce(p_options ->> 'watch' = 'true', false),
    p_options ->> 'signalIn' is distinct from 'false',
    coalesce(p_options ->> 'persistent' = 'true', false),
    p_options -> 'search' is not null or p_options -> 'marker' is not null
$$;
comment on function ratchet_internal.read_terms(json) is 'What the options of a start ask for.';

-- sql/job/job_rows.sql

-- The rows of jobs to be started, in the order of their ids. Inlinable: part of set-based inserts.

create function ratchet_internal.job_rows(
  p_now timestamptz, p_namespace text, p_workflow text, p_queue text, p_ids text[],
  p_inputs json[], p_terms ratchet_internal.start_terms, p_request_id uuid
) returns table (
  key text, namespace text, entity text, workflow text, queue text, status int,
  is_watched boolean, is_hookable boolean, is_persistent boolean, is_labelled boolean,
  request_id uuid, expire_seconds bigint, options json, input json, created_at timestamptz,
  updated_at timestamptz, pending_until timestamptz
) language sql stable
begin atomic
  select given.id, p_namespace, coalesce((p_terms).entity, p_workflow), p_workflow, p_queue,
    case when (p_terms).pending is null then 1 else -1 end,
    coalesce((p_terms).is_watched, false), coalesce((p_terms).is_hookable, true),
    coalesce((p_terms).is_persistent, false), (p_terms).entity is not null, p_request_id,
    (p_terms).expire_seconds, (p_terms).retry, given.input, p_now, p_now,
    case when (p_terms).pending is not null
      then ratchet_internal.after(p_now, (p_terms).pending * 1000) end
  from unnest(p_ids, p_inputs) as given (id, input)
  order by given.id collate "C";
end;
comment on function ratchet_internal.job_rows(
  timestamptz, text, text, text, text[], json[], ratchet_internal.start_terms, uuid) is
  'The rows of jobs to be started, in the order of their ids.';

-- sql/job/create_jobs.sql

-- Inserts jobs and the message that runs each; ids that exist already are left alone. With the
-- option pending the ids are only reserved: nothing runs until somebody starts a job of the id.
-- Many are taken for new, since looking for a conflict makes a row cost a fifth more: the first
-- that exists undoes what was inserted (little, unless few exist), and they are looked for.
-- Locks: the new rows, in the order of the ids (a concurrent start of the same id waits for this
--   transaction; two that share several ids wait one for the other).
-- Writes: jobs, messages, attributes. Wakes: one notification if a worker of the queue is idle.

create function ratchet_internal.create_jobs(
  p_namespace text, p_workflow text, p_queue text, p_ids text[], p_inputs json[],
  p_options json, p_request_id uuid
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_due timestamptz := v_now;
  v_terms ratchet_internal.start_terms;
  v_jobs bigint[];
  v_count bigint;
begin
  -- Few starts have further options, and to a transaction that starts one job an expression costs
  -- as much as a row.
  if ratchet_internal.asks_to_watch(p_options) then
    v_terms.is_watched := true;
  elsif p_options is not null then
    v_terms := ratchet_internal.read_terms(p_options);
    v_due := ratchet_internal.after(v_now, v_terms.delay_ms);
  end if;
  -- A block is a subtransaction: few starts, of which a transaction may have any number, use none.
  if cardinality(p_ids) >= 100 then
    begin
      with job as (
        insert into ratchet.jobs (key, namespace, entity, workflow, queue, status, is_watched,
          is_hookable, is_persistent, is_labelled, request_id, expire_seconds, options, input,
          created_at, updated_at, pending_until)
        select * from ratchet_internal.job_rows(v_now, p_namespace, p_workflow, p_queue, p_ids,
          p_inputs, v_terms, p_request_id)
        returning id),
      turn as (
        insert into ratchet_internal.messages (job_id, due_at, kind, namespace, queue, workflow)
        select id, v_due, 'turn', p_namespace, p_queue, p_workflow from job
        where v_terms.pending is null)
      select count(*), case when v_terms.is_described then array_agg(id) end into v_count, v_jobs
      from job;
    exception when unique_violation then null;
    end;
  end if;
  if v_count is null then
    with job as (
      insert into ratchet.jobs (key, namespace, entity, workflow, queue, status, is_watched,
        is_hookable, is_persistent, is_labelled, request_id, expire_seconds, options, input,
        created_at, updated_at, pending_until)
      select * from ratchet_internal.job_rows(v_now, p_namespace, p_workflow, p_queue, p_ids,
        p_inputs, v_terms, p_request_id)
      on conflict (key, namespace) do nothing
      returning id),
    turn as (
      insert into ratchet_internal.messages (job_id, due_at, kind, namespace, queue, workflow)
      select id, v_due, 'turn', p_namespace, p_queue, p_workflow from job
      where v_terms.pending is null)
    select count(*), case when v_terms.is_described then array_agg(id) end into v_count, v_jobs
    from job;
  end if;
  if v_jobs is not null then
    perform ratchet_internal.describe_jobs(v_now, v_jobs, p_options);
  end if;
  if v_count > 0 and v_due <= v_now then
    perform ratchet_internal.wake_route(p_namespace, p_queue, p_workflow);
  end if;
  return v_count;
end $$;
comment on function ratchet_internal.create_jobs(text, text, text, text[], json[], json, uuid) is
  'Inserts jobs and the message that runs each; returns how many ids were new.';

-- sql/job/run_reserved.sql

-- Starts a job whose id was reserved, with what this start says; of the marks and user data of the
-- reservation those stay that this start does not give anew.
-- Locks: the job. Writes: jobs, messages, attributes. Wakes: idle workers of the queue.
-- Returns how many jobs it started: 0 or 1.

create function ratchet_internal.run_reserved(
  p_namespace text, p_workflow text, p_queue text, p_id text, p_input json, p_options json,
  p_request_id uuid
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_terms ratchet_internal.start_terms := ratchet_internal.read_terms(p_options);
  v_job bigint;
begin
  if v_terms.pending is not null then return 0; end if;
  update ratchet.jobs
  set status = 1, pending_until = null, workflow = p_workflow, queue = p_queue,
    entity = coalesce(v_terms.entity, p_workflow), is_labelled = v_terms.entity is not null,
    input = p_input, options = v_terms.retry, request_id = p_request_id, updated_at = v_now,
    expire_seconds = v_terms.expire_seconds, is_hookable = v_terms.is_hookable,
    is_persistent = v_terms.is_persistent
  where key = p_id and namespace = p_namespace and status = -1
  returning id into v_job;
  if not found then return 0; end if;
  insert into ratchet_internal.messages (job_id, due_at, kind, namespace, queue, workflow)
  values (v_job, ratchet_internal.after(v_now, v_terms.delay_ms), 'turn', p_namespace, p_queue,
    p_workflow);
  if v_terms.is_described then
    delete from ratchet.jobs_attributes a
    using json_object_keys(case when json_typeof(p_options -> 'marker') = 'object'
      then p_options -> 'marker' else '{}' end) as said (name)
    where a.job_id = v_job and a.kind = 'marker' and a.field = said.name;
    perform ratchet_internal.describe_jobs(v_now, array[v_job], p_options);
  end if;
  perform ratchet_internal.wake_route(p_namespace, p_queue, p_workflow);
  return 1;
end $$;
comment on function ratchet_internal.run_reserved(
  text, text, text, text, json, json, uuid) is
  'Starts a job whose id was reserved; returns how many it started.';

-- sql/job/make_room.sql

-- Removes the jobs that have ids, where their time is over: those that have ended, after the time
-- that their start or their end gave; those that were only reserved, when nobody started them in
-- time. What the same call has started stays.
-- Locks: the jobs, in id order. Writes: as remove_jobs. Returns whether an id is free now.

create function ratchet_internal.make_room(
  p_namespaces text[], p_ids text[], p_request_id uuid
) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now constant timestamptz := ratchet_internal.write_time();
  v_old bigint[];
begin
  select array_agg(id) into v_old from (
    select j.id from ratchet.jobs j
    where j.id = any (array(
        select known.id from unnest(p_namespaces, p_ids) as given (namespace, id)
        cross join lateral (
          select id from ratchet.jobs where key = given.id and namespace = given.namespace
          limit 1) known))
      and j.status <= 0
      and (p_request_id is null or j.request_id is distinct from p_request_id)
      and ratchet.expired_at(j) <= v_now
    order by j.id for update) old;
  if v_old is null then return false; end if;
  return ratchet_internal.remove_jobs(v_old) > 0;
end $$;
comment on function ratchet_internal.make_room(text[], text[], uuid) is
  'Removes the jobs that have ids, where their time is over; returns whether an id is free now.';

-- sql/job/is_marker.sql

-- Whether a value can be the option marker of a start: an object whose keys begin with a hyphen.

create function ratchet_internal.is_marker(p_value json) returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select json_typeof(p_value) = 'object' and not exists (
    select from json_object_keys(case when json_typeof(p_value) = 'object' then p_value
        else '{}' end) as mark
    where mark !~ '^-.' or not ratchet_internal.is_name(mark))
$$;
comment on function ratchet_internal.is_marker(json) is
  'Whether a value can be the option marker of a start: {"-name": value}.';

-- sql/job/bad_option.sql

-- The first option of a start, or field of its retry policy, that has no meaning or a value out of
-- range. A loop over few, and not a statement: a start with one option would pay for them all.

create function ratchet_internal.bad_option(p_options json) returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key text;
  v_value json;
  v_bad text;
begin
  for v_key, v_value in select key, value from json_each(p_options) loop
    if v_key = 'retry' and json_typeof(v_value) = 'object' then
      select 'retry.' || key into v_bad from json_each(v_value)
      where key in ('maximumAttempts', 'initialInterval', 'backoffCoefficient', 'maximumInterval')
        and json_typeof(value) <> 'null'
        and not ratchet_internal.number_of(v_value, key, -1) between 0 and 1e100
      limit 1;
      if v_bad is not null then return v_bad; end if;
    elsif not coalesce(case v_key
        when 'watch' then json_typeof(v_value) = 'boolean'
        when 'entity' then ratchet_internal.is_name(v_value #>> '{}')
        when 'expire' then ratchet_internal.number_of(p_options, v_key, -1) between 0 and 1e13
        when 'delay' then ratchet_internal.number_of(p_options, v_key, -1) between 0 and 1e13
        when 'pending' then ratchet_internal.number_of(p_options, v_key, -1) between 0 and 1e13
        when 'search' then ratchet_internal.is_search(v_value)
        when 'persistent' then json_typeof(v_value) in ('boolean', 'null')
        when 'signalIn' then json_typeof(v_value) in ('boolean', 'null')
        when 'marker' then ratchet_internal.is_marker(v_value)
        when 'retry' then json_typeof(v_value) = 'null' end, false)
    then
      return v_key;
    end if;
  end loop;
  return null;
end $$;
comment on function ratchet_internal.bad_option(json) is
  'Name of an option of a start that is unknown or has a bad value; null when all are well.';

-- sql/job/check_start.sql

-- Checks what every way of starting a job is given.
-- Raises: WF101 for a bad name, WF104 for a bad option, WF105 for text Postgres cannot store.

create function ratchet_internal.check_start(
  p_namespace text, p_workflow text, p_queue text, p_options json
) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_option text;
begin
  perform ratchet_internal.check_name(p_namespace, 'namespace'),
    ratchet_internal.check_name(p_workflow, 'workflow'),
    ratchet_internal.check_name(p_queue, 'queue');
  if p_options is null or ratchet_internal.asks_to_watch(p_options) then return; end if;
  perform ratchet_internal.check_readable(p_options, 'options');
  if json_typeof(p_options) = 'object' then
    v_option := ratchet_internal.bad_option(p_options);
  else
    v_option := '(not an object)';
  end if;
  if v_option is not null then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', left(v_option, 100)),
      'Options are entity (name), expire and pending (seconds), delay (milliseconds; all at most'
      || ' 1e13), watch, persistent and signalIn (booleans), search ({"data": {"name": "text"}}),'
      || ' marker (an object whose keys begin with -)'
      || ' and retry (an object whose limits are numbers, not negative).');
  end if;
end $$;
comment on function ratchet_internal.check_start(text, text, text, json) is
  'Raises WF101, WF104 or WF105 unless namespace, workflow, queue and options of a start are '
  'valid.';

-- sql/job/start_workflow.sql

-- Starts one job, in the caller's transaction.
-- Locks: the new rows. Writes: jobs, messages. Wakes: an idle worker of the queue.
-- Raises: WF101 bad name, WF102 arguments are no array, WF104 bad option, WF301 the id is taken,
--   WF501 too large. Idempotent: with the same p_request_id the first answer is given again.

create function ratchet.start_workflow(
  p_workflow text, p_args json default '[]', p_id text default null, p_queue text default null,
  p_namespace text default 'durable', p_options json default null,
  p_request_id uuid default null
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_id text := coalesce(p_id, gen_random_uuid()::text);
  v_queue text := coalesce(p_queue, p_workflow);
  v_count bigint;
begin
  perform ratchet_internal.check_start(p_namespace, p_workflow, v_queue, p_options),
    ratchet_internal.check_name(v_id, 'workflow id'),
    ratchet_internal.check_size(p_args, 'arguments');
  if not ratchet_internal.is_arguments(p_args) then
    perform ratchet_internal.raise_error('WF102', 'arguments are not a JSON array',
      jsonb_build_object('workflow_id', v_id), 'Give the arguments as a JSON array: ''["a", 1]''.');
  end if;
  v_count := ratchet_internal.create_jobs(p_namespace, p_workflow, v_queue,
    array[v_id], array[p_args], p_options, p_request_id);
  if v_count = 0 and ratchet_internal.make_room(array[p_namespace], array[v_id],
    p_request_id) then
    v_count := ratchet_internal.create_jobs(p_namespace, p_workflow, v_queue,
      array[v_id], array[p_args], p_options, p_request_id);
  elsif v_count = 0 then
    v_count := ratchet_internal.run_reserved(p_namespace, p_workflow, v_queue, v_id, p_args,
      p_options, p_request_id);
  end if;
  -- A statement of its own: it sees the job that the one before waited for.
  if v_count = 0 and not exists (select from ratchet.jobs
      where key = v_id and namespace = p_namespace and request_id = p_request_id)
  then
    perform ratchet_internal.raise_error('WF301', 'duplicate job',
      jsonb_build_object('workflow_id', v_id, 'namespace', p_namespace),
      'A job with this id is kept; choose another id, or read that job.');
  end if;
  return v_id;
end $$;
comment on function ratchet.start_workflow(text, json, text, text, text, json, uuid) is
  'Starts a workflow and returns its id (a generated one if none is given). The queue defaults '
  'to the workflow''s name; options are entity, expire (seconds), delay (milliseconds), retry, '
  'watch (true: its end is notified, as after watch_jobs), search ({"data": {}}), signalIn (false: '
  'takes no hooks), persistent (stays open for hooks), marker, and pending (seconds for which the '
  'id is only reserved, until a second start).';

-- sql/job/check_jobs.sql

-- Checks the ids and arguments of many starts in one statement.
-- Raises: WF101 for a bad id, WF102 where there is no array of arguments, WF501 too large.

create function ratchet_internal.check_jobs(p_ids text[], p_args json[]) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_at bigint;
begin
  select given.at into v_at
  from unnest(p_ids, p_args) with ordinality as given (id, args, at)
  where not ratchet_internal.is_name(given.id)
    or not ratchet_internal.is_arguments(given.args)
    or octet_length(given.args::text) > 16777216
  limit 1;
  if v_at is not null then
    perform ratchet_internal.check_name(p_ids[v_at], 'workflow id');
    perform ratchet_internal.check_size(p_args[v_at], 'arguments');
    perform ratchet_internal.raise_error('WF102', 'arguments are not a JSON array',
      jsonb_build_object('workflow_id', p_ids[v_at], 'at', v_at),
      'Give as many JSON arrays of arguments as ids.');
  end if;
end $$;
comment on function ratchet_internal.check_jobs(text[], json[]) is
  'Raises WF101, WF102 or WF501 unless every job has a valid id and an array of arguments.';

-- sql/job/start_workflows.sql

-- Starts many jobs of one workflow in one statement, in the caller's transaction; ids that exist
-- are skipped, but jobs whose time is over make room.
-- Locks: the new rows; jobs whose time is over, in id order. Writes: jobs, messages. Wakes: an idle
--   worker, once.
-- Raises: WF101, WF102, WF104. Idempotent: repeated, it starts only what is missing; with the same
--   p_request_id nothing again whose own time is over by then.

create function ratchet.start_workflows(
  p_workflow text, p_ids text[], p_args json[], p_queue text default null,
  p_namespace text default 'durable', p_options json default null,
  p_request_id uuid default null
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_queue text := coalesce(p_queue, p_workflow);
  v_request uuid;
  v_count bigint;
begin
  perform ratchet_internal.check_start(p_namespace, p_workflow, v_queue, p_options);
  perform ratchet_internal.check_jobs(p_ids, p_args);
  if coalesce(p_options -> 'expire', p_options -> 'pending') is not null then
    v_request := p_request_id; -- others are kept for longer, and need not carry it
  end if;
  v_count := ratchet_internal.create_jobs(p_namespace, p_workflow, v_queue, p_ids, p_args,
    p_options, v_request);
  if v_count < cardinality(p_ids) and ratchet_internal.make_room(
    array_fill(p_namespace, array[cardinality(p_ids)]), p_ids, v_request)
  then
    v_count := v_count + ratchet_internal.create_jobs(p_namespace, p_workflow, v_queue, p_ids,
      p_args, p_options, v_request);
  end if;
  return v_count;
end $$;
comment on function ratchet.start_workflows(text, text[], json[], text, text, json, uuid) is
  'Starts a job for each id with the arguments at the same place; returns how many ids were free.';

-- sql/job/start_together.sql

-- For a program that has several starts to make at the same time: starts them in one commit, and
-- returns the ids that it did not start, because jobs of those ids are kept or reserved, so that
-- start_workflow is called for each of them. Unlike start_workflows it never waits long for another
-- transaction that starts the same id: it fails as a whole (55P03 after 100 ms), and each is then
-- started by itself.
-- Locks: the new rows. Writes: jobs, messages. Wakes: an idle worker, once.
-- Raises: WF101, WF102, WF104, WF501. Idempotent: with the same p_request_id the first answer is
-- given again.

create function ratchet.start_together(
  p_workflow text, p_ids text[], p_args json[], p_queue text, p_namespace text, p_options json,
  p_request_id uuid
) returns setof text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set lock_timeout = '100ms'
as $$
declare
  v_count bigint;
begin
  perform ratchet_internal.check_start(p_namespace, p_workflow, p_queue, p_options);
  perform ratchet_internal.check_jobs(p_ids, p_args);
  v_count := ratchet_internal.create_jobs(p_namespace, p_workflow, p_queue, p_ids, p_args,
    p_options, p_request_id);
  if v_count < cardinality(p_ids) then
    return query select given.id from unnest(p_ids) as given (id) where (
      select request_id from ratchet.jobs where key = given.id and namespace = p_namespace
    ) is distinct from p_request_id;
  end if;
end $$;
comment on function ratchet.start_together(text, text[], json[], text, text, json, uuid) is
  'Starts different jobs of one workflow in one commit; returns the ids it did not start because '
  'they are taken or reserved. Raises 55P03 when one is being started elsewhere.';

-- What tells jobs of graphs from those of functions, and how the former are tried again.

-- sql/graph/is_graph.sql

-- Whether an address belongs to a job of a graph: those begin with a comma. Inlinable.

create function ratchet_internal.is_graph(p_address text) returns boolean
language sql immutable parallel safe
return left(p_address, 1) = ',';
comment on function ratchet_internal.is_graph(text) is
  'Whether an address belongs to an activity of a graph.';

-- sql/graph/duration_ms.sql

-- A duration in milliseconds: a number of them, or text with a unit, as '500ms', '5 seconds',
-- '24h', '30 days', '1w', '1y'. Null for anything else. Total.

create function ratchet_internal.duration_ms(p_text text) returns float8
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select (part[1])::float8 * case
      when part[2] = '' or part[2] ~ '^(ms|msecs?|milliseconds?)$' then 1
      when part[2] ~ '^(s|secs?|seconds?)$' then 1000
      when part[2] ~ '^(m|mins?|minutes?)$' then 60000
      when part[2] ~ '^(h|hrs?|hours?)$' then 3600000
      when part[2] ~ '^(d|days?)$' then 86400000
      when part[2] ~ '^(w|weeks?)$' then 604800000
      when part[2] ~ '^(y|yrs?|years?)$' then 31557600000 end
  from regexp_match(lower(p_text), '^\s*([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*([a-z]*)\s*$') part
$$;
comment on function ratchet_internal.duration_ms(text) is
  'A duration given as text, in milliseconds; null when it is none.';

-- sql/graph/graph_retry.sql

-- When a failed execution for a graph is followed by another: as the policy of the worker says that
-- ran it (total executions, coefficient to the power of the failures, in seconds), else as the
-- activity says for this very code (that many more, after 10, 100, ... milliseconds, at most 10 s).
-- Null: not at all. Without a code it was lost with its worker: then it is tried five times, or as
-- often as the policy says. Total: any policy gives an answer.

create function ratchet_internal.graph_retry(
  p_policy json, p_codes json, p_executions int, p_code int, p_is_lost boolean
) returns interval
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_most float8 := ratchet_internal.number_of(p_policy, 'maximumAttempts', 3);
  v_factor float8 := ratchet_internal.number_of(p_policy, 'backoffCoefficient', 10);
  v_max float8 := coalesce(ratchet_internal.duration_ms(
      case when json_typeof(ratchet_internal.readable(p_policy) -> 'maximumInterval') = 'string'
        then ratchet_internal.readable(p_policy) ->> 'maximumInterval' end) / 1000,
    ratchet_internal.number_of(p_policy, 'maximumInterval', 120));
  v_again json := ratchet_internal.readable(p_codes) -> p_code::text;
begin
  if p_is_lost then
    return case when p_executions < greatest(
      case when p_policy is null then 0 else v_most end, 5) then interval '0' end;
  elsif json_typeof(p_policy) = 'object' then
    if p_executions >= v_most then return null; end if;
    v_factor := power(least(greatest(v_factor, 0.001), 1000), least(p_executions, 60)::float8);
    return make_interval(secs => least(v_factor, greatest(v_max, 0), 1e10));
  elsif json_typeof(v_again) = 'array' and (v_again ->> 0) ~ '^[0-9]{1,6}$'
    and p_executions <= (v_again ->> 0)::int
  then
    return make_interval(secs => least(power(10, least(p_executions, 6)::float8) / 1000, 10));
  end if;
  return null;
end $$;
comment on function ratchet_internal.graph_retry(json, json, int, int, boolean) is
  'After which delay a failed execution for a graph is followed by another; null: not at all.';

-- sql/schedule/schedule.sql

-- Schedules: cron expressions and intervals in time zones, and what is started by them. Fired by
-- whoever exchanges.

-- sql/schedule/cron_rule.sql

-- A cron expression, read: the values that each field allows. In days 32 is the last of the month;
-- in weekdays 0 is Sunday, 10 + n the last n of the month, 100 + 10 n + k the k-th n.

create type ratchet_internal.cron_rule as (
  seconds int[],
  minutes int[],
  hours int[],
  days int[],
  months int[],
  weekdays int[]
);
comment on type ratchet_internal.cron_rule is
  'A cron expression, read: the values that each field allows.';

-- sql/schedule/cron_set.sql

-- The values that one field of a cron expression allows, in order; null when it cannot be read. The
-- names stand for p_least, p_least + 1, and so on. A step after a single number goes on to p_most.

create function ratchet_internal.cron_set(
  p_field text, p_least int, p_most int, p_names text[] default '{}'
) returns int[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  with item as (
    select i.item, regexp_match(i.item,
      '^(?:[*?]|([0-9]{1,2}|[a-z]{3})(?:-([0-9]{1,2}|[a-z]{3}))?)(?:/([0-9]{1,4}))?$') as part
    from string_to_table(lower(p_field), ',') as i (item)),
  named as (
    select part is not null as is_read, part[1] is null as is_all, part[2] is null as is_single,
      part[3]::int as step, (
        select case when text ~ '^[0-9]' then text::int
          else p_least - 1 + array_position(p_names, text) end
        from (select part[1]) as t (text)) as first, (
        select case when text ~ '^[0-9]' then text::int
          else p_least - 1 + array_position(p_names, text) end
        from (select coalesce(part[2], part[1])) as t (text)) as last
    from item),
  span as (
    select is_read and coalesce(step, 1) > 0
        and (is_all or first >= p_least and last <= p_most and first <= last) as is_valid,
      case when is_all then p_least else first end as first,
      case when is_all or is_single and step is not null then p_most else last end as last,
      coalesce(step, 1) as step
    from named)
  select case when bool_and(coalesce(is_valid, false)) then (
    select array_agg(distinct value order by value)
    from span, generate_series(first, last, step) as value) end
  from span
$$;
comment on function ratchet_internal.cron_set(text, int, int, text[]) is
  'The values that a field of a cron expression allows; null when it cannot be read.';

-- sql/schedule/cron_weekdays.sql

-- The values of the weekday field of a cron expression, as cron_rule has them; null when it cannot
-- be read.

create function ratchet_internal.cron_weekdays(p_field text) returns int[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  with item as (
    select i.item, case when named.day is null then m.special
      else array[(named.day - 1)::text, m.special[2], m.special[3]] end as special
    from string_to_table(lower(p_field), ',') as i (item)
    cross join lateral (
      select regexp_match(i.item,
        '^([0-7]|sun|mon|tue|wed|thu|fri|sat)(?:(l)|#([1-5]))$') as special) m
    cross join lateral (
      select array_position('{sun,mon,tue,wed,thu,fri,sat}', m.special[1]) as day) named),
  plain as (
    select ratchet_internal.cron_set(string_agg(item, ','), 0, 7,
      '{sun,mon,tue,wed,thu,fri,sat}') as days, count(*) as count
    from item where special is null)
  select case when plain.days is not null or plain.count = 0 then (
    select array_agg(distinct value order by value)
    from (
      select day % 7 from unnest(plain.days) as day
      union all
      select case when special[2] is not null then 10 + special[1]::int % 7
        else 100 + special[1]::int % 7 * 10 + special[3]::int end
      from item where special is not null) as every (value)) end
  from plain
$$;
comment on function ratchet_internal.cron_weekdays(text) is
  'The values of the weekday field of a cron expression; null when it cannot be read.';

-- sql/schedule/read_cron.sql

-- Reads a cron expression: five fields, minute hour day month weekday, or six with the second in
-- front; fewer are the last ones. Null when it cannot be read, or when no day can ever match.

create function ratchet_internal.read_cron(p_cron text) returns ratchet_internal.cron_rule
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := lower(btrim(p_cron, E' \t\n\r'));
  v_fields text[] := regexp_split_to_array(case v_text
    when '@yearly' then '0 0 1 1 *' when '@monthly' then '0 0 1 * *' when '@weekly' then '0 0 * * 0'
    when '@daily' then '0 0 * * *' when '@hourly' then '0 * * * *' when '' then '*'
    else v_text end, '\s+');
  v_months constant text[] := '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}';
  v_rule ratchet_internal.cron_rule;
begin
  if p_cron is null or cardinality(v_fields) > 6 then return null; end if;
  v_fields := array_cat(('{0,*,*,*,*,*}'::text[])[1:6 - cardinality(v_fields)], v_fields);
  v_rule.seconds := ratchet_internal.cron_set(v_fields[1], 0, 59);
  v_rule.minutes := ratchet_internal.cron_set(v_fields[2], 0, 59);
  v_rule.hours := ratchet_internal.cron_set(v_fields[3], 0, 23);
  v_rule.days := case v_fields[4] when 'l' then '{32}' else ratchet_internal.cron_set(
    array_to_string(array_remove(string_to_array(v_fields[4], ','), 'l'), ','), 1, 31) end;
  v_rule.months := ratchet_internal.cron_set(v_fields[5], 1, 12, v_months);
  v_rule.weekdays := ratchet_internal.cron_weekdays(v_fields[6]);
  if num_nulls(v_rule.seconds, v_rule.minutes, v_rule.hours, v_rule.days, v_rule.months,
    v_rule.weekdays) > 0
  then
    return null;
  end if;
  if v_fields[4] ~ ',l|l,' then
    v_rule.days := v_rule.days || 32;
  end if;
  -- A day that no month has, such as 30 February, is a mistake unless a weekday may match instead.
  if v_rule.weekdays = '{0,1,2,3,4,5,6}' and not exists (
      select from unnest(v_rule.months) as month, unnest(v_rule.days) as day
      where day = 32 or day <= case when month = 2 then 29 when month in (4, 6, 9, 11) then 30
        else 31 end)
  then
    return null;
  end if;
  return v_rule;
end $$;
comment on function ratchet_internal.read_cron(text) is
  'Reads a cron expression; null when it cannot be read or no day can ever match.';

-- sql/schedule/is_cron_day.sql

-- Whether a cron rule allows a day. Where both day and weekday are restricted, either may match.
-- Inlinable: a rule may be asked for thousands of days.

create function ratchet_internal.is_cron_day(p_rule ratchet_internal.cron_rule, p_day date)
returns boolean
language sql immutable parallel safe
return extract(month from p_day)::int = any ((p_rule).months)
  and case
    when cardinality((p_rule).days) >= 31 and (p_rule).weekdays = '{0,1,2,3,4,5,6}' then true
    when (p_rule).weekdays <> '{0,1,2,3,4,5,6}' and (
      extract(dow from p_day)::int = any ((p_rule).weekdays)
      or 10 + extract(dow from p_day)::int = any ((p_rule).weekdays)
        and extract(month from p_day + 7) <> extract(month from p_day)
      or 100 + extract(dow from p_day)::int * 10 + (extract(day from p_day)::int + 6) / 7
        = any ((p_rule).weekdays)) then true
    when cardinality((p_rule).days) >= 31 then false
    else extract(day from p_day)::int = any ((p_rule).days)
      or 32 = any ((p_rule).days) and extract(day from p_day + 1) = 1 end;
comment on function ratchet_internal.is_cron_day(ratchet_internal.cron_rule, date) is
  'Whether a cron rule allows a day.';

-- sql/schedule/cron_next.sql

-- The first time after p_after that a cron rule allows in a time zone; null when there is none in
-- the next 44 years.
-- Where clocks are put forward, a time that is left out counts as many minutes later as are left
-- out (02:30 as 03:30). Where they are put back, a rule for every hour holds in both passes of the
-- repeated hour; any other in the first only.
-- Some hours before and after p_after are looked at, more than clocks are ever moved by.

create function ratchet_internal.cron_next(
  p_rule ratchet_internal.cron_rule, p_zone text, p_after timestamptz
) returns timestamptz
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
set jit = off
as $$
  with hour as materialized (
    select h.local from (
      -- In the order of time, and no further than is looked at.
      select d.day + make_interval(hours => unnest(p_rule.hours)) as local
      from (select (p_after at time zone p_zone)::date - 1 + generate_series(0, 16100) as day) d
      where ratchet_internal.is_cron_day(p_rule, d.day)) h
    where h.local >= p_after at time zone p_zone - interval '3 hours'
    limit 8),
  moved as materialized (
    select hour.local, t.at, (at - interval '3 hours') at time zone p_zone
        - (at + interval '1 hour') at time zone p_zone + interval '4 hours' as back
    from hour cross join lateral (select hour.local at time zone p_zone) as t (at)),
  minute as (
    select late.at, case when moved.back > interval '0'
        and (late.at - moved.back) at time zone p_zone = m.local
      then late.at - moved.back else late.at end as first_at
    from moved
    cross join unnest(p_rule.minutes) as u (minute)
    cross join lateral (select moved.local + make_interval(mins => u.minute)) as m (local)
    -- The hours in which clocks are not moved need no look at the time zone for each minute.
    cross join lateral (select case when moved.back = interval '0'
      then moved.at + make_interval(mins => u.minute) else m.local at time zone p_zone end)
      as late (at))
  select min(pass.at + make_interval(secs => case when pass.at > p_after then p_rule.seconds[1]
    else (select min(s) from unnest(p_rule.seconds) s
      where pass.at + make_interval(secs => s) > p_after) end))
  from minute
  cross join lateral (
    values (minute.first_at), (case when cardinality(p_rule.hours) = 24 then minute.at end)
  ) as pass (at)
  where pass.at > p_after - interval '1 minute'
$$;
comment on function ratchet_internal.cron_next(ratchet_internal.cron_rule, text, timestamptz) is
  'The first time after another that a cron rule allows in a time zone.';

-- sql/schedule/check_cron.sql

-- Raises: WF108 unless a cron expression can be read.

create function ratchet_internal.check_cron(p_cron text) returns ratchet_internal.cron_rule
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule ratchet_internal.cron_rule := ratchet_internal.read_cron(p_cron);
begin
  if v_rule.months is null then
    perform ratchet_internal.raise_error('WF108', 'invalid cron expression',
      jsonb_build_object('cron', left(p_cron, 200)),
      'Give minute hour day month weekday, such as 30 8 * * mon-fri; a second may stand in front.');
  end if;
  return v_rule;
end $$;
comment on function ratchet_internal.check_cron(text) is
  'A cron expression, read; raises WF108 when it cannot be.';

-- sql/schedule/check_timezone.sql

-- Raises: WF104 unless the server knows the time zone by a name of the IANA database. Offsets and
-- POSIX rules, which Postgres would take too, have their signs the wrong way round for most people.

create function ratchet_internal.check_timezone(p_timezone text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_timezone is null
    or not p_timezone ~ '^[A-Za-z]+([_+/-][A-Za-z0-9]+)*$'
    or not exists (select from pg_timezone_names where lower(name) = lower(p_timezone))
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'timezone', 'value', left(p_timezone, 100)),
      'Give an IANA name, such as Europe/Berlin or UTC; pg_timezone_names has all.');
  end if;
end $$;
comment on function ratchet_internal.check_timezone(text) is
  'Raises WF104 unless the server knows the time zone.';

-- sql/schedule/occurrences.sql

-- The next times of a cron expression in a time zone, whether or not a schedule has it.
-- Raises: WF104, WF108.

create function ratchet.occurrences(
  p_cron text, p_timezone text default 'UTC', p_count int default 5,
  p_after timestamptz default null
) returns setof timestamptz
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule ratchet_internal.cron_rule := ratchet_internal.check_cron(p_cron);
  v_at timestamptz := coalesce(p_after, ratchet_internal.now());
begin
  perform ratchet_internal.check_timezone(p_timezone);
  if p_count is null or p_count not between 0 and 10000 or not isfinite(v_at) then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'count', 'value', p_count),
      'Give a count from 0 to 10000, and a time that is not infinite.');
  end if;
  for at in 1 .. p_count loop
    v_at := ratchet_internal.cron_next(v_rule, p_timezone, v_at);
    exit when v_at is null;
    return next v_at;
  end loop;
end $$;
comment on function ratchet.occurrences(text, text, int, timestamptz) is
  'The next times of a cron expression in a time zone, after now or p_after.';

-- sql/schedule/occurrence_key.sql

-- The id of the job of an occurrence. Occurrences of a schedule are a second or more apart.

create function ratchet_internal.occurrence_key(p_schedule text, p_at timestamptz) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select p_schedule || '@' || to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
$$;
comment on function ratchet_internal.occurrence_key(text, timestamptz) is
  'The workflow id of the job of an occurrence.';

-- sql/schedule/next_occurrence.sql

-- The first occurrence of a schedule after a time; infinity when there is none.
-- Raises: WF108 when its cron expression cannot be read; 22023 when its time zone is unknown.

create function ratchet_internal.next_occurrence(
  p_schedule ratchet.schedules, p_after timestamptz
) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from timestamptz := p_schedule.starts_at;
  v_every interval := make_interval(secs => p_schedule.every_ms / 1000.0);
  v_at timestamptz;
begin
  if p_schedule.cron is not null then
    v_at := ratchet_internal.cron_next(ratchet_internal.check_cron(p_schedule.cron),
      p_schedule.timezone, greatest(p_after, v_from - interval '1 microsecond'));
  elsif p_after < v_from then
    v_at := v_from;
  else
    v_at := v_from + v_every * (1 + floor(extract(epoch from p_after - v_from) * 1000
      / p_schedule.every_ms)::float8);
  end if;
  return case when v_at <= p_schedule.ends_at then v_at else 'infinity' end;
end $$;
comment on function ratchet_internal.next_occurrence(ratchet.schedules, timestamptz) is
  'The first occurrence of a schedule after a time; infinity when there is none.';

-- sql/schedule/last_occurrence.sql

-- The last occurrence of a schedule that is not after p_until, given one that is not: by halving
-- the time between, so that a year of missed seconds is as cheap as an hour of them.

create function ratchet_internal.last_occurrence(
  p_schedule ratchet.schedules, p_known timestamptz, p_until timestamptz
) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_found timestamptz := p_known;
  v_none_after timestamptz := p_until;
  v_middle timestamptz;
  v_next timestamptz;
begin
  while v_none_after - v_found > interval '1 second' loop
    v_middle := v_found + (v_none_after - v_found) / 2;
    v_next := ratchet_internal.next_occurrence(p_schedule, v_middle);
    if v_next <= p_until then v_found := v_next; else v_none_after := v_middle; end if;
  end loop;
  v_next := ratchet_internal.next_occurrence(p_schedule, v_found);
  return case when v_next <= p_until then v_next else v_found end;
end $$;
comment on function ratchet_internal.last_occurrence(
  ratchet.schedules, timestamptz, timestamptz) is
  'The last occurrence of a schedule that is not after a time.';

-- sql/schedule/due_occurrences.sql

-- Which occurrences of a schedule that is due are to be started, in order: those noticed within a
-- minute, and of those missed what catch_up says; at most p_most, the rest with the next call.

create function ratchet_internal.due_occurrences(
  p_schedule ratchet.schedules, p_now timestamptz, p_most bigint
) returns timestamptz[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_minute constant interval := '1 minute';
  v_at timestamptz := p_schedule.next_at;
  v_oldest timestamptz := p_now - case p_schedule.catch_up when 'all'
    then greatest(make_interval(secs => p_schedule.catch_up_ms / 1000.0), v_minute)
    else v_minute end;
  v_due timestamptz[] := '{}';
begin
  if p_most < 1 then
    return v_due;
  elsif v_at < v_oldest and p_schedule.catch_up = 'one' then
    return array[ratchet_internal.last_occurrence(p_schedule, v_at, p_now)];
  elsif v_at < v_oldest then
    v_at := ratchet_internal.next_occurrence(p_schedule, v_oldest - interval '1 microsecond');
  end if;
  while v_at <= p_now and cardinality(v_due) < p_most loop
    v_due := v_due || v_at;
    v_at := ratchet_internal.next_occurrence(p_schedule, v_at);
  end loop;
  return v_due;
end $$;
comment on function ratchet_internal.due_occurrences(ratchet.schedules, timestamptz, bigint) is
  'Which occurrences of a schedule that is due are to be started.';

-- sql/schedule/move_on.sql

-- A schedule after some of its occurrences were started: what it started last, and what is next.

create function ratchet_internal.move_on(
  p_schedule ratchet.schedules, p_started timestamptz[], p_now timestamptz
) returns ratchet.schedules
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new ratchet.schedules := p_schedule;
  v_last timestamptz := p_started[cardinality(p_started)];
begin
  if v_last is not null then
    v_new.last_at := v_last;
    v_new.last_key := ratchet_internal.occurrence_key(v_new.key, v_last);
    v_new.run_count := v_new.run_count + cardinality(p_started);
  end if;
  -- Where runs may not overlap, what is due with the one that was started is left out, or waits.
  v_new.next_at := case when v_new.run_count >= v_new.max_runs then 'infinity'
    when v_new.is_from_end then ratchet_internal.after(p_now, v_new.every_ms)
    else ratchet_internal.next_occurrence(v_new,
      case when v_last is null or v_new.overlap = 'skip' then p_now else v_last end) end;
  return v_new;
end $$;
comment on function ratchet_internal.move_on(
  ratchet.schedules, timestamptz[], timestamptz) is
  'A schedule after some of its occurrences were started.';

-- sql/schedule/fire_schedule.sql

-- Starts what is due of one schedule, and moves it on. While the last run goes on, and that
-- matters, the schedule is looked at again a second later.
-- Locks: new jobs; the caller has locked the schedule. Writes: schedules, jobs, messages.
-- Wakes: idle workers of the queue. Idempotent: an occurrence that is a job already starts nothing.

create function ratchet_internal.fire_schedule(
  p_schedule ratchet.schedules, p_now timestamptz
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new ratchet.schedules := p_schedule;
  v_is_alone boolean := v_new.overlap <> 'allow';
  v_last record;
  v_after_end timestamptz;
  v_due timestamptz[] := '{}';
begin
  v_new.problem := null; -- if it was put off for one, it is tried again now
  select j.status > 0 as is_open, j.error is not null as is_failed, j.finished_at into v_last
  from ratchet.jobs j where j.key = v_new.last_key and j.namespace = v_new.namespace;
  v_after_end := ratchet_internal.after(v_last.finished_at, v_new.every_ms);
  if v_new.stops_on_failure and not v_last.is_open and v_last.is_failed then
    v_new.next_at := 'infinity';
    v_new.problem := 'run ' || v_new.last_key || ' failed';
  elsif v_is_alone and v_last.is_open and v_new.overlap <> 'skip' then
    v_new.look_at := p_now + interval '1 second';
  elsif v_is_alone and v_last.is_open then
    v_new.next_at := ratchet_internal.next_occurrence(v_new, p_now);
  elsif v_new.is_from_end and v_after_end > p_now then
    v_new.next_at := v_after_end;
  else
    v_due := ratchet_internal.due_occurrences(v_new, p_now, least(
      case when v_is_alone then 1 else 100 end, v_new.max_runs - v_new.run_count));
    v_new := ratchet_internal.move_on(v_new, v_due, p_now);
  end if;
  if v_new.look_at <= p_now then
    v_new.look_at := v_new.next_at;
  end if;
  update ratchet.schedules set next_at = v_new.next_at, look_at = v_new.look_at,
    last_at = v_new.last_at, last_key = v_new.last_key, run_count = v_new.run_count,
    problem = v_new.problem, updated_at = p_now
  where id = v_new.id;
  if v_due = '{}' then return 0; end if;
  return ratchet_internal.create_jobs(v_new.namespace, v_new.workflow, v_new.queue, (
      select array_agg(ratchet_internal.occurrence_key(v_new.key, at)) from unnest(v_due) at),
    array_fill(v_new.input, array[cardinality(v_due)]), v_new.options, null);
end $$;
comment on function ratchet_internal.fire_schedule(ratchet.schedules, timestamptz) is
  'Starts what is due of one schedule and moves it on; returns how many jobs it started.';

-- sql/schedule/fire_schedules.sql

-- Fires the schedules that are due, at most 100. Whoever exchanges calls it: there is no leader. A
-- schedule that cannot be read any more, because the server has lost its time zone or somebody
-- edited the row, ends with its problem and holds up nobody. One whose run is refused, by a user's
-- trigger for example, tells the problem and is tried again a minute later.
-- Locks: schedules, skipping those that somebody else is firing; new jobs. Writes: schedules, jobs,
-- messages. Returns how many jobs it started.

create function ratchet_internal.fire_schedules(p_now timestamptz) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_schedule ratchet.schedules;
  v_count bigint := 0;
begin
  if not exists (select from ratchet.schedules where look_at <= p_now) then return 0; end if;
  -- One after the other: each occurrence follows from the one before.
  for v_schedule in
    select * from ratchet.schedules where look_at <= p_now
    order by look_at limit 100 for update skip locked
  loop
    begin
      v_count := v_count + ratchet_internal.fire_schedule(v_schedule, p_now);
    exception when invalid_parameter_value or sqlstate 'WF108' then
      update ratchet.schedules set look_at = 'infinity', next_at = 'infinity', problem = sqlerrm,
        updated_at = p_now
      where id = v_schedule.id;
    when sqlstate '22000' or sqlstate '23000' or sqlstate '27000' or sqlstate '2F000'
      or sqlstate '38000' or sqlstate '39000' or sqlstate '42000' or sqlstate '44000'
      or sqlstate 'P0000' or sqlstate 'WF000'
    then
      update ratchet.schedules set look_at = p_now + interval '1 minute', problem = sqlerrm,
        updated_at = p_now
      where id = v_schedule.id;
    end;
  end loop;
  return v_count;
end $$;
comment on function ratchet_internal.fire_schedules(timestamptz) is
  'Fires the schedules that are due; returns how many jobs it started.';

-- sql/schedule/run_schedules.sql

-- Fires the schedules that are due, as every exchange of a worker does: for psql, and for systems
-- whose workers use the single-item protocol only.
-- Locks, writes: as fire_schedules. Raises: WF605. Idempotent.

create function ratchet.run_schedules() returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
  perform ratchet_internal.check_isolation();
  return ratchet_internal.fire_schedules(ratchet_internal.now());
end $$;
comment on function ratchet.run_schedules() is
  'Fires the schedules that are due, as workers do; returns how many jobs it started.';

-- sql/schedule/interval_ms.sql

-- A length of time in milliseconds. Null for one with months, which have no length of their own.

create function ratchet_internal.interval_ms(p_interval interval) returns bigint
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when extract(year from p_interval) = 0 and extract(month from p_interval) = 0
      and abs(extract(epoch from p_interval)) < 1e12
    then (extract(epoch from p_interval) * 1000)::bigint end
$$;
comment on function ratchet_internal.interval_ms(interval) is
  'A length of time in milliseconds; null when it has months or is too long.';

-- sql/schedule/check_schedule.sql

-- Checks a schedule that is to be created or altered.
-- Raises: WF101, WF102, WF104, WF105, WF108, WF501.

create function ratchet_internal.check_schedule(p_new ratchet.schedules) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_option text;
begin
  perform ratchet_internal.check_start(p_new.namespace, p_new.workflow, p_new.queue,
    p_new.options);
  perform ratchet_internal.check_name(p_new.key, 'schedule id');
  perform ratchet_internal.check_name(ratchet_internal.occurrence_key(p_new.key,
    p_new.created_at), 'schedule id');
  perform ratchet_internal.check_size(p_new.input, 'arguments');
  if not ratchet_internal.is_arguments(p_new.input) then
    perform ratchet_internal.raise_error('WF102', 'arguments are not a JSON array',
      jsonb_build_object('schedule', p_new.key),
      'Give the arguments as a JSON array: ''["a", 1]''.');
  end if;
  v_option := case
    when (p_new.cron is null) = (p_new.every_ms is null) then 'cron, every (one of the two)'
    when p_new.every_ms not between 1000 and 1e13 then 'every (1 second to 300 years, no months)'
    when coalesce(p_new.catch_up not in ('skip', 'one', 'all'), true)
      then 'catch_up (skip, one or all)'
    when coalesce(p_new.catch_up_ms not between 0 and 1e13, true) then 'catch_up_window'
    when coalesce(p_new.overlap not in ('allow', 'skip', 'wait'), true)
      then 'overlap (allow, skip or wait)'
    when p_new.is_from_end and (p_new.every_ms is null or p_new.overlap <> 'wait')
      then 'from_end (needs every, and overlap wait)'
    when p_new.stops_on_failure and p_new.overlap = 'allow'
      then 'stop_on_failure (needs overlap skip or wait)'
    when p_new.max_runs < 1 then 'max_runs (1 or more)'
    when not isfinite(p_new.starts_at) then 'starts_at'
    when coalesce(p_new.options::jsonb ? 'delay', false) then 'options.delay' end;
  if v_option is not null then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', v_option, 'schedule', p_new.key),
      'Correct the option of the schedule that the detail names.');
  end if;
  perform ratchet_internal.check_timezone(p_new.timezone);
  if p_new.cron is not null then
    perform ratchet_internal.check_cron(p_new.cron);
    if p_new.cron !~ '^\s*(@|\S+(\s+\S+){4,5}\s*$)' then
      perform ratchet_internal.raise_error('WF108', 'invalid cron expression',
        jsonb_build_object('cron', p_new.cron),
        'Give all five fields: minute hour day month weekday.');
    end if;
  end if;
end $$;
comment on function ratchet_internal.check_schedule(ratchet.schedules) is
  'Raises WF101, WF102, WF104, WF108 or WF501 unless a schedule is valid.';

-- sql/schedule/wake_idle.sql

-- Lets an idle worker look again: a schedule may be due earlier than it thought.

create function ratchet_internal.wake_idle() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from ratchet_internal.workers where is_idle) then
    perform pg_notify('ratchet', '');
  end if;
end $$;
comment on function ratchet_internal.wake_idle() is
  'Notifies idle workers that a schedule has changed.';

-- sql/schedule/schedule_terms.sql

-- What makes two schedules the same: all that their creator said.

create function ratchet_internal.schedule_terms(p_new ratchet.schedules, p_is_start_open boolean)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array[p_new.cron, p_new.every_ms::text, p_new.timezone,
    case when not p_is_start_open then extract(epoch from p_new.starts_at)::text end,
    extract(epoch from p_new.ends_at)::text, p_new.catch_up, p_new.catch_up_ms::text, p_new.overlap,
    p_new.is_from_end::text, p_new.stops_on_failure::text, p_new.max_runs::text,
    p_new.workflow, p_new.queue, p_new.input::text, p_new.options::text]
$$;
comment on function ratchet_internal.schedule_terms(ratchet.schedules, boolean) is
  'What makes two schedules the same.';

-- sql/schedule/put_schedule.sql

-- Inserts a schedule that has been checked, and returns its next occurrence. One that is there
-- already must be the same; where it was not said when to start, it may have started before.
-- Locks: the row. Writes: schedules. Wakes: an idle worker. Raises: WF306.

create function ratchet_internal.put_schedule(p_new ratchet.schedules, p_is_start_open boolean)
returns timestamptz
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kept ratchet.schedules;
begin
  p_new.next_at := ratchet_internal.next_occurrence(p_new,
    p_new.created_at - interval '1 microsecond');
  p_new.look_at := case when p_new.is_paused then 'infinity' else p_new.next_at end;
  insert into ratchet.schedules (key, namespace, cron, every_ms, timezone, starts_at, ends_at,
    is_paused, catch_up, catch_up_ms, overlap, is_from_end, stops_on_failure, max_runs, workflow,
    queue, input, options, next_at, look_at, created_at, updated_at)
  values (p_new.key, p_new.namespace, p_new.cron, p_new.every_ms, p_new.timezone,
    p_new.starts_at, p_new.ends_at, p_new.is_paused, p_new.catch_up, p_new.catch_up_ms,
    p_new.overlap, p_new.is_from_end, p_new.stops_on_failure, p_new.max_runs, p_new.workflow,
    p_new.queue, p_new.input, p_new.options, p_new.next_at, p_new.look_at, p_new.created_at,
    p_new.updated_at)
  on conflict (key, namespace) do nothing;
  if found then
    perform ratchet_internal.wake_idle();
    return p_new.next_at;
  end if;
  -- A statement of its own: it sees the row that the one before waited for.
  select * into v_kept from ratchet.schedules where key = p_new.key and namespace = p_new.namespace;
  if ratchet_internal.schedule_terms(v_kept, p_is_start_open)
    is distinct from ratchet_internal.schedule_terms(p_new, p_is_start_open)
  then
    perform ratchet_internal.raise_error('WF306', 'schedule exists',
      jsonb_build_object('schedule', p_new.key, 'namespace', p_new.namespace),
      'A schedule with this id and other terms is kept: alter it, or delete it first.');
  end if;
  return v_kept.next_at;
end $$;
comment on function ratchet_internal.put_schedule(ratchet.schedules, boolean) is
  'Inserts a schedule, or finds that the same is there; returns its next occurrence.';

-- sql/schedule/create_schedule.sql

-- Creates a schedule, by a cron expression or by an interval, and returns its next occurrence.
-- The first occurrence of an interval is p_starts_at, or p_delay (default: one interval) after now.
-- A schedule that looks at how its runs end waits for each.
-- Locks: the new row. Writes: schedules. Wakes: an idle worker, to look when it is due.
-- Raises: WF101, WF102, WF104, WF105, WF108, WF306 when the id has another schedule, WF501.
-- Idempotent: the same schedule again changes nothing.

create function ratchet.create_schedule(
  p_id text, p_workflow text, p_cron text default null, p_every interval default null,
  p_args json default '[]', p_queue text default null, p_timezone text default 'UTC',
  p_starts_at timestamptz default null, p_ends_at timestamptz default 'infinity',
  p_catch_up text default 'one', p_catch_up_window interval default '1 day',
  p_overlap text default 'allow', p_from_end boolean default false,
  p_stop_on_failure boolean default false, p_max_runs bigint default null,
  p_paused boolean default false, p_options json default null,
  p_namespace text default 'durable', p_delay interval default null
) returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new ratchet.schedules;
begin
  v_new.key := p_id;
  v_new.namespace := p_namespace;
  v_new.cron := p_cron;
  v_new.every_ms := coalesce(ratchet_internal.interval_ms(p_every), case when p_every is not null
    then 0 end);
  v_new.timezone := p_timezone;
  v_new.created_at := ratchet_internal.now();
  v_new.updated_at := v_new.created_at;
  v_new.starts_at := coalesce(p_starts_at, ratchet_internal.after(v_new.created_at,
    coalesce(ratchet_internal.interval_ms(p_delay), v_new.every_ms)), v_new.created_at);
  v_new.ends_at := coalesce(p_ends_at, 'infinity');
  v_new.is_paused := coalesce(p_paused, false);
  v_new.catch_up := p_catch_up;
  v_new.catch_up_ms := ratchet_internal.interval_ms(p_catch_up_window);
  v_new.overlap := case when p_overlap = 'allow' and (p_from_end or p_stop_on_failure)
    then 'wait' else p_overlap end;
  v_new.is_from_end := coalesce(p_from_end, false);
  v_new.stops_on_failure := coalesce(p_stop_on_failure, false);
  v_new.max_runs := p_max_runs;
  v_new.workflow := p_workflow;
  v_new.queue := coalesce(p_queue, p_workflow);
  v_new.input := p_args;
  v_new.options := p_options;
  v_new.run_count := 0;
  perform ratchet_internal.check_schedule(v_new);
  return ratchet_internal.put_schedule(v_new, p_starts_at is null);
end $$;
comment on function ratchet.create_schedule(text, text, text, interval, json, text, text,
  timestamptz, timestamptz, text, interval, text, boolean, boolean, bigint, boolean, json, text,
  interval) is
  'Creates a schedule that starts a workflow by a cron expression or an interval; returns its '
  'next occurrence.';

-- sql/schedule/lock_schedule.sql

-- The schedule of an id, locked. Raises: WF203, WF605.

create function ratchet_internal.lock_schedule(p_id text, p_namespace text)
returns ratchet.schedules
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_schedule ratchet.schedules;
begin
  perform ratchet_internal.check_isolation();
  select * into v_schedule from ratchet.schedules
  where key = p_id and namespace = p_namespace for update;
  if not found then
    perform ratchet_internal.raise_error('WF203', 'schedule not found',
      jsonb_build_object('schedule', left(p_id, 512), 'namespace', left(p_namespace, 512)),
      'It was never created in this namespace, or it was deleted.');
  end if;
  return v_schedule;
end $$;
comment on function ratchet_internal.lock_schedule(text, text) is
  'The schedule of an id, locked; raises WF203 when there is none.';

-- sql/schedule/from_now.sql

-- A schedule whose next occurrence is the first one from now on, unless it has had all its runs.

create function ratchet_internal.from_now(p_new ratchet.schedules) returns ratchet.schedules
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  p_new.updated_at := ratchet_internal.now();
  p_new.next_at := case when p_new.run_count >= p_new.max_runs then 'infinity'
    else ratchet_internal.next_occurrence(p_new, p_new.updated_at) end;
  p_new.look_at := case when p_new.is_paused then 'infinity' else p_new.next_at end;
  return p_new;
end $$;
comment on function ratchet_internal.from_now(ratchet.schedules) is
  'A schedule whose next occurrence is the first one from now on.';

-- sql/schedule/alter_schedule.sql

-- Changes a schedule; what is null stays as it is. A cron expression takes the place of an interval
-- and the other way round. What is next is found anew from now on; what was due is left out.
-- Locks: the schedule. Writes: schedules. Wakes: an idle worker. Raises: as create_schedule; WF203.
-- Returns the next occurrence. Idempotent.

create function ratchet.alter_schedule(
  p_id text, p_workflow text default null, p_cron text default null,
  p_every interval default null, p_args json default null, p_queue text default null,
  p_timezone text default null, p_starts_at timestamptz default null,
  p_ends_at timestamptz default null, p_catch_up text default null,
  p_catch_up_window interval default null, p_overlap text default null,
  p_from_end boolean default null, p_stop_on_failure boolean default null,
  p_max_runs bigint default null, p_options json default null, p_namespace text default 'durable'
) returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new ratchet.schedules := ratchet_internal.lock_schedule(p_id, p_namespace);
begin
  if p_cron is not null or p_every is not null then
    v_new.cron := p_cron;
    v_new.every_ms := coalesce(ratchet_internal.interval_ms(p_every), case when p_every is not null
      then 0 end);
  end if;
  v_new.timezone := coalesce(p_timezone, v_new.timezone);
  v_new.starts_at := coalesce(p_starts_at, v_new.starts_at);
  v_new.ends_at := coalesce(p_ends_at, v_new.ends_at);
  v_new.catch_up := coalesce(p_catch_up, v_new.catch_up);
  v_new.catch_up_ms := coalesce(ratchet_internal.interval_ms(p_catch_up_window), case
    when p_catch_up_window is null then v_new.catch_up_ms end);
  v_new.overlap := coalesce(p_overlap, v_new.overlap);
  v_new.is_from_end := coalesce(p_from_end, v_new.is_from_end);
  v_new.stops_on_failure := coalesce(p_stop_on_failure, v_new.stops_on_failure);
  v_new.max_runs := coalesce(p_max_runs, v_new.max_runs);
  v_new.workflow := coalesce(p_workflow, v_new.workflow);
  v_new.queue := coalesce(p_queue, v_new.queue);
  v_new.input := coalesce(p_args, v_new.input);
  v_new.options := coalesce(p_options, v_new.options);
  perform ratchet_internal.check_schedule(v_new);
  v_new := ratchet_internal.from_now(v_new);
  update ratchet.schedules set cron = v_new.cron, every_ms = v_new.every_ms,
    timezone = v_new.timezone, starts_at = v_new.starts_at, ends_at = v_new.ends_at,
    catch_up = v_new.catch_up, catch_up_ms = v_new.catch_up_ms, overlap = v_new.overlap,
    is_from_end = v_new.is_from_end, stops_on_failure = v_new.stops_on_failure,
    max_runs = v_new.max_runs, workflow = v_new.workflow, queue = v_new.queue,
    input = v_new.input, options = v_new.options, next_at = v_new.next_at,
    look_at = v_new.look_at, problem = null, updated_at = v_new.updated_at
  where id = v_new.id;
  perform ratchet_internal.wake_idle();
  return v_new.next_at;
end $$;
comment on function ratchet.alter_schedule(text, text, text, interval, json, text, text,
  timestamptz, timestamptz, text, interval, text, boolean, boolean, bigint, json, text) is
  'Changes a schedule from now on, null leaving things as they are; returns its next occurrence.';

-- sql/schedule/pause_schedule.sql

-- Lets a schedule rest; what would be due meanwhile is left out. Jobs that it started go on.
-- Locks: the schedule. Writes: schedules. Raises: WF203, WF605. Idempotent.

create function ratchet.pause_schedule(p_id text, p_namespace text default 'durable')
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update ratchet.schedules set is_paused = true, look_at = 'infinity',
    updated_at = ratchet_internal.now()
  where id = (ratchet_internal.lock_schedule(p_id, p_namespace)).id and not is_paused;
end $$;
comment on function ratchet.pause_schedule(text, text) is
  'Lets a schedule rest until it is resumed.';

-- sql/schedule/resume_schedule.sql

-- Lets a schedule go on after a pause. Returns its next occurrence.
-- Locks: the schedule. Writes: schedules. Wakes: an idle worker. Raises: WF203, WF605. Idempotent.

create function ratchet.resume_schedule(p_id text, p_namespace text default 'durable')
returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new ratchet.schedules := ratchet_internal.lock_schedule(p_id, p_namespace);
begin
  if v_new.is_paused then
    v_new.is_paused := false;
    v_new := ratchet_internal.from_now(v_new);
    update ratchet.schedules set is_paused = false, next_at = v_new.next_at,
      look_at = v_new.look_at, updated_at = v_new.updated_at
    where id = v_new.id;
    perform ratchet_internal.wake_idle();
  end if;
  return v_new.next_at;
end $$;
comment on function ratchet.resume_schedule(text, text) is
  'Lets a paused schedule go on; returns its next occurrence.';

-- sql/schedule/delete_schedule.sql

-- Deletes a schedule. Jobs that it started go on. Locks: the schedule. Writes: schedules.
-- Raises: WF605. Idempotent. Returns whether there was one.

create function ratchet.delete_schedule(p_id text, p_namespace text default 'durable')
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_isolation();
  delete from ratchet.schedules where key = p_id and namespace = p_namespace;
  return found;
end $$;
comment on function ratchet.delete_schedule(text, text) is
  'Deletes a schedule; returns whether there was one.';

-- sql/schedule/trigger_schedule.sql

-- Starts a run of a schedule now, beside its occurrences and whatever its policies say. Returns the
-- id of the job, which is p_job or made of the schedule's id and the time.
-- Locks: the schedule, the new job. Writes: schedules, jobs, messages. Wakes: an idle worker.
-- Raises: WF101, WF203, WF605. Idempotent with p_job.

create function ratchet.trigger_schedule(
  p_id text, p_namespace text default 'durable', p_job text default null
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new ratchet.schedules := ratchet_internal.lock_schedule(p_id, p_namespace);
  v_now timestamptz := ratchet_internal.now();
  v_job text := coalesce(p_job, v_new.key || '@' || to_char(v_now at time zone 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'));
begin
  perform ratchet_internal.check_name(v_job, 'workflow id');
  if ratchet_internal.create_jobs(v_new.namespace, v_new.workflow, v_new.queue, array[v_job],
    array[v_new.input], v_new.options, null) = 1
  then
    update ratchet.schedules set last_key = v_job, run_count = run_count + 1, updated_at = v_now
    where id = v_new.id;
  end if;
  return v_job;
end $$;
comment on function ratchet.trigger_schedule(text, text, text) is
  'Starts a run of a schedule now; returns the id of its job.';

-- Answering steps. settle is the one door through which an answer enters the history.

-- sql/dispatch/work.sql

-- What an exchange hands to a worker. kind is one of
--   start    run this new job from the top
--   turn     run this job after loading its history
--   careful  the same, after it was lost with its worker: record each step before running it
--   result   a step of a job held by this worker was answered
--   cancel   a job held by this worker is to be cancelled cooperatively
--   activity run this activity and report it with the same attempt
--   lost     this job is no longer this worker's: forget it
--   next     nothing to do before value milliseconds have passed (only when idle)
--   spans    what graphs did, for a caller that wanted to know (with_spans); value is a JSON list
--   idle     beside a single thing to do: the worker is still notified of more, and when it was to
--            look again still holds
-- Of a job to run, value is the workflow id of the root of its family, if that is another job.

create type ratchet.work as (
  kind text,
  job_id bigint,
  address text,
  "position" int,
  attempt int,
  namespace text,
  workflow_id text,
  workflow text,
  queue text,
  name text,
  input json,
  options json,
  is_failed boolean,
  is_cancelled boolean,
  value text,
  expire_seconds bigint
);
comment on type ratchet.work is 'One thing an exchange hands to a worker.';

-- sql/dispatch/route_head.sql

-- A route of a worker at one moment, and where its work begins: what is before has been taken.

create type ratchet_internal.route_head as (
  namespace text,
  queue text,
  workflow text,
  opens_at timestamptz,
  ready_at timestamptz,
  due_at timestamptz
);
comment on type ratchet_internal.route_head is
  'A route of a worker, with the times of its first ready and its first due message, if any.';

-- sql/dispatch/readiness.sql

-- What there is for a worker at one moment, as look finds it.

create type ratchet_internal.readiness as (
  has_due boolean,
  has_turns boolean,
  has_activities boolean,
  heads ratchet_internal.route_head[],
  answers_at timestamptz
);
comment on type ratchet_internal.readiness is
  'Whether there are answers or due timers, turns and activities for a worker; its routes, and '
  'when its first answer came.';

-- sql/dispatch/is_held_by.sql

-- Whether a message is held by a worker. Written so that no index can serve it: batches find their
-- messages by key, and statistics of a small, busy table would tempt the planner to go through all
-- that the worker holds for each of them. Inlinable: part of set-based statements.

create function ratchet_internal.is_held_by(p_holder bigint, p_worker bigint) returns boolean
language sql immutable parallel safe
return p_holder is not distinct from p_worker;
comment on function ratchet_internal.is_held_by(bigint, bigint) is
  'Whether a message, found by its key, is held by a worker.';

-- sql/dispatch/lock_worker.sql

-- Holds off whoever would take this worker's work over, until the transaction ends: a takeover
-- deletes the row, which waits for this lock, and this fails once the row is gone.
-- Every exchange begins here, so the check is performed only where it will raise.
-- Locks: the worker (key share). Raises: WF401 when the lease is lost, WF605. Returns true, so that
-- what else an exchange asks can follow in one expression.

create function ratchet_internal.lock_worker(p_worker bigint) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if not ratchet_internal.is_read_committed() then
    perform ratchet_internal.check_isolation();
  end if;
  perform from ratchet_internal.workers where id = p_worker
    and ratchet_internal.is_own(role_name) for key share;
  if not found then
    if exists (select from ratchet_internal.workers where id = p_worker) then
      perform ratchet_internal.raise_error('WF701', 'not permitted',
        jsonb_build_object('worker', p_worker::text, 'role', session_user),
        'A worker role may only use workers that it registered itself.');
    end if;
    perform ratchet_internal.raise_error('WF401', 'worker lost',
      jsonb_build_object('worker', p_worker::text),
      'Its lease ended and its work went to others; drop what is in memory and register anew.');
  end if;
  return true;
end $$;
comment on function ratchet_internal.lock_worker(bigint) is
  'Keeps the worker''s lease from being taken over until commit; raises WF401 when it is gone.';

-- sql/dispatch/lock_jobs.sql

-- Locks every job that an exchange may change, before it locks any message: jobs that end or are
-- run again, jobs whose steps are scheduled, and jobs that those steps wait for, hook or stop. So
-- all transactions lock jobs before messages, jobs in id order, and no two of them wait for each
-- other.
-- Locks: the jobs that run, in id order.

create function ratchet_internal.lock_jobs(
  p_jobs bigint[], p_plan_jobs bigint[], p_plan_kinds text[], p_plan_options json[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_jobs bigint[] := p_jobs;
begin
  if p_plan_kinds && array['await', 'hook', 'terminate'] then
    v_jobs := v_jobs || array(
      select target.id
      from unnest(p_plan_jobs, p_plan_kinds, p_plan_options) as s (job_id, kind, options)
      cross join lateral (select namespace from ratchet.jobs where id = s.job_id limit 1) j
      cross join lateral (
        select id from ratchet.jobs where namespace = j.namespace
          and key = ratchet_internal.readable(s.options) ->> 'id' limit 1) target
      where s.kind in ('await', 'hook', 'terminate'));
  end if;
  perform from ratchet.jobs where id = any (v_jobs) and status > 0
  order by id for no key update;
end $$;
comment on function ratchet_internal.lock_jobs(bigint[], bigint[], text[], json[]) is
  'Locks every job that an exchange may change, in id order.';

-- sql/dispatch/settle.sql

-- Answers open steps: the answer goes into the history, and the step's message becomes the message
-- that brings it to the worker holding the thread. Where none holds it, or the one that does is
-- being taken over at this moment, it is for any worker of the workflow: route_results sorts it
-- out. So does a caller that may be inside a user's long transaction (p_is_addressed false),
-- because an address keeps its worker from being taken over until the commit.
-- The turn says where the thread runs; where there is none, the hook's or the job's row does.
-- An answer of a graph is for whoever goes on with graphs next; it keeps what the message said.
-- Locks: workers addressed (key share, never waiting); messages, which the caller has locked and
-- knows to be open; then attributes. Wakes: idle workers.

create function ratchet_internal.settle(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[],
  p_attempts int[], p_failed boolean[], p_values text[], p_is_addressed boolean,
  p_codes int[] default null
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_to bigint[];
begin
  with answer as materialized (
    select a.*, ratchet_internal.is_graph(a.address) as is_graph, turn.queue, turn.workflow,
      case when p_is_addressed then turn.worker_id end as holder
    from unnest(p_jobs, p_addresses, p_positions, p_attempts, p_failed, p_values, p_codes)
      as a (job_id, address, at, attempt, is_failed, value, code)
    left join lateral (
      select worker_id, queue, workflow from ratchet_internal.messages
      where job_id = a.job_id and address = a.address and position = 0 limit 1) turn on true),
  alive as materialized (
    select w.id from ratchet_internal.workers w
    where w.id in (select holder from answer) for key share skip locked),
  sent as (
    update ratchet_internal.messages m
    set kind = 'result', worker_id = alive.id, due_at = p_now, key = null,
      options = case when a.is_graph then m.options end,
      queue = case when a.is_graph then '$graph' else coalesce(a.queue, (
        select queue from ratchet.threads t where t.job_id = a.job_id and t.address = a.address), (
        select queue from ratchet.jobs where id = a.job_id)) end,
      workflow = case when a.is_graph then '$graph' else coalesce(a.workflow, (
        select workflow from ratchet.threads t
        where t.job_id = a.job_id and t.address = a.address), (
        select workflow from ratchet.jobs where id = a.job_id)) end
    from answer a
    left join alive on alive.id = a.holder
    where m.job_id = any (array[a.job_id]) and m.address = a.address and m.position = a.at
    returning m.worker_id, m.namespace, m.queue, m.workflow),
  recorded as (
    update ratchet.jobs_attributes t
    set ledger = ratchet_internal.leg2_done(t.ledger, a.attempt), is_failed = a.is_failed,
      value = a.value, code = a.code, updated_at = p_now
    from answer a
    where t.job_id = any (array[a.job_id]) and t.address = a.address and t.position = a.at
      and not ratchet_internal.is_final(t.ledger))
  select array_agg(distinct w.id) into v_to
  from sent
  join ratchet_internal.workers w on w.is_idle
  left join ratchet_internal.worker_routes r on sent.worker_id is null and r.worker_id = w.id
    and r.queue = sent.queue and r.workflow = sent.workflow and r.namespace = sent.namespace
  where w.id = sent.worker_id or r.worker_id is not null;
  if v_to is not null then
    perform pg_notify('ratchet', '');
  end if;
end $$;
comment on function ratchet_internal.settle(
  timestamptz, bigint[], text[], int[], int[], boolean[], text[], boolean, int[]) is
  'Records the answers of open steps and sends each to the worker that holds its thread.';

-- Retries.

-- sql/retry/retry_delay.sql

-- How long to wait before a retry: initialInterval times backoffCoefficient to the power of the
-- number of failures, at most maximumInterval. Defaults: 1 second, 10, 120 seconds. The policy has
-- milliseconds. Total: any policy gives an answer from 0 to 317 years. Everything is capped before
-- it is multiplied: the coefficient to 0.001-1000, the exponent to what cannot overflow.

create function ratchet_internal.retry_delay(p_policy json, p_failures int) returns interval
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_first float8 := ratchet_internal.number_of(p_policy, 'initialInterval', 1000);
  v_factor float8 := ratchet_internal.number_of(p_policy, 'backoffCoefficient', 10);
  v_max float8 := ratchet_internal.number_of(p_policy, 'maximumInterval', 120000);
  v_power int := greatest(coalesce(p_failures, 0), 0);
begin
  v_first := least(greatest(v_first, 0), 1e13);
  v_factor := least(greatest(v_factor, 0.001), 1000);
  v_max := least(greatest(v_max, 0), 1e13);
  v_power := least(v_power, case when v_factor >= 1 and v_factor < 2 then 900 else 60 end);
  return make_interval(secs => least(v_first * power(v_factor, v_power::float8), v_max) / 1000);
end $$;
comment on function ratchet_internal.retry_delay(json, int) is
  'Delay before the retry that follows p_failures failures, after a policy in milliseconds.';

-- sql/retry/is_retried.sql

-- Whether a failed execution is followed by another. Codes 596 (timeout), 597 (attempts used up)
-- and 598 (fatal) never are. maximumAttempts counts retries: n allows n + 1 executions; default 3.
-- Total: any policy gives an answer. Inlinable: part of set-based statements.

create function ratchet_internal.is_retried(p_policy json, p_executions int, p_code int)
returns boolean
language sql immutable parallel safe
return coalesce(p_code not in (596, 597, 598), true)
  and p_executions <= trunc(ratchet_internal.number_of(p_policy, 'maximumAttempts', 3));
comment on function ratchet_internal.is_retried(json, int, int) is
  'Whether an execution that failed with p_code, after p_executions in all, is followed by '
  'another.';

-- sql/retry/policy_of.sql

-- The retry policy of a function as its job has it, with the defaults of the worker that ran it for
-- what that leaves open. Total, as the functions that read it.

create function ratchet_internal.policy_of(
  p_policy json, p_worker bigint, p_namespace text, p_queue text, p_workflow text
) returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_retry json;
begin
  select retry into v_retry from ratchet_internal.worker_routes
  where worker_id = p_worker and namespace = p_namespace and queue = p_queue
    and workflow = p_workflow;
  if v_retry is null then return p_policy; end if;
  return (
    select json_object_agg(limits.name, limits.value)
    from unnest(array['maximumAttempts', 'initialInterval', 'backoffCoefficient',
      'maximumInterval']) as f (name)
    cross join lateral (select f.name, ratchet_internal.number_of(p_policy, f.name,
      ratchet_internal.number_of(v_retry, f.name, null)) as value) limits
    where limits.value is not null);
end $$;
comment on function ratchet_internal.policy_of(json, bigint, text, text, text) is
  'The retry policy of a job, with the defaults of the worker that ran it for what that leaves '
  'open.';

-- Signals: sent by inserting, matched with waits after the commit, in transactions of the engine.

-- sql/signal/pair_signals.sql

-- Gives each of the signals that are still valid to a wait of its key: the oldest signal to the
-- oldest wait. The caller has locked both. A consumed signal goes, unless a repetition must be
-- recognised by it.
-- Writes: signals, messages, attributes.

create function ratchet_internal.pair_signals(
  p_now timestamptz, p_signals bigint[], p_jobs bigint[], p_addresses text[], p_positions int[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_pair record;
begin
  if p_signals is null or p_jobs is null then return; end if;
  with side as (
    select key, namespace, row_number() over (partition by key, namespace order by id) as at,
      id as signal, dedup_id is null as is_gone, payload::text as payload, code,
      null::bigint as job_id, null::text as address, null::int as position
    -- By whole keys, one by one: they may be looked for among all others for each.
    from unnest(p_signals) as given (signal)
    cross join lateral (
      select * from ratchet_internal.signals where id = given.signal limit 1) s
    where expires_at > p_now
    union all
    select m.key, m.namespace, row_number() over (partition by m.key, m.namespace
        order by a.created_at, w.job_id, w.address, w.at),
      null, null, null, null, w.job_id, w.address, w.at
    from unnest(p_jobs, p_addresses, p_positions) as w (job_id, address, at)
    cross join lateral (
      select key, namespace from ratchet_internal.messages
      where job_id = w.job_id and address = w.address and position = w.at limit 1) m
    cross join lateral (
      select created_at from ratchet.jobs_attributes
      where job_id = w.job_id and address = w.address and position = w.at limit 1) a),
  pair as (
    select max(signal) as signal, bool_or(is_gone) as is_gone, max(payload) as payload,
      max(code) as code, max(job_id) as job_id, max(address) as address, max(position) as position
    from side group by key, namespace, at having count(*) = 2)
  select array_agg(signal) as signals, array_agg(signal) filter (where is_gone) as gone,
    array_agg(job_id) as jobs, array_agg(address) as addresses, array_agg(position) as positions,
    array_agg(0) as attempts, array_agg(false) as failed, array_agg(payload) as payloads,
    array_agg(code) as codes
  into v_pair from pair;
  if v_pair.signals is null then return; end if;
  perform ratchet_internal.settle(p_now, v_pair.jobs, v_pair.addresses, v_pair.positions,
    v_pair.attempts, v_pair.failed, v_pair.payloads, true, v_pair.codes);
  delete from ratchet_internal.signals where id = any (v_pair.gone);
  update ratchet_internal.signals set is_consumed = true, is_new = false
  where id = any (v_pair.signals);
end $$;
comment on function ratchet_internal.pair_signals(
  timestamptz, bigint[], bigint[], text[], int[]) is
  'Answers waits with signals that the caller has locked, the oldest with the oldest.';

-- sql/signal/mark_matched.sql

-- Marks signals and waits that found no partner as looked at. When a wait is still there, it is one
-- that the caller could not lock: then the oldest of the signals left over stays new (or is new
-- again), for a later call to look at. In the same way waits stay new while there is a signal the
-- caller could not lock. The caller has locked the rows and paired what it could. Writes: signals,
-- messages.

create function ratchet_internal.mark_matched(
  p_now timestamptz, p_signals bigint[], p_jobs bigint[], p_addresses text[], p_positions int[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- By whole keys, one by one: what is pending or new may be gone through for each otherwise.
  update ratchet_internal.signals s set is_new = l.is_left
  from (
    select id, expires_at > p_now and (
        select true from ratchet_internal.messages m
        where m.key = g.key and m.namespace = g.namespace and m.kind = 'wait' limit 1) is not null
      and id = min(id) filter (where expires_at > p_now) over (partition by key, namespace)
        as is_left
    from unnest(p_signals) as given (signal)
    cross join lateral (
      select * from ratchet_internal.signals where id = given.signal limit 1) g
    where not is_consumed) l
  where s.id = any (array[l.id]) and s.is_new <> l.is_left;
  update ratchet_internal.messages m set attempt = 1
  from unnest(p_jobs, p_addresses, p_positions) as w (job_id, address, at)
  cross join lateral (
    select key, namespace from ratchet_internal.messages new
    where new.job_id = w.job_id and new.address = w.address and new.position = w.at
      and new.kind = 'wait' and new.attempt = 0 limit 1) wait
  where m.job_id = any (array[w.job_id]) and m.address = w.address and m.position = w.at
    and (
      select true from ratchet_internal.signals s
      where s.key = wait.key and s.namespace = wait.namespace
        and not s.is_consumed and s.expires_at > p_now limit 1) is null;
end $$;
comment on function ratchet_internal.mark_matched(
  timestamptz, bigint[], bigint[], text[], int[]) is
  'Marks signals and waits as looked at, except where a partner could not be locked.';

-- sql/signal/match_signals.sql

-- Pairs pending signals with waits, key by key: the oldest signal goes to the wait of the oldest
-- job. Rows that somebody else has locked are skipped (another matcher; a wait that times out or
-- whose job is being stopped). So a row is marked as looked at only if no row it could have been
-- paired with was skipped: otherwise it stays new, and a later call looks again.
-- One signal a key stands for the others: only the oldest of those left over stays new.
-- Locks: signals and the waits' messages, never waiting. Writes: signals, messages, attributes.

create function ratchet_internal.match_signals(
  p_now timestamptz, p_namespaces text[], p_keys text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_signals bigint[];
  v_waits record;
begin
  select array_agg(id) into v_signals from (
    select s.id
    from unnest(p_keys, p_namespaces) as k (key, namespace)
    cross join lateral (
      select id from ratchet_internal.signals
      where key = any (array[k.key]) and namespace = k.namespace and not is_consumed
      order by key, id limit 1000 for update skip locked) s) mine;
  select array_agg(w.job_id) as jobs, array_agg(w.address) as addresses,
    array_agg(w.position) as positions into v_waits
  from unnest(p_keys, p_namespaces) as k (key, namespace)
  cross join lateral (
    select job_id, address, position from ratchet_internal.messages
    where key = any (array[k.key]) and namespace = k.namespace and kind = 'wait'
    order by key, job_id, address, position limit 1000 for update skip locked) w;
  perform ratchet_internal.pair_signals(p_now, v_signals, v_waits.jobs, v_waits.addresses,
    v_waits.positions);
  perform ratchet_internal.mark_matched(p_now, v_signals, v_waits.jobs, v_waits.addresses,
    v_waits.positions);
end $$;
comment on function ratchet_internal.match_signals(timestamptz, text[], text[]) is
  'Gives pending signals to waits, the oldest to the oldest, and marks what has been looked at.';

-- sql/signal/deliver_signals.sql

-- Looks after signals and waits that nobody has looked at since they were committed. An exchange
-- calls it before it writes waits of its own, so that both sides of every pair are looked at by a
-- transaction that began after they were committed: whichever comes second finds the other.

create function ratchet_internal.deliver_signals(p_now timestamptz) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[];
  v_namespaces text[];
begin
  select array_agg(key), array_agg(namespace) into v_keys, v_namespaces
  from (
    (select key, namespace from ratchet_internal.signals where is_new order by id limit 500)
    union
    (select key, namespace from ratchet_internal.messages
      where kind = 'wait' and attempt = 0 order by job_id limit 500)) each;
  if v_keys is not null then
    perform ratchet_internal.match_signals(p_now, v_namespaces, v_keys);
  end if;
end $$;
comment on function ratchet_internal.deliver_signals(timestamptz) is
  'Matches newly committed signals and waits, at most 500 of each.';

-- sql/signal/signal.sql

-- Sends a signal, in the caller's transaction. It only inserts: matching happens after the commit,
-- so that a long transaction of the caller holds nothing that others need.
-- Writes: signals. Wakes: an idle worker of the namespace. Raises: WF101, WF103, WF501.
-- Idempotent: with the same p_dedup_id the first sending's id is returned and nothing is sent,
-- until the first one expires.

create function ratchet.signal(
  p_signal_id text, p_payload json default null, p_namespace text default 'durable',
  p_expire interval default '10 minutes', p_dedup_id text default null
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_id bigint;
begin
  perform ratchet_internal.check_name(p_signal_id, 'signal id');
  perform ratchet_internal.check_name(p_namespace, 'namespace');
  if p_dedup_id is not null then
    perform ratchet_internal.check_name(p_dedup_id, 'dedup id');
  end if;
  perform ratchet_internal.check_size(p_payload, 'signal payload');
  if p_expire is null or p_expire < interval '0' or p_expire > interval '10000 years' then
    perform ratchet_internal.raise_error('WF103', 'invalid duration',
      jsonb_build_object('expire', p_expire), 'Give an interval from zero to 10000 years.');
  end if;
  loop
    insert into ratchet_internal.signals (key, namespace, dedup_id, payload, sent_at, expires_at)
    values (p_signal_id, p_namespace, p_dedup_id, p_payload, v_now, v_now + p_expire)
    on conflict (key, namespace, dedup_id) do nothing
    returning id into v_id;
    exit when v_id is not null;
    select id into v_id from ratchet_internal.signals
    where key = p_signal_id and namespace = p_namespace and dedup_id = p_dedup_id;
    if v_id is not null then return v_id; end if; -- else it was pruned just now: send
  end loop;
  if exists (
    select from ratchet_internal.workers w
    join ratchet_internal.worker_routes r on r.worker_id = w.id
    where w.is_idle and r.namespace = p_namespace and r.workflow <> '')
  then
    perform pg_notify('ratchet', '');
  end if;
  return v_id;
end $$;
comment on function ratchet.signal(text, json, text, interval, text) is
  'Sends a signal to whoever waits for its id, now or until it expires (default 10 minutes); '
  'returns the signal''s number.';

-- sql/signal/send_signals.sql

-- Sends the signals that steps scheduled in this transaction ask for, once per step, and answers
-- the steps.
-- Writes: signals, messages, attributes. The signals are matched after the commit, as any other.

create function ratchet_internal.send_signals(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sent record;
begin
  with wanted as materialized (
    select m.job_id, m.address, m.position, m.namespace, m.input, m.name as key,
      ratchet_internal.number_of(m.options, 'expire', 600000) as expire
    from ratchet_internal.asked_steps(p_jobs, p_addresses, p_positions, p_kinds,
      array['signal']) m),
  sent as (
    insert into ratchet_internal.signals (key, namespace, payload, sent_at, expires_at)
    select key, namespace, input, p_now, ratchet_internal.after(p_now, expire)
    from wanted order by job_id, address, position)
  select array_agg(job_id) as jobs, array_agg(address) as addresses,
    array_agg(position) as positions, array_agg(1) as attempts, array_agg(false) as failed,
    array_agg(to_json(job_id || '-' || position)::text) as answers
  into v_sent from wanted;
  if v_sent.jobs is not null then
    perform ratchet_internal.settle(p_now, v_sent.jobs, v_sent.addresses, v_sent.positions,
      v_sent.attempts, v_sent.failed, v_sent.answers, true);
  end if;
end $$;
comment on function ratchet_internal.send_signals(
  timestamptz, bigint[], text[], int[], text[]) is
  'Sends the signals that steps scheduled in this transaction ask for, once per step.';

-- sql/escalation/escalation.sql

-- Tasks for people: what they are given and found by.

-- sql/escalation/texts.sql

-- The texts of a JSON array, for filters. Null when it is no array.

create function ratchet_internal.texts(p_values jsonb) returns text[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when jsonb_typeof(p_values) = 'array'
    then array(select jsonb_array_elements_text(p_values)) end
$$;
comment on function ratchet_internal.texts(jsonb) is
  'The elements of a JSON array as text; null when it is none.';

-- sql/escalation/time_of.sql

-- Reads a point in time out of options that anybody may have written: text as ISO 8601, or
-- milliseconds since 1970. Total: null where there is none.

create function ratchet_internal.time_of(p_object json, p_key text) returns timestamptz
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case
    when json_typeof(ratchet_internal.readable(p_object) -> p_key) = 'number'
      then to_timestamp(least(greatest(ratchet_internal.number_of(p_object, p_key, null), -6e13),
        9e15) / 1000)
    when part[1]::int > 0 and part[2]::int between 1 and 12
      then (make_date(part[1]::int, part[2]::int, 1)::timestamp
        + make_interval(days => part[3]::int - 1, hours => part[4]::int, mins => part[5]::int,
          secs => coalesce(part[6], '0')::float8)
        - case when part[8] is null then interval '0' else (part[8] || '1')::int
          * make_interval(hours => part[9]::int, mins => part[10]::int) end) at time zone 'UTC'
    end
  from (select regexp_match(ratchet_internal.readable(p_object) ->> p_key,
    '^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d{1,9})?))?'
    || '(Z|([+-])(\d\d):?(\d\d))?$') as part) iso
$$;
comment on function ratchet_internal.time_of(json, text) is
  'The point in time that an object has under a key: ISO text or milliseconds; null if there is '
  'none.';

-- sql/escalation/bad_escalation.sql

-- The first field of a task that is unknown or has a value that is not allowed.

create function ratchet_internal.bad_escalation(p_fields json) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select key from json_each(p_fields)
  where json_typeof(value) <> 'null' and not case
    when key in ('priority') then json_typeof(value) = 'number'
      and ratchet_internal.number_of(json_build_object('number', value), 'number', 1e10)
        between -2147483648 and 2147483647
      and value::text ~ '^-?[0-9]+$'
    when key = 'metadata' then json_typeof(value) = 'object'
    when key = 'milestones' then json_typeof(value) = 'array'
    when key in ('envelope', 'escalationPayload', 'resolverPayload') then true
    when key in ('expiresAt', 'createdAt', 'updatedAt', 'resolvedAt', 'claimedAt',
      'assignedUntil', 'claimExpiresAt')
      then ratchet_internal.time_of(json_build_object('time', value), 'time') is not null
    when key = 'status' then value #>> '{}' in ('pending', 'resolved', 'cancelled', 'expired')
    when key in ('namespace', 'appId', 'signalKey', 'workflowId', 'type', 'role', 'assignedTo',
      'taskId', 'originId')
      then json_typeof(value) = 'string' and ratchet_internal.is_name(value #>> '{}')
    when key in ('topic', 'taskQueue', 'workflowType', 'subtype', 'entity', 'description',
      'parentId', 'initiatedBy', 'createdBy', 'traceId', 'spanId')
      then json_typeof(value) = 'string'
    else false end
  limit 1
$$;
comment on function ratchet_internal.bad_escalation(json) is
  'Name of a field of a task that is unknown or has a bad value; null when all are well.';

-- sql/escalation/check_escalation.sql

-- Checks the fields that a task is given. Raises: WF104, WF105, WF501.

create function ratchet_internal.check_escalation(p_fields json) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_field text;
begin
  perform ratchet_internal.check_size(p_fields, 'task');
  perform ratchet_internal.check_readable(p_fields, 'task');
  v_field := case when json_typeof(p_fields) = 'object'
    then ratchet_internal.bad_escalation(p_fields) else '(not an object)' end;
  if v_field is not null then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', left(v_field, 100)),
      'Fields of a task are texts; priority is a whole number, metadata an object, times are ISO'
      || ' 8601 or milliseconds.');
  end if;
end $$;
comment on function ratchet_internal.check_escalation(json) is
  'Raises WF104, WF105 or WF501 unless the fields of a task are valid.';

-- sql/escalation/escalation_entry.sql

-- A task as it is told: the row without what only the engine needs. With p_now also whether it is
-- available at that moment.

create function ratchet_internal.escalation_entry(
  p_row ratchet.escalations, p_now timestamptz default null
) returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case when p_now is null then row_to_json(e) else (
    select row_to_json(l) from (select e.*, p_row.status = 'pending'
      and (p_row.assigned_to is null or p_row.assigned_until <= p_now) as available) l) end
  from (select p_row.id, p_row.namespace, p_row.app_id, p_row.signal_key, p_row.topic,
    p_row.workflow_id, p_row.task_queue, p_row.workflow_type, p_row.type, p_row.subtype,
    p_row.entity, p_row.description, p_row.role, p_row.status, p_row.priority, p_row.assigned_to,
    p_row.assigned_until, p_row.claimed_at, p_row.claim_expires_at, p_row.resolved_at,
    p_row.escalation_payload, p_row.resolver_payload, p_row.envelope, p_row.metadata,
    p_row.origin_id, p_row.parent_id, p_row.initiated_by, p_row.created_by, p_row.milestones,
    p_row.trace_id, p_row.span_id, p_row.expires_at, p_row.task_id, p_row.created_at,
    p_row.updated_at) e
  where p_row.id is not null
$$;
comment on function ratchet_internal.escalation_entry(ratchet.escalations, timestamptz) is
  'A task as JSON, without what only the engine needs; null for no task.';

-- sql/escalation/escalation_matches.sql

-- Whether a task fits a filter that has been checked (escalation_filter). Inlinable, and every
-- filter that is not given folds away when the statement is planned for it: so the indexes serve.

create function ratchet_internal.escalation_matches(
  p_row ratchet.escalations, p_filter jsonb, p_now timestamptz
) returns boolean
language sql immutable parallel safe
return (p_filter ->> 'namespace' is null or p_row.namespace = p_filter ->> 'namespace')
  and (p_filter ->> 'role' is null or p_row.role = p_filter ->> 'role')
  and (p_filter ->> 'roles' is null
    or p_row.role = any (ratchet_internal.texts(p_filter -> 'roles')))
  and (p_filter ->> 'type' is null or p_row.type = p_filter ->> 'type')
  and (p_filter ->> 'subtype' is null or p_row.subtype = p_filter ->> 'subtype')
  and (p_filter ->> 'entity' is null or p_row.entity = p_filter ->> 'entity')
  and (p_filter ->> 'status' is null or p_row.status = p_filter ->> 'status')
  and (p_filter ->> 'assignedTo' is null or p_row.assigned_to = p_filter ->> 'assignedTo')
  and (p_filter ->> 'workflowId' is null or p_row.workflow_id = p_filter ->> 'workflowId')
  and (p_filter ->> 'originId' is null or p_row.origin_id = p_filter ->> 'originId')
  and (p_filter ->> 'taskId' is null or p_row.task_id = p_filter ->> 'taskId')
  and (p_filter ->> 'priority' is null or p_row.priority = (p_filter ->> 'priority')::int)
  and (p_filter ->> 'metadata' is null or p_row.metadata @> (p_filter -> 'metadata'))
  and (p_filter ->> 'ids' is null
    or p_row.id = any (ratchet_internal.texts(p_filter -> 'ids')::uuid[]))
  and (p_filter ->> 'available' is null or (p_filter ->> 'available')::boolean
    = (p_row.status = 'pending'
      and (p_row.assigned_to is null or p_row.assigned_until <= p_now)));
comment on function ratchet_internal.escalation_matches(
  ratchet.escalations, jsonb, timestamptz) is 'Whether a task fits a checked filter.';

-- sql/escalation/escalation_filter.sql

-- Checks a filter of tasks. roles win over role; what is available is pending. Raises: WF104,
-- WF105.

create function ratchet_internal.escalation_filter(p_filter json) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_filter jsonb;
  v_bad text;
begin
  perform ratchet_internal.check_readable(p_filter, 'filter');
  v_filter := jsonb_strip_nulls(coalesce(p_filter::jsonb, '{}'));
  select key into v_bad from jsonb_each(
    case when jsonb_typeof(v_filter) = 'object' then v_filter else '{"(not an object)": 1}' end)
  where not case
    when key in ('namespace', 'role', 'type', 'subtype', 'entity', 'assignedTo', 'workflowId',
      'originId', 'taskId') then jsonb_typeof(value) = 'string'
    when key = 'status' then value <@ '["pending", "resolved", "cancelled", "expired"]'
      and jsonb_typeof(value) = 'string'
    when key = 'available' then jsonb_typeof(value) = 'boolean'
    when key = 'priority' then value::text ~ '^-?[0-9]{1,9}$'
    when key = 'metadata' then jsonb_typeof(value) = 'object'
    when key = 'roles' then jsonb_typeof(value) = 'array'
    when key = 'ids' then jsonb_typeof(value) = 'array' and value::text
      ~* '^\[("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"(, )?)*\]$'
    else false end limit 1;
  if v_bad is not null then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', left(v_bad, 100)),
      'Filters are namespace, role, roles, type, subtype, entity, status, assignedTo, workflowId,'
      || ' originId, available, priority, metadata, ids (UUIDs) and taskId.');
  end if;
  if v_filter ? 'roles' then v_filter := v_filter - 'role'; end if;
  if v_filter -> 'available' = 'true' then
    v_filter := '{"status": "pending"}' || v_filter;
  end if;
  return v_filter;
end $$;
comment on function ratchet_internal.escalation_filter(json) is
  'A filter of tasks, checked; raises WF104 or WF105.';

-- sql/escalation/escalation_sort_key.sql

-- What a task is sorted by under the name of a column, as one type for all of them.

create function ratchet_internal.escalation_sort_key(p_row ratchet.escalations, p_column text)
returns jsonb
language sql immutable parallel safe
return case p_column when 'priority' then to_jsonb(p_row.priority)
  when 'created_at' then to_jsonb(extract(epoch from p_row.created_at))
  when 'updated_at' then to_jsonb(extract(epoch from p_row.updated_at))
  when 'resolved_at' then to_jsonb(extract(epoch from p_row.resolved_at))
  when 'role' then to_jsonb(p_row.role) when 'type' then to_jsonb(p_row.type) end;
comment on function ratchet_internal.escalation_sort_key(ratchet.escalations, text) is
  'What a task is sorted by under the name of a column.';

-- sql/escalation/escalation_order.sql

-- Checks how tasks are to be listed; null columns: in the order of the worklist. Raises: WF104.

create function ratchet_internal.escalation_order(p_order json, p_limit int, p_offset int)
returns table (columns text[], downs boolean[])
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_order jsonb := coalesce(p_order::jsonb, '[]');
begin
  if jsonb_typeof(v_order) <> 'array' or jsonb_array_length(v_order) > 6 or exists (
    select from jsonb_array_elements(v_order) as o (item)
    where coalesce(o.item ->> 'column', '') not in ('priority', 'created_at', 'updated_at',
        'resolved_at', 'role', 'type')
      or coalesce(lower(o.item ->> 'direction'), 'asc') not in ('asc', 'desc'))
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'order', 'value', left(v_order::text, 100)),
      'Sort by up to six of priority, created_at, updated_at, resolved_at, role and type, asc'
      || ' or desc.');
  end if;
  if p_limit is null or p_limit < 0 or p_offset is null or p_offset < 0 then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'limit', 'limit', p_limit, 'offset', p_offset),
      'Limit and offset are whole numbers, not negative.');
  end if;
  return query
  select array_agg(o.item ->> 'column' order by o.at),
    array_agg(coalesce(lower(o.item ->> 'direction'), 'asc') = 'desc' order by o.at)
  from jsonb_array_elements(v_order) with ordinality as o (item, at);
end $$;
comment on function ratchet_internal.escalation_order(json, int, int) is
  'Columns and directions to list tasks in, checked; raises WF104.';

-- sql/escalation/claim_end.sql

-- When a claim ends that begins now. Raises: WF101, WF103.

create function ratchet_internal.claim_end(
  p_assignee text, p_minutes float8, p_now timestamptz
) returns timestamptz
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_name(p_assignee, 'assignee');
  if p_minutes is null or not (p_minutes > 0 and p_minutes <= 5256000) then
    perform ratchet_internal.raise_error('WF103', 'invalid duration',
      jsonb_build_object('minutes', p_minutes),
      'Give the minutes of a claim, above zero and at most ten years.');
  end if;
  return p_now + make_interval(secs => p_minutes * 60);
end $$;
comment on function ratchet_internal.claim_end(text, float8, timestamptz) is
  'When a claim ends that begins now; raises WF101 or WF103.';

-- Tasks beside the waits of jobs: published, expired and cancelled in the same commit.

-- sql/escalation/escalation_space.sql

-- Namespace and application of a task, from the namespace of its job: a graph's job (the addresses
-- of its steps begin with a comma) has both in it, a function's is both.

create function ratchet_internal.escalation_space(
  p_namespace text, p_address text, out name text, out app text
)
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case when is_graph then split_part(p_namespace, ':', 1) else p_namespace end,
    case when is_graph then substr(p_namespace, strpos(p_namespace, ':') + 1)
      else p_namespace end
  from (select starts_with(p_address, ',') and strpos(p_namespace, ':') > 0 as is_graph) kind
$$;
comment on function ratchet_internal.escalation_space(text, text) is
  'Namespace and application of a task, from its job''s namespace and its step''s address.';

-- sql/escalation/tell_tasks.sql

-- Tells who listens to "$task" in the namespace of a job of tasks that changed with it in this
-- transaction: of those of functions only that they have expired, for of the rest the process that
-- made the change tells.
-- Writes: broadcasts, where somebody listens. Wakes: whoever listens.

create function ratchet_internal.tell_tasks(p_tasks uuid[], p_verb text) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from ratchet_internal.subscriptions s
    where s.pattern = '$task' and not s.is_glob)
  then
    return;
  end if;
  perform ratchet_internal.broadcast(j.namespace, '$task', e.workflow_id, null,
    json_build_object('verb', p_verb, 'task', ratchet_internal.escalation_entry(e)))
  from unnest(p_tasks) as given (id)
  join ratchet.escalations e on e.id = any (array[given.id])
  join ratchet.jobs j on j.id = any (array[e.job_id])
  where j.version is not null or p_verb = 'expired';
end $$;
comment on function ratchet_internal.tell_tasks(uuid[], text) is
  'Tells who listens of tasks that changed with their jobs in this transaction.';

-- sql/escalation/create_escalations.sql

-- Publishes tasks for steps that begin to wait in this transaction: a function's waits, or hooks of
-- a graph. p_fields: one object a step, with role, type, priority and so on; whatever stands there,
-- the step waits all the same (what cannot be used is left out). At most one pending task has a
-- signal key: a further wait for the same signal gets its task without the key.
-- The caller has inserted the steps' messages in this transaction. Writes: escalations.
-- Idempotent: one task a step.

create function ratchet_internal.create_escalations(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_keys text[],
  p_fields json[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_keyed boolean;
  v_count int;
  v_open int := cardinality(p_jobs);
begin
  foreach v_is_keyed in array array[true, false] loop -- what is left comes without its key
    insert into ratchet.escalations (namespace, app_id, signal_key, topic, workflow_id,
      task_queue, workflow_type, type, subtype, entity, description, role, priority,
      escalation_payload, envelope, metadata, origin_id, parent_id, initiated_by, created_by,
      trace_id, span_id, task_id, expires_at, created_at, updated_at, job_id, address, position)
    select space.name, space.app, case when v_is_keyed then s.key end,
      coalesce(f ->> 'topic', j.queue || '-' || j.workflow), j.key,
      coalesce(f ->> 'taskQueue', j.queue), coalesce(f ->> 'workflowType', j.workflow),
      left(f ->> 'type', 512), f ->> 'subtype', f ->> 'entity', f ->> 'description',
      left(f ->> 'role', 512),
      least(greatest(ratchet_internal.number_of(f, 'priority', 5), -2e9), 2e9)::int,
      f -> 'escalationPayload', f -> 'envelope',
      case when json_typeof(f -> 'metadata') = 'object' then (f -> 'metadata')::jsonb end,
      left(coalesce(f ->> 'originId', origin.key), 512), coalesce(f ->> 'parentId', parent.key),
      f ->> 'initiatedBy', f ->> 'createdBy', f ->> 'traceId', f ->> 'spanId',
      left(f ->> 'taskId', 512),
      coalesce(ratchet_internal.time_of(f, 'expiresAt'), nullif(m.due_at, 'infinity')),
      p_now, p_now, s.job_id, s.address, s.at
    from unnest(p_jobs, p_addresses, p_positions, p_keys, p_fields)
      as s (job_id, address, at, key, fields)
    join ratchet.jobs j on j.id = any (array[s.job_id])
    cross join lateral (
      select due_at from ratchet_internal.messages m
      where m.job_id = s.job_id and m.address = s.address and m.position = s.at limit 1) m
    left join ratchet.jobs origin on origin.id = any (array[j.origin_id])
    left join ratchet.jobs parent on parent.id = any (array[j.parent_id])
    cross join lateral (select ratchet_internal.readable(s.fields) as f) fields
    cross join lateral ratchet_internal.escalation_space(j.namespace, s.address)
      as space (name, app)
    where (select true from ratchet.escalations e where e.job_id = s.job_id
      and e.address = s.address and e.position = s.at limit 1) is null
    order by s.key, space.name, space.app, s.job_id, s.address, s.at
    on conflict do nothing;
    get diagnostics v_count = row_count;
    v_open := v_open - v_count;
    exit when v_open = 0;
  end loop;
end $$;
comment on function ratchet_internal.create_escalations(
  timestamptz, bigint[], text[], int[], text[], json[]) is
  'Publishes tasks for steps that begin to wait in this transaction.';

-- sql/escalation/escalate_waits.sql

-- Publishes the tasks of waits that were scheduled in this transaction with fields for one.
-- Writes: escalations.

create function ratchet_internal.escalate_waits(p_now timestamptz, p_jobs bigint[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.create_escalations(p_now, array_agg(m.job_id), array_agg(m.address),
    array_agg(m.position), array_agg(m.key), array_agg(m.options))
  from ratchet_internal.messages m
  where m.job_id = any (p_jobs) and m.kind = 'wait' and m.attempt = 0 and m.options is not null
  having count(*) > 0;
end $$;
comment on function ratchet_internal.escalate_waits(timestamptz, bigint[]) is
  'Publishes the tasks of waits that were scheduled in this transaction.';

-- sql/escalation/expire_escalations.sql

-- Expires the tasks of waits that time out in this transaction. A task that somebody else has
-- locked stays pending, and its wait is to be left alone until the next look.
-- The caller has locked the messages, which may be others than waits too: no resolver is at work.
-- Locks: the tasks, skipping what others hold. Writes: escalations. Tells of them.

create function ratchet_internal.expire_escalations(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tasks uuid[];
begin
  -- Not by their status: its index invites to go through all pending tasks for each.
  with given as materialized (
    select e.id
    from unnest(p_jobs, p_addresses, p_positions) as d (job_id, address, at)
    cross join lateral (
      select id, status from ratchet.escalations
      where job_id = d.job_id and address = d.address and position = d.at limit 1) e
    where e.status = 'pending' and (
      select kind from ratchet_internal.messages m where m.job_id = d.job_id
        and m.address = d.address and m.position = d.at) = 'wait'),
  task as materialized (
    select locked.id
    from (select id from given order by id) each
    cross join lateral (
      select id, status from ratchet.escalations where id = each.id
      limit 1 for update skip locked) locked
    where locked.status = 'pending'),
  expired as (
    update ratchet.escalations e set status = 'expired', updated_at = p_now
    where e.id = any (array(select id from task)) returning e.id)
  select array_agg(id) into v_tasks from expired;
  if v_tasks is not null then
    perform ratchet_internal.tell_tasks(v_tasks, 'expired');
  end if;
end $$;
comment on function ratchet_internal.expire_escalations(
  timestamptz, bigint[], text[], int[]) is
  'Expires the tasks of waits that time out, except those that somebody else has locked.';

-- sql/escalation/cancel_pending.sql

-- Cancels those of the given tasks that are still pending.
-- Locks: the tasks, in id order. Writes: escalations. Tells of them.

create function ratchet_internal.cancel_pending(p_now timestamptz, p_tasks uuid[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tasks uuid[];
begin
  with task as materialized (
    select locked.id
    from (select id from unnest(p_tasks) given (id) order by id) each
    cross join lateral (
      select id, status from ratchet.escalations where id = each.id limit 1 for update) locked
    where locked.status = 'pending'),
  cancelled as (
    update ratchet.escalations e set status = 'cancelled', updated_at = p_now
    where e.id = any (array(select id from task)) returning e.id)
  select array_agg(id) into v_tasks from cancelled;
  if v_tasks is not null then
    perform ratchet_internal.tell_tasks(v_tasks, 'cancelled');
  end if;
end $$;
comment on function ratchet_internal.cancel_pending(timestamptz, uuid[]) is
  'Cancels those of the given tasks that are still pending.';

-- sql/escalation/drop_escalations.sql

-- Cancels the pending tasks of jobs that end in this transaction: those whose waits go with the
-- job, and with p_are_all, for a job that is stopped, every other one of the workflow.
-- The caller has locked the jobs and what is left of their messages. Locks: the tasks, in id order.
-- Writes: escalations.

create function ratchet_internal.drop_escalations(
  p_now timestamptz, p_jobs bigint[], p_are_all boolean
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Not by their status: its index invites to go through all pending tasks for each.
  perform ratchet_internal.cancel_pending(p_now, array(
    select e.id
    from unnest(p_jobs) as ended (id)
    cross join lateral (
      select id, address, position, status from ratchet.escalations
      where job_id = ended.id offset 0) e
    where e.status = 'pending' and (p_are_all or (
      select true from ratchet_internal.messages m where m.job_id = ended.id
        and m.address = e.address and m.position = e.position and m.kind = 'wait' limit 1))
    union
    select e.id
    from unnest(p_jobs) as ended (id)
    cross join lateral (select key, namespace from ratchet.jobs where id = ended.id limit 1) j
    cross join lateral (
      select id, status from ratchet.escalations
      where workflow_id = j.key and namespace = j.namespace offset 0) e
    where p_are_all and e.status = 'pending'));
end $$;
comment on function ratchet_internal.drop_escalations(timestamptz, bigint[], boolean) is
  'Cancels the pending tasks of jobs that end in this transaction.';

-- sql/escalation/lock_escalations.sql

-- Locks tasks to end them: first the messages of the waits that they answer, which is what every
-- other end of such a wait locks first (its timeout, a signal, the end of its job), then the tasks,
-- in id order. Whoever comes second reads what the first has done.
-- Locks: messages, tasks. Raises: WF605.

create function ratchet_internal.lock_escalations(p_ids uuid[])
returns setof ratchet.escalations
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_isolation();
  perform from ratchet.escalations e
  join ratchet_internal.messages m
    on m.job_id = any (array[e.job_id]) and m.address = e.address and m.position = e.position
  where e.id = any (p_ids) and e.status = 'pending' and m.kind = 'wait'
  order by e.job_id + 0, e.address, e.position for update of m;
  return query
  select * from ratchet.escalations where id = any (p_ids) order by id for update;
end $$;
comment on function ratchet_internal.lock_escalations(uuid[]) is
  'Locks tasks, and the waits that they answer, in the order that everybody keeps.';

-- sql/escalation/resolve_refusal.sql

-- Why a task that the caller has locked cannot be resolved; null if it can. With p_claimant (who
-- asserts to have claimed it) two cases more: somebody else's claim that is live, and the
-- claimant's own that has lapsed.

create function ratchet_internal.resolve_refusal(
  p_row ratchet.escalations, p_claimant text, p_now timestamptz
) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case when p_row.id is null then 'not-found'
    when p_row.status <> 'pending' then 'already-' || p_row.status
    when p_claimant is null or p_row.assigned_to is null then null
    when p_row.assigned_to = p_claimant and p_row.assigned_until <= p_now then 'claim-expired'
    when p_row.assigned_to <> p_claimant and p_row.assigned_until > p_now
      then 'claimed-by-other' end
$$;
comment on function ratchet_internal.resolve_refusal(ratchet.escalations, text, timestamptz) is
  'Why a task cannot be resolved; null if it can.';

-- sql/escalation/close_escalations.sql

-- Ends tasks that are pending and that the caller has locked (lock_escalations): the task and the
-- answer of the workflow that waits are one commit. A task without a step of its own, but with a
-- signal key, sends that signal: it is kept for a week, for a workflow that has yet to wait.
-- Writes: escalations, messages, attributes, signals. Wakes: idle workers.

create function ratchet_internal.close_escalations(
  p_now timestamptz, p_ids uuid[], p_payloads json[], p_status text, p_metadata jsonb,
  p_request_id uuid
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wait record;
begin
  update ratchet.escalations e
  set status = p_status, updated_at = p_now, request_id = p_request_id,
    resolver_payload = case p_status when 'resolved' then given.payload end,
    resolved_at = case p_status when 'resolved' then p_now end,
    metadata = case when p_metadata is null then e.metadata
      else coalesce(e.metadata, '{}') || p_metadata end
  from unnest(p_ids, p_payloads) as given (id, payload) where e.id = any (array[given.id]);
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(0) as attempts, array_agg(false) as failed,
    array_agg(given.payload::text) as payloads,
    array_agg(case when ratchet_internal.is_graph(m.address) then 200 end) as codes into v_wait
  from unnest(p_ids, p_payloads) as given (id, payload)
  join ratchet.escalations e on e.id = any (array[given.id])
  join ratchet_internal.messages m
    on m.job_id = any (array[e.job_id]) and m.address = e.address and m.position = e.position
  where m.kind = 'wait';
  if v_wait.jobs is not null then
    perform ratchet_internal.settle(p_now, v_wait.jobs, v_wait.addresses, v_wait.positions,
      v_wait.attempts, v_wait.failed, v_wait.payloads, false, v_wait.codes);
  end if;
  perform ratchet.signal(e.signal_key, given.payload, e.namespace, interval '7 days',
    'task ' || e.id)
  from unnest(p_ids, p_payloads) as given (id, payload)
  join ratchet.escalations e on e.id = any (array[given.id])
  where e.job_id is null and e.signal_key is not null;
end $$;
comment on function ratchet_internal.close_escalations(
  timestamptz, uuid[], json[], text, jsonb, uuid) is
  'Ends locked, pending tasks and answers the workflows that wait for them.';

-- Tasks as people work on them: reading.

-- sql/escalation/get_escalation.sql

-- One task by its id; null if there is none, or not in that namespace.

create function ratchet.get_escalation(p_id uuid, p_namespace text default null) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.escalation_entry(e) from ratchet.escalations e
  where e.id = p_id and (p_namespace is null or e.namespace = p_namespace)
$$;
comment on function ratchet.get_escalation(uuid, text) is 'One task by its id, or null.';

-- sql/escalation/escalation_by_key.sql

-- The task of a signal key: the pending one, else the newest of those that have ended; or null.

create function ratchet.escalation_by_key(p_key text, p_namespace text default null)
returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.escalation_entry(e) from ratchet.escalations e
  where e.signal_key = p_key and (p_namespace is null or e.namespace = p_namespace)
  order by e.status = 'pending' desc, e.created_at desc, e.id limit 1
$$;
comment on function ratchet.escalation_by_key(text, text) is
  'The task of a signal key: the pending one, else the newest; or null.';

-- sql/escalation/list_escalations.sql

-- Lists tasks that fit a filter, the most urgent first, of equal ones the newest. p_order: an array
-- of {"column", "direction"}. Raises: WF104, WF105.

create function ratchet.list_escalations(
  p_filter json default '{}', p_order json default '[]', p_limit int default 50,
  p_offset int default 0
) returns setof json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_filter jsonb := ratchet_internal.escalation_filter(p_filter);
  v_roles text[] := ratchet_internal.texts(v_filter -> 'roles');
  v_by text[];
  v_down boolean[];
begin
  select columns, downs into v_by, v_down
  from ratchet_internal.escalation_order(p_order, p_limit, p_offset);
  if v_by is not null then
    return query
    select ratchet_internal.escalation_entry(p, v_now) from (
      select e.* from ratchet.escalations e
      where ratchet_internal.escalation_matches(e, v_filter, v_now)) p
    cross join lateral (select array(select ratchet_internal.escalation_sort_key(p, by.name)
      from unnest(v_by) with ordinality as by (name, at) order by by.at) as keys) sort
    order by case when not v_down[1] then keys[1] end,
      case when v_down[1] then keys[1] end desc nulls last,
      case when not v_down[2] then keys[2] end,
      case when v_down[2] then keys[2] end desc nulls last,
      case when not v_down[3] then keys[3] end,
      case when v_down[3] then keys[3] end desc nulls last,
      case when not v_down[4] then keys[4] end,
      case when v_down[4] then keys[4] end desc nulls last,
      case when not v_down[5] then keys[5] end,
      case when v_down[5] then keys[5] end desc nulls last,
      case when not v_down[6] then keys[6] end,
      case when v_down[6] then keys[6] end desc nulls last,
      p.created_at desc, p.id
    limit p_limit offset p_offset;
  elsif v_roles is not null then
    return query
    select ratchet_internal.escalation_entry(page.e, v_now)
    from (select distinct name from unnest(v_roles) as each (name)) role
    cross join lateral (
      select e from ratchet.escalations e
      where e.role = role.name
        and ratchet_internal.escalation_matches(e, v_filter - 'roles', v_now)
      order by e.priority, e.created_at desc limit p_limit::bigint + p_offset) page
    order by (page.e).priority, (page.e).created_at desc, (page.e).id
    limit p_limit offset p_offset;
  else
    return query
    select ratchet_internal.escalation_entry(e, v_now) from ratchet.escalations e
    where ratchet_internal.escalation_matches(e, v_filter, v_now)
    order by e.priority, e.created_at desc, e.id limit p_limit offset p_offset;
  end if;
end $$;
comment on function ratchet.list_escalations(json, json, int, int) is
  'Lists tasks that fit a filter, the most urgent first.';

-- sql/escalation/count_escalations.sql

-- Counts tasks that fit a filter. Raises: WF104, WF105.

create function ratchet.count_escalations(p_filter json default '{}') returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_filter jsonb := ratchet_internal.escalation_filter(p_filter);
begin
  return (select count(*) from ratchet.escalations e
    where ratchet_internal.escalation_matches(e, v_filter, v_now));
end $$;
comment on function ratchet.count_escalations(json) is 'Counts tasks that fit a filter.';

-- sql/escalation/escalation_stats.sql

-- Counts of tasks: now pending, those of them that are claimed, and created and resolved in the
-- period that ends now. Also by role, of roles with pending tasks, and by type, of types with any
-- that are pending or were resolved. p_roles: only these; an empty array gives zeros.

create function ratchet.escalation_stats(
  p_roles text[] default null, p_period interval default '24 hours'
) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
  with now as materialized (select ratchet_internal.now() as at),
  one as (
    select e.role, e.type, true as pending, e.assigned_until > now.at as claimed,
      false as created, false as resolved
    from ratchet.escalations e, now where e.status = 'pending'
    union all
    select e.role, e.type, false, false, true, false from ratchet.escalations e
    where e.created_at > (select at - p_period from now)
    union all
    select e.role, e.type, false, false, false, true from ratchet.escalations e
    where e.resolved_at > (select at - p_period from now)),
  grouped as (
    select role, type, grouping(role) = 0 as by_role, grouping(type) = 0 as by_type,
      count(*) filter (where pending) as pending, count(*) filter (where claimed) as claimed,
      count(*) filter (where created) as created, count(*) filter (where resolved) as resolved
    from one where p_roles is null or role = any (p_roles)
    group by grouping sets ((), (role), (type)))
  select json_build_object('pending', pending, 'claimed', claimed, 'created', created,
    'resolved', resolved, 'by_role', coalesce((select json_agg(json_build_object('role', role,
      'pending', pending, 'claimed', claimed) order by role)
      from grouped where by_role and pending > 0), '[]'),
    'by_type', coalesce((select json_agg(json_build_object('type', type, 'pending', pending,
      'claimed', claimed, 'resolved', resolved) order by type)
      from grouped where by_type and pending + resolved > 0), '[]'))
  from grouped where not by_role and not by_type
$$;
comment on function ratchet.escalation_stats(text[], interval) is
  'Counts of tasks: pending, claimed, created and resolved in a period, by role and by type.';

-- sql/escalation/escalation_types.sql

-- The types of all tasks, sorted: the index is looked into once for each.

create function ratchet.escalation_types() returns setof text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with recursive each (type) as (
    select min(type) from ratchet.escalations
    union all
    select (select min(e.type) from ratchet.escalations e where e.type > each.type)
    from each where each.type is not null)
  select type from each where type is not null order by type
$$;
comment on function ratchet.escalation_types() is 'The types of all tasks, sorted.';

-- sql/escalation/escalations_of_steps.sql

-- The tasks that steps of jobs published: for the worker that tells of them. Steps without one are
-- left out.

create function ratchet.escalations_of_steps(
  p_jobs bigint[], p_addresses text[], p_positions int[]
) returns setof json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.escalation_entry(e)
  from unnest(p_jobs, p_addresses, p_positions) as s (job_id, address, at)
  join ratchet.escalations e
    on e.job_id = any (array[s.job_id]) and e.address = s.address and e.position = s.at
$$;
comment on function ratchet.escalations_of_steps(bigint[], text[], int[]) is
  'The tasks that steps of jobs published.';

-- sql/escalation/cancelled_escalations.sql

-- The tasks that were cancelled with a job that was stopped: for the client that tells of it.

create function ratchet.cancelled_escalations(p_id text, p_namespace text default 'durable')
returns setof json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.escalation_entry(e)
  from ratchet.jobs j
  join ratchet.escalations e on e.workflow_id = j.key and e.namespace = j.namespace
    and e.status = 'cancelled' and e.updated_at = j.finished_at
  where j.key = p_id and j.namespace = p_namespace and j.status < 0
$$;
comment on function ratchet.cancelled_escalations(text, text) is
  'The tasks that were cancelled with a job that was stopped.';

-- sql/escalation/stopped_escalations.sql

-- The tasks that were cancelled with the jobs that steps stopped: for the worker that tells of
-- them. Steps that stopped nothing are left out.

create function ratchet.stopped_escalations(
  p_jobs bigint[], p_addresses text[], p_positions int[]
) returns setof json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select task
  from unnest(p_jobs, p_addresses, p_positions) as s (job_id, address, at)
  join ratchet.jobs_attributes a
    on a.job_id = any (array[s.job_id]) and a.address = s.address and a.position = s.at
      and a.kind = 'terminate'
  join ratchet.jobs j on j.id = any (array[s.job_id])
  cross join lateral ratchet_internal.step_name(a.address, a.field) as stopped (id)
  cross join lateral ratchet.cancelled_escalations(stopped.id, j.namespace) as task
  where a.value = 'true' or stopped.id = j.key
$$;
comment on function ratchet.stopped_escalations(bigint[], text[], int[]) is
  'The tasks that were cancelled with the jobs that steps stopped.';

-- Creating, claiming, ending and changing them.

-- sql/escalation/insert_escalation.sql

-- Inserts a task from checked fields; null when the id exists, or another pending task has the
-- signal key. Writes: escalations.

create function ratchet_internal.insert_escalation(p_id uuid, p_fields json, p_now timestamptz)
returns json
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  f json := p_fields;
  v_until timestamptz := ratchet_internal.time_of(f, 'assignedUntil');
  v_row ratchet.escalations;
begin
  insert into ratchet.escalations (id, namespace, app_id, signal_key, topic, workflow_id,
    task_queue, workflow_type, type, subtype, entity, description, role, status, priority,
    assigned_to, assigned_until, claimed_at, claim_expires_at, resolved_at, escalation_payload,
    resolver_payload, envelope, metadata, origin_id, parent_id, initiated_by, created_by,
    milestones, trace_id, span_id, expires_at, task_id, created_at, updated_at)
  select coalesce(p_id, gen_random_uuid()), coalesce(r."namespace", 'durable'),
    coalesce(r."appId", r."namespace", 'durable'), r."signalKey", r."topic", r."workflowId",
    r."taskQueue", r."workflowType", r."type",
    r."subtype", r."entity", r."description", r."role", coalesce(r."status", 'pending'),
    coalesce(r."priority", 5), case when v_until is not null then r."assignedTo" end,
    case when r."assignedTo" is not null then v_until end,
    ratchet_internal.time_of(f, 'claimedAt'),
    coalesce(ratchet_internal.time_of(f, 'claimExpiresAt'), v_until),
    ratchet_internal.time_of(f, 'resolvedAt'), f -> 'escalationPayload', f -> 'resolverPayload',
    f -> 'envelope', r."metadata", r."originId", r."parentId", r."initiatedBy", r."createdBy",
    coalesce(r."milestones", '[]'), r."traceId", r."spanId",
    ratchet_internal.time_of(f, 'expiresAt'), r."taskId",
    coalesce(ratchet_internal.time_of(f, 'createdAt'), p_now),
    coalesce(ratchet_internal.time_of(f, 'updatedAt'), p_now)
  from json_to_record(f) as r ("namespace" text, "appId" text,
    "signalKey" text, "topic" text, "workflowId" text, "taskQueue" text, "workflowType" text,
    "type" text, "subtype" text, "entity" text, "description" text, "role" text,
    "status" text, "priority" int, "assignedTo" text, "metadata" jsonb, "originId" text,
    "parentId" text, "initiatedBy" text, "createdBy" text, "milestones" jsonb,
    "traceId" text, "spanId" text, "taskId" text)
  on conflict do nothing returning * into v_row;
  return ratchet_internal.escalation_entry(v_row);
end $$;
comment on function ratchet_internal.insert_escalation(uuid, json, timestamptz) is
  'Inserts a task from checked fields; null when its id, or a pending task of its key, exists.';

-- sql/escalation/create_escalation.sql

-- Creates a task that no workflow waits for (a workflow's own come with its wait). With a signal
-- key, resolving it sends that signal.
-- Writes: escalations. Raises: WF104, WF105, WF307 when a pending task has the key, WF501.
-- Idempotent with the same p_id.

create function ratchet.create_escalation(
  p_fields json default '{}', p_id uuid default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_entry json;
begin
  perform ratchet_internal.check_escalation(p_fields);
  v_entry := coalesce(
    ratchet_internal.insert_escalation(p_id, p_fields, ratchet_internal.now()),
    ratchet.get_escalation(p_id));
  if v_entry is null then
    perform ratchet_internal.raise_error('WF307', 'duplicate task',
      jsonb_build_object('signal_key', left(p_fields ->> 'signalKey', 100)),
      'A pending task has this signal key; resolve or cancel it, or choose another key.');
  end if;
  return v_entry;
end $$;
comment on function ratchet.create_escalation(json, uuid) is
  'Creates a task that stands alone: an object with role, type, priority and so on.';

-- sql/escalation/migrate_escalation.sql

-- Brings a task over from elsewhere, with its id, state and times; null when the id exists.
-- Writes: escalations. Raises: WF104, WF105, WF307 when a pending task has the key, WF501.

create function ratchet.migrate_escalation(p_id uuid, p_fields json) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_entry json;
begin
  perform ratchet_internal.check_escalation(p_fields);
  v_entry := ratchet_internal.insert_escalation(p_id, p_fields, ratchet_internal.now());
  if v_entry is null and not exists (select from ratchet.escalations where id = p_id) then
    perform ratchet_internal.raise_error('WF307', 'duplicate task',
      jsonb_build_object('signal_key', left(p_fields ->> 'signalKey', 100)),
      'A pending task has this signal key; resolve or cancel it, or choose another key.');
  end if;
  return v_entry;
end $$;
comment on function ratchet.migrate_escalation(uuid, json) is
  'Brings a task over with its id, state and times; null when the id exists.';

-- sql/escalation/take_escalation.sql

-- Gives a task, which the caller has locked and found free for it, to its assignee. A claim that
-- is live is extended: claimed_at stays. Writes: escalations.

create function ratchet_internal.take_escalation(
  p_id uuid, p_assignee text, p_until timestamptz, p_now timestamptz, p_metadata jsonb,
  p_request_id uuid
) returns json
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update ratchet.escalations
  set claimed_at = case when assigned_to = p_assignee and assigned_until > p_now
      then claimed_at else p_now end,
    assigned_to = p_assignee, assigned_until = p_until, claim_expires_at = p_until,
    updated_at = p_now, request_id = p_request_id,
    metadata = case when p_metadata is null then metadata
      else coalesce(metadata, '{}') || p_metadata end
  where id = p_id
  returning json_build_object('ok', true, 'entry', ratchet_internal.escalation_entry(escalations),
    'isExtension', claimed_at < updated_at)
$$;
comment on function ratchet_internal.take_escalation(
  uuid, text, timestamptz, timestamptz, jsonb, uuid) is
  'Gives a locked task to its assignee, or extends the claim.';

-- sql/escalation/claim_escalation.sql

-- Claims a pending task for somebody; who has it already gets more time. Answers {"ok": true,
-- "entry", "isExtension"} or {"ok": false, "reason"}: not-found, conflict.
-- Locks: the task. Writes: escalations. Raises: WF101, WF103.
-- Idempotent with the same p_request_id.

create function ratchet.claim_escalation(
  p_id uuid, p_assignee text, p_minutes float8 default 1, p_request_id uuid default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_until timestamptz := ratchet_internal.claim_end(p_assignee, p_minutes, v_now);
  v_row ratchet.escalations;
begin
  select * into v_row from ratchet.escalations where id = p_id for update;
  if v_row.id is null then
    return '{"ok": false, "reason": "not-found"}';
  end if;
  if v_row.request_id = p_request_id and v_row.assigned_to = p_assignee then
    return json_build_object('ok', true, 'entry', ratchet_internal.escalation_entry(v_row),
      'isExtension', v_row.claimed_at < v_row.updated_at);
  end if;
  if v_row.status <> 'pending'
    or v_row.assigned_to <> p_assignee and v_row.assigned_until > v_now
  then
    return '{"ok": false, "reason": "conflict"}';
  end if;
  return ratchet_internal.take_escalation(p_id, p_assignee, v_until, v_now, null, p_request_id);
end $$;
comment on function ratchet.claim_escalation(uuid, text, float8, uuid) is
  'Claims a pending task for some minutes (default 1), or extends the claim.';

-- sql/escalation/claim_escalation_by_metadata.sql

-- Claims the most urgent, oldest available task whose metadata have a value under a key; where
-- there is none, extends the assignee's own claim of one. Skips what others have locked. Answers as
-- claim_escalation, with "candidatesExist": how many such tasks are pending, claimed or not.
-- Locks: the task, skipping what others hold. Writes: escalations. Raises: WF101, WF103, WF104,
-- WF105. Idempotent with the same p_request_id.

create function ratchet.claim_escalation_by_metadata(
  p_key text, p_value json, p_assignee text, p_minutes float8 default 1,
  p_roles text[] default null, p_metadata json default null, p_request_id uuid default null,
  p_namespace text default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_until timestamptz := ratchet_internal.claim_end(p_assignee, p_minutes, v_now);
  v_wanted jsonb := jsonb_build_object(p_key, p_value::jsonb);
  v_id uuid;
  v_candidates bigint;
begin
  perform ratchet_internal.check_escalation(json_build_object('metadata', p_metadata));
  v_candidates := (select count(*) from ratchet.escalations
    where metadata @> v_wanted and status = 'pending'
      and (p_roles is null or role = any (p_roles))
      and (p_namespace is null or namespace = p_namespace));
  select id into v_id from ratchet.escalations
  where request_id = p_request_id and assigned_to = p_assignee and status = 'pending';
  if v_id is not null then
    return (select (ratchet.claim_escalation(v_id, p_assignee, p_minutes, p_request_id)::jsonb
      || jsonb_build_object('candidatesExist', greatest(v_candidates, 1)))::json);
  end if;
  select id into v_id from ratchet.escalations
  where metadata @> v_wanted and status = 'pending'
    and (p_roles is null or role = any (p_roles))
    and (p_namespace is null or namespace = p_namespace)
    and (assigned_to is null or assigned_until <= v_now or assigned_to = p_assignee)
  order by assigned_to = p_assignee and assigned_until > v_now nulls first, priority, created_at,
    id
  limit 1 for update skip locked;
  if v_id is null then
    return json_build_object('ok', false, 'candidatesExist', v_candidates,
      'reason', case when v_candidates > 0 then 'conflict' else 'not-found' end);
  end if;
  return (ratchet_internal.take_escalation(v_id, p_assignee, v_until, v_now, p_metadata::jsonb,
    p_request_id)::jsonb
    || jsonb_build_object('candidatesExist', greatest(v_candidates, 1)))::json;
end $$;
comment on function ratchet.claim_escalation_by_metadata(
  text, json, text, float8, text[], json, uuid, text) is
  'Claims the most urgent, oldest available task whose metadata have a value under a key.';

-- sql/escalation/claim_escalations.sql

-- Claims those of the given tasks that are available, or the assignee's already. Returns them.
-- Locks: the tasks, in id order. Writes: escalations. Raises: WF101, WF103. Idempotent with the
-- same p_request_id.

create function ratchet.claim_escalations(
  p_ids uuid[], p_assignee text, p_minutes float8 default 1, p_request_id uuid default null
) returns setof json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_until timestamptz := ratchet_internal.claim_end(p_assignee, p_minutes, v_now);
begin
  perform from ratchet.escalations where id = any (p_ids) order by id for update;
  perform ratchet_internal.take_escalation(id, p_assignee, v_until, v_now, null, p_request_id)
  from ratchet.escalations
  where id = any (p_ids) and status = 'pending'
    and (p_request_id is null or request_id is distinct from p_request_id)
    and (assigned_to is null or assigned_until <= v_now or assigned_to = p_assignee);
  return query
  select ratchet_internal.escalation_entry(e) from ratchet.escalations e
  where id = any (p_ids) and assigned_to = p_assignee and status = 'pending'
    and (e.updated_at = v_now or e.request_id = p_request_id)
  order by id;
end $$;
comment on function ratchet.claim_escalations(uuid[], text, float8, uuid) is
  'Claims those of the given tasks that are available; returns them.';

-- sql/escalation/release_escalation.sql

-- Gives a claim back. With p_assignee only that one's. Answers {"ok": true, "entry"} or {"ok":
-- false, "reason"}: not-found (also of a task that has ended), wrong-assignee.
-- Locks: the task. Writes: escalations. Idempotent with the same p_request_id.

create function ratchet.release_escalation(
  p_id uuid, p_assignee text default null, p_request_id uuid default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row ratchet.escalations;
begin
  select * into v_row from ratchet.escalations where id = p_id and status = 'pending' for update;
  if v_row.id is null then
    return '{"ok": false, "reason": "not-found"}';
  end if;
  if v_row.request_id is distinct from p_request_id or p_request_id is null then
    if v_row.assigned_to is distinct from p_assignee and p_assignee is not null then
      return '{"ok": false, "reason": "wrong-assignee"}';
    end if;
    update ratchet.escalations
    set assigned_to = null, assigned_until = null, claimed_at = null, claim_expires_at = null,
      updated_at = ratchet_internal.now(), request_id = p_request_id
    where id = p_id returning * into v_row;
  end if;
  return json_build_object('ok', true, 'entry', ratchet_internal.escalation_entry(v_row));
end $$;
comment on function ratchet.release_escalation(uuid, text, uuid) is
  'Gives the claim of a task back.';

-- sql/escalation/resolve_escalation.sql

-- Resolves a task, in the caller's transaction, and answers the workflow that waits for it. Of two
-- that race one wins; the other is told so and has written nothing. Answers {"ok": true, "entry"}
-- or {"ok": false, "reason"}: not-found, already-resolved, already-cancelled, already-expired,
-- claim-expired, claimed-by-other.
-- Locks: the wait's message, the task. Writes: escalations, messages, attributes, signals.
-- Wakes: idle workers. Raises: WF104, WF501, WF605. Idempotent with the same p_request_id.

create function ratchet.resolve_escalation(
  p_id uuid, p_payload json default null, p_metadata json default null,
  p_claimant text default null, p_request_id uuid default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_row ratchet.escalations;
  v_reason text;
begin
  perform ratchet_internal.check_size(p_payload, 'resolver payload');
  perform ratchet_internal.check_escalation(json_build_object('metadata', p_metadata));
  select * into v_row from ratchet_internal.lock_escalations(array[p_id]);
  if v_row.request_id = p_request_id and v_row.status = 'resolved' then
    return json_build_object('ok', true, 'entry', ratchet_internal.escalation_entry(v_row));
  end if;
  v_reason := ratchet_internal.resolve_refusal(v_row, p_claimant, v_now);
  if v_reason is not null then
    return json_build_object('ok', false, 'reason', v_reason);
  end if;
  perform ratchet_internal.close_escalations(v_now, array[p_id], array[p_payload], 'resolved',
    p_metadata::jsonb, p_request_id);
  return json_build_object('ok', true, 'entry', ratchet.get_escalation(p_id));
end $$;
comment on function ratchet.resolve_escalation(uuid, json, json, text, uuid) is
  'Resolves a task and answers the workflow that waits for it.';

-- sql/escalation/resolve_escalation_by_metadata.sql

-- Resolves the most urgent, oldest pending task whose metadata have a value under a key. One that
-- somebody else ends at this moment is waited for, and the next is tried. Answers as
-- resolve_escalation does; where none is pending, as the newest of those that were.
-- Locks, writes, wakes, raises: as resolve_escalation. Idempotent with the same p_request_id.

create function ratchet.resolve_escalation_by_metadata(
  p_key text, p_value json, p_payload json default null, p_roles text[] default null,
  p_metadata json default null, p_request_id uuid default null,
  p_namespace text default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_wanted jsonb := jsonb_build_object(p_key, p_value::jsonb);
  v_id uuid;
  v_answer json;
begin
  perform ratchet_internal.check_isolation();
  select id into v_id from ratchet.escalations
  where request_id = p_request_id and status = 'resolved' and metadata @> v_wanted;
  for v_try in 1 .. 1000 loop
    if v_id is null then
      select id into v_id from ratchet.escalations
      where metadata @> v_wanted and status = 'pending'
        and (p_roles is null or role = any (p_roles))
        and (p_namespace is null or namespace = p_namespace)
      order by priority, created_at, id limit 1;
    end if;
    if v_id is null then
      select id into v_id from ratchet.escalations
      where metadata @> v_wanted and (p_roles is null or role = any (p_roles))
        and (p_namespace is null or namespace = p_namespace)
      order by updated_at desc limit 1;
      exit;
    end if;
    v_answer := ratchet.resolve_escalation(v_id, p_payload, p_metadata, null, p_request_id);
    if (ratchet_internal.readable(v_answer) ->> 'ok')::boolean then return v_answer; end if;
    v_id := null;
  end loop;
  return coalesce(
    (select json_build_object('ok', false, 'reason', 'already-' || status)
      from ratchet.escalations where id = v_id and status <> 'pending'),
    '{"ok": false, "reason": "not-found"}');
end $$;
comment on function ratchet.resolve_escalation_by_metadata(
  text, json, json, text[], json, uuid, text) is
  'Resolves the most urgent, oldest pending task whose metadata have a value under a key.';

-- sql/escalation/resolve_escalations.sql

-- Resolves many tasks for which no workflow waits: those with a step or a signal key, and those
-- that are not pending, are left alone. Returns the resolved.
-- Locks: the tasks, in id order. Writes: escalations. Raises: WF104, WF501.
-- Idempotent with the same p_request_id.

create function ratchet.resolve_escalations(
  p_ids uuid[], p_payload json default null, p_metadata json default null,
  p_request_id uuid default null
) returns setof json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
begin
  perform ratchet_internal.check_size(p_payload, 'resolver payload');
  perform ratchet_internal.check_escalation(json_build_object('metadata', p_metadata));
  perform from ratchet.escalations where id = any (p_ids) order by id for update;
  update ratchet.escalations
  set status = 'resolved', resolver_payload = p_payload, resolved_at = v_now, updated_at = v_now,
    request_id = p_request_id, metadata = case when p_metadata is null then metadata
      else coalesce(metadata, '{}') || p_metadata::jsonb end
  where id = any (p_ids) and status = 'pending' and job_id is null and signal_key is null;
  return query
  select ratchet_internal.escalation_entry(e) from ratchet.escalations e
  where id = any (p_ids) and status = 'resolved' and job_id is null and signal_key is null
    and (e.resolved_at = v_now or e.request_id = p_request_id)
  order by id;
end $$;
comment on function ratchet.resolve_escalations(uuid[], json, json, uuid) is
  'Resolves many tasks for which no workflow waits; returns those that it resolved.';

-- sql/escalation/resolve_all_escalations.sql

-- Resolves tasks all together or not at all, each with its payload, and answers the workflows that
-- wait for them. Answers {"ok": true, "entries"} or {"ok": false, "failed": [{"id", "reason"}]}:
-- not-found, already-resolved, already-cancelled, already-expired, assignee-mismatch (p_assignee:
-- who must have claimed them).
-- Locks: the waits' messages, the tasks, each in order. Writes: escalations, messages, attributes,
-- signals. Wakes: idle workers. Raises: WF104, WF501, WF605. Idempotent with the same p_request_id.

create function ratchet.resolve_all_escalations(
  p_ids uuid[], p_payloads json[], p_metadata json default null, p_assignee text default null,
  p_request_id uuid default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
as $$
declare
  v_done uuid[];
  v_failed json;
begin
  if cardinality(p_ids) is distinct from cardinality(p_payloads)
    or cardinality(p_ids) <> (select count(distinct id) from unnest(p_ids) as each (id))
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'ids'), 'Give each id once, and as many payloads as ids.');
  end if;
  perform ratchet_internal.check_size(payload, 'resolver payload')
  from unnest(p_payloads) as each (payload);
  perform ratchet_internal.check_escalation(json_build_object('metadata', p_metadata));
  with locked as materialized (select * from ratchet_internal.lock_escalations(p_ids))
  select array_agg(l.id) filter (where l.request_id = p_request_id and l.status = 'resolved'),
    json_agg(json_build_object('id', given.id, 'reason', refusal.reason) order by given.at)
      filter (where refusal.reason is not null)
  into v_done, v_failed
  from unnest(p_ids) with ordinality as given (id, at)
  left join locked l on l.id = given.id
  cross join lateral (select coalesce(
    ratchet_internal.resolve_refusal(l, null, ratchet_internal.now()),
    case when l.assigned_to is distinct from p_assignee and p_assignee is not null
      then 'assignee-mismatch' end) as reason) refusal;
  if cardinality(v_done) = cardinality(p_ids) then
    v_failed := null; -- the first sending of this call has done it
  elsif v_failed is null then
    perform ratchet_internal.close_escalations(ratchet_internal.write_time(), p_ids,
      p_payloads, 'resolved', p_metadata::jsonb, p_request_id);
  end if;
  if v_failed is not null then
    return json_build_object('ok', false, 'failed', v_failed);
  end if;
  return json_build_object('ok', true, 'entries', coalesce(
    (select json_agg(ratchet.get_escalation(given.id) order by given.at)
      from unnest(p_ids) with ordinality as given (id, at)), '[]'));
end $$;
comment on function ratchet.resolve_all_escalations(uuid[], json[], json, text, uuid) is
  'Resolves tasks all together or not at all.';

-- sql/escalation/cancel_escalation.sql

-- Cancels a task, in the caller's transaction; the wait that it answers returns null. Answers
-- {"ok": true, "entry"} or {"ok": false, "reason"}: not-found, already-terminal.
-- Locks: the wait's message, the task. Writes: escalations, messages, attributes, signals.
-- Wakes: idle workers. Raises: WF605. Idempotent with the same p_request_id.

create function ratchet.cancel_escalation(
  p_id uuid, p_namespace text default null, p_request_id uuid default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
as $$
declare
  v_row ratchet.escalations;
begin
  select * into v_row from ratchet_internal.lock_escalations(array[p_id])
  where p_namespace is null or namespace = p_namespace;
  if v_row.id is null then
    return '{"ok": false, "reason": "not-found"}';
  end if;
  if v_row.request_id is distinct from p_request_id or p_request_id is null
    or v_row.status = 'pending'
  then
    if v_row.status <> 'pending' then
      return '{"ok": false, "reason": "already-terminal"}';
    end if;
    perform ratchet_internal.close_escalations(ratchet_internal.write_time(), array[p_id],
      array['null'::json], 'cancelled', null, p_request_id);
  end if;
  return json_build_object('ok', true, 'entry', ratchet.get_escalation(p_id));
end $$;
comment on function ratchet.cancel_escalation(uuid, text, uuid) is
  'Cancels a task; the wait that it answers returns null.';

-- sql/escalation/update_escalation.sql

-- Changes fields of a task: those that are given. Metadata are merged, the envelope is replaced.
-- Null when there is no such task. Locks: the task. Writes: escalations. Raises: WF104, WF105,
-- WF501. Idempotent.

create function ratchet.update_escalation(p_id uuid, p_fields json) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  f json := p_fields;
  v_row ratchet.escalations;
begin
  perform ratchet_internal.check_escalation(p_fields);
  perform ratchet_internal.raise_error('WF104', 'invalid option',
    jsonb_build_object('option', key), 'This field of a task cannot be changed.')
  from json_object_keys(p_fields) as key
  where key in ('namespace', 'appId', 'signalKey', 'status', 'assignedTo', 'assignedUntil',
    'claimedAt', 'claimExpiresAt', 'resolvedAt', 'resolverPayload', 'milestones', 'createdAt',
    'updatedAt');
  update ratchet.escalations e
  set topic = coalesce(f ->> 'topic', topic),
    workflow_id = coalesce(f ->> 'workflowId', workflow_id),
    task_queue = coalesce(f ->> 'taskQueue', task_queue),
    workflow_type = coalesce(f ->> 'workflowType', workflow_type),
    type = coalesce(f ->> 'type', type), subtype = coalesce(f ->> 'subtype', subtype),
    entity = coalesce(f ->> 'entity', entity), role = coalesce(f ->> 'role', role),
    description = coalesce(f ->> 'description', description),
    priority = coalesce((f ->> 'priority')::int, priority),
    escalation_payload = coalesce(f -> 'escalationPayload', escalation_payload),
    envelope = coalesce(f -> 'envelope', envelope),
    metadata = case when f ->> 'metadata' is null then metadata
      else coalesce(metadata, '{}') || (f -> 'metadata')::jsonb end,
    origin_id = coalesce(f ->> 'originId', origin_id),
    parent_id = coalesce(f ->> 'parentId', parent_id),
    initiated_by = coalesce(f ->> 'initiatedBy', initiated_by),
    created_by = coalesce(f ->> 'createdBy', created_by),
    trace_id = coalesce(f ->> 'traceId', trace_id), span_id = coalesce(f ->> 'spanId', span_id),
    expires_at = coalesce(ratchet_internal.time_of(f, 'expiresAt'), expires_at),
    task_id = coalesce(f ->> 'taskId', task_id), updated_at = ratchet_internal.now()
  where e.id = p_id returning * into v_row;
  return ratchet_internal.escalation_entry(v_row);
end $$;
comment on function ratchet.update_escalation(uuid, json) is
  'Changes fields of a task; metadata are merged. Null when there is no such task.';

-- sql/escalation/append_milestones.sql

-- Adds to what has happened with a task; each milestone, an object, gets created_at. Null when
-- there is no such task. Locks: the task. Writes: escalations. Raises: WF104, WF105, WF501.
-- Idempotent with the same p_request_id.

create function ratchet.append_milestones(
  p_id uuid, p_milestones json, p_request_id uuid default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_row ratchet.escalations;
begin
  perform ratchet_internal.check_escalation(json_build_object('milestones', p_milestones));
  if exists (select from json_array_elements(p_milestones) as m (value)
    where json_typeof(m.value) <> 'object')
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'milestones'), 'Give an array of objects.');
  end if;
  select * into v_row from ratchet.escalations where id = p_id for update;
  if v_row.request_id is distinct from p_request_id or p_request_id is null then
    update ratchet.escalations
    set updated_at = v_now, request_id = p_request_id, milestones = milestones || coalesce((
      select jsonb_agg(m.value || jsonb_build_object('created_at', v_now) order by m.at)
      from jsonb_array_elements(p_milestones::jsonb) with ordinality as m (value, at)), '[]')
    where id = p_id returning * into v_row;
  end if;
  return ratchet_internal.escalation_entry(v_row);
end $$;
comment on function ratchet.append_milestones(uuid, json, uuid) is
  'Adds milestones to a task, each with the time; null when there is no such task.';

-- sql/escalation/escalate_to_role.sql

-- Moves pending tasks to the worklist of another role; their claims end. Returns the moved.
-- Locks: the tasks, in id order. Writes: escalations. Raises: WF101. Idempotent.

create function ratchet.escalate_to_role(p_ids uuid[], p_role text) returns setof json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_name(p_role, 'role');
  perform from ratchet.escalations where id = any (p_ids) order by id for update;
  return query
  update ratchet.escalations e
  set role = p_role, assigned_to = null, assigned_until = null, claimed_at = null,
    claim_expires_at = null, updated_at = ratchet_internal.now()
  where id = any (p_ids) and status = 'pending'
  returning ratchet_internal.escalation_entry(e);
end $$;
comment on function ratchet.escalate_to_role(uuid[], text) is
  'Moves pending tasks to another role and ends their claims; returns the moved.';

-- sql/escalation/set_escalation_priority.sql

-- Gives pending tasks a priority. Returns how many. Locks: the tasks, in id order. Writes:
-- escalations. Idempotent.

create function ratchet.set_escalation_priority(p_ids uuid[], p_priority int) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  perform from ratchet.escalations where id = any (p_ids) order by id for update;
  update ratchet.escalations
  set priority = coalesce(p_priority, priority), updated_at = ratchet_internal.now()
  where id = any (p_ids) and status = 'pending';
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function ratchet.set_escalation_priority(uuid[], int) is
  'Gives pending tasks a priority; returns how many.';

-- sql/escalation/prune_escalations.sql

-- Removes tasks that ended, those that changed last longer ago than p_older_than; skips what others
-- hold. p_statuses: only these. Returns how many it removed, at most p_limit.
-- Locks: the removed rows. Writes: escalations. Raises: WF103, WF104.

create function ratchet.prune_escalations(
  p_older_than interval, p_statuses text[] default null, p_namespace text default null,
  p_limit int default 10000
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_count bigint;
begin
  perform ratchet_internal.check_prune(p_older_than, p_limit);
  if not p_statuses <@ array['resolved', 'cancelled', 'expired'] then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'statuses', 'value', p_statuses),
      'Only resolved, cancelled and expired tasks can be removed.');
  end if;
  delete from ratchet.escalations where id = any (array(
    select id from ratchet.escalations
    where status <> 'pending' and updated_at < ratchet_internal.now() - p_older_than
      and (p_statuses is null or status = any (p_statuses))
      and (p_namespace is null or namespace = p_namespace)
    order by updated_at limit p_limit for update skip locked));
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function ratchet.prune_escalations(interval, text[], text, int) is
  'Removes tasks that ended longer ago than an interval; returns how many.';

-- Ending jobs; children.

-- sql/job/answer_parents.sql

-- Answers the steps that wait for jobs which end in this transaction.
-- Locks: the messages of those steps (the caller has them). Writes: messages, attributes.

create function ratchet_internal.answer_parents(
  p_now timestamptz, p_ended bigint[], p_is_addressed boolean
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_told record;
begin
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(1) as attempts,
    array_agg(j.error is not null and not j.is_silent) as failed,
    array_agg(case when j.error is null then j.result::text
      when not j.is_silent then j.error::text end) as answers,
    array_agg(case when j.version is not null and j.error is not null
      then ratchet_internal.number_of(j.error, 'code', 500)::int end) as codes
  into v_told
  from ratchet_internal.messages m
  cross join lateral (
    select error, result, version, is_silent from ratchet.jobs
    where id = m.key::bigint limit 1) j
  where m.kind = 'child' and m.key = any (p_ended::text[]);
  if v_told.jobs is not null then
    perform ratchet_internal.settle(p_now, v_told.jobs, v_told.addresses, v_told.positions,
      v_told.attempts, v_told.failed, v_told.answers, p_is_addressed, v_told.codes);
  end if;
end $$;
comment on function ratchet_internal.answer_parents(timestamptz, bigint[], boolean) is
  'Answers the steps that wait for jobs which end in this transaction.';

-- sql/job/end_jobs.sql

-- Ends jobs: with a result, with an error, or stopped from outside (p_status < 0 is taken off
-- their semaphore). All that is left of them in messages goes, hook threads included; whoever
-- waits for their end is answered in the same commit. A persistent job that returned a result
-- stays open for hooks: only its main function goes, and whoever waits is answered all the same.
-- Locks: jobs, in id order (few rows drive the lookups by key, so that they come in the order given
-- to them); then messages, in order.
-- Writes: jobs, messages, attributes of waiting parents, escalations. Wakes: idle workers; programs
-- that wait.
-- With p_worker only jobs are ended of which that worker holds the thread at the given address: the
-- main function, or a hook that failed for good.
-- Returns the jobs it ended (one that had ended before is not among them), and whether other jobs
-- waited for one that returned.

create function ratchet_internal.end_jobs(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_results json[],
  p_errors json[], p_status int default 0, out ended bigint[], out are_awaited boolean
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kept bigint[];
  v_awaited bigint[];
  v_graphs bigint[];
  v_is_watched boolean;
  v_have_tasks boolean;
begin
  with job as (
    update ratchet.jobs j
    set status = case when j.is_persistent and e.error is null then j.status
        when p_status < 0 then j.status + p_status else p_status end,
      result = e.result, error = e.error, updated_at = p_now,
      finished_at = case when j.is_persistent and e.error is null then null else p_now end,
      returned_at = case when j.is_persistent and e.error is null then p_now else j.returned_at end
    from (
      select * from unnest(p_jobs, p_addresses, p_results, p_errors)
        as given (job_id, address, result, error)
      order by job_id) e
    where j.id = any (array[e.job_id]) and j.status > 0
      and (p_worker is null or (
        select held.worker_id from ratchet_internal.messages held where held.job_id = e.job_id
          and held.address = coalesce(e.address, '') and held.position = 0) = p_worker)
    returning j.id, j.is_awaited, j.is_watched, j.version, j.status > 0 as is_kept)
  select array_agg(id) filter (where not is_kept), array_agg(id) filter (where is_kept),
    array_agg(id) filter (where is_awaited), bool_or(is_watched),
    array_agg(id) filter (where version is not null)
  into ended, v_kept, v_awaited, v_is_watched, v_graphs from job;
  if v_awaited is not null or v_kept is not null or exists (
    select from ratchet_internal.messages
    where job_id = any (ended) and (position <> 0 or address <> ''))
  then
    select bool_or(has_task) into v_have_tasks from (
      select job_id, address, position from ratchet_internal.messages
      where job_id = any (ended || v_kept)
      union
      select job_id + 0, address, position from ratchet_internal.messages
      where kind = 'child' and key = any (v_awaited::text[])
      order by job_id, address, position) given
    cross join lateral (
      select m.kind = 'wait' and m.options is not null as has_task
      from ratchet_internal.messages m
      where m.job_id = given.job_id and m.address = given.address
        and m.position = given.position limit 1 for update) locked;
    if v_have_tasks then
      perform ratchet_internal.drop_escalations(p_now, ended, false);
    end if;
  end if;
  delete from ratchet_internal.messages where job_id = any (ended);
  if v_kept is not null then
    delete from ratchet_internal.messages where job_id = any (v_kept)
      and not ratchet_internal.is_hook(address);
  end if;
  if v_awaited is not null then
    perform ratchet_internal.answer_parents(p_now, v_awaited, p_worker is not null);
  end if;
  if v_is_watched then perform pg_notify('ratchet_results', ''); end if;
  if v_graphs is not null then
    perform ratchet_internal.announce_ended(v_graphs);
  end if;
  are_awaited := v_awaited is not null;
end $$;
comment on function ratchet_internal.end_jobs(
  bigint, timestamptz, bigint[], text[], json[], json[], int) is
  'Ends jobs and answers whoever waits for their end; returns those that this call ended.';

-- sql/job/interrupt_jobs.sql

-- Stops jobs at once, their pending tasks with them, with the error that whoever waits for them
-- gets: reason, code and stack of the options. With throw false nobody gets it: they are answered
-- with nothing. expire replaces how long the job is kept.
-- Locks: nothing (the caller has locked the jobs), then messages. Writes: as end_jobs, escalations.
-- Wakes: as end_jobs. Returns the jobs that this call stopped.

create function ratchet_internal.interrupt_jobs(
  p_now timestamptz, p_jobs bigint[], p_ids text[], p_options json[]
) returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_stop record;
  v_stopped bigint[];
begin
  -- A reserved one has nothing to be stopped, and ends as if it had.
  update ratchet.jobs j
  set expire_seconds = coalesce(
      ratchet_internal.number_of(s.options, 'expire', null)::bigint, j.expire_seconds),
    is_silent = coalesce(s.options ->> 'throw' = 'false', false),
    status = abs(j.status), pending_until = null
  from unnest(p_jobs, p_options) as s (job_id, options)
  where j.id = any (array[s.job_id])
    and (j.status = -1 or j.status > 0 and (json_typeof(s.options -> 'expire') = 'number'
      or s.options ->> 'throw' = 'false'));
  select array_agg(s.job_id) as jobs, array_agg(''::text) as addresses,
    array_agg(null::json) as results,
    array_agg(json_build_object(
      'message', coalesce(s.options ->> 'reason', 'job [' || s.id || '] interrupted'),
      'code', ratchet_internal.number_of(s.options, 'code', 410)::int, 'job_id', s.id,
      'stack', coalesce(s.options ->> 'stack', ''))) as errors
  into v_stop
  from (
    select distinct on (job_id) * from unnest(p_jobs, p_ids, p_options)
      as each (job_id, id, options)
    where job_id is not null order by job_id) s;
  v_stopped := (ratchet_internal.end_jobs(null, p_now, v_stop.jobs, v_stop.addresses,
    v_stop.results, v_stop.errors, -1000000000)).ended;
  if v_stopped is not null then
    perform ratchet_internal.drop_escalations(p_now, v_stopped, true);
  end if;
  return v_stopped;
end $$;
comment on function ratchet_internal.interrupt_jobs(
  timestamptz, bigint[], text[], json[]) is
  'Stops jobs at once, each with the error that its options say; returns those it stopped.';

-- sql/job/stop_jobs.sql

-- Stops the jobs that steps scheduled in this transaction ask to stop, once per step, and answers
-- the steps: whether this one stopped the job, or why it could not. A job may stop itself; then
-- nothing of it is left to be answered.
-- Locks: nothing (the caller has locked the jobs). Writes: jobs, messages, attributes. Wakes: as
-- end_jobs.

create function ratchet_internal.stop_jobs(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_stop record;
  v_stopped bigint[];
begin
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(m.options ->> 'id') as ids,
    array_agg(m.options) as options, array_agg(target.id) as targets
  into v_stop
  from ratchet_internal.asked_steps(p_jobs, p_addresses, p_positions, p_kinds,
    array['terminate']) m
  left join lateral (
    select id from ratchet.jobs where namespace = m.namespace and key = m.options ->> 'id'
    limit 1) target on true;
  if v_stop.jobs is null then return; end if;
  v_stopped := ratchet_internal.interrupt_jobs(p_now, v_stop.targets, v_stop.ids, v_stop.options);
  perform ratchet_internal.settle(p_now, array_agg(s.job_id), array_agg(s.address),
    array_agg(s.at), array_agg(1), array_agg(s.is_failed), array_agg(case
      when not s.is_failed then to_json(coalesce(s.target = any (v_stopped), false))
      else json_build_object('message', 'Job ' || s.id || case when s.target is null
        then ' not found' else ' already completed' end,
        'code', case when s.target is null then 404 else 410 end) end::text), true)
  from (
    select *, target is null or not coalesce(target = any (v_stopped), false)
        and coalesce(options ->> 'suppress', '') <> 'true' as is_failed
    from unnest(v_stop.jobs, v_stop.addresses, v_stop.positions, v_stop.ids, v_stop.options,
      v_stop.targets) as s (job_id, address, at, id, options, target)) s
  join ratchet_internal.messages m
    on m.job_id = any (array[s.job_id]) and m.address = s.address and m.position = s.at
      and m.kind = 'child'
  having count(*) > 0;
end $$;
comment on function ratchet_internal.stop_jobs(
  timestamptz, bigint[], text[], int[], text[]) is
  'Stops the jobs that steps scheduled in this transaction ask to stop, once per step.';

-- sql/job/retry_turns.sql

-- What becomes of threads whose function failed: run again after a delay as the policy of the hook,
-- of the job, or of the worker says; when that is used up, the job ends with the error given. A
-- blocked function (its code no longer fits its history) is tried again every 30 seconds for ever,
-- and counts no attempt: a fixed deployment lets it go on. p_forgotten: position of the step whose
-- failure ended the run and that is to be tried again.
-- Locks: jobs (the caller has locked them), messages. Writes: jobs, threads, messages, attributes.

create function ratchet_internal.retry_turns(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_errors json[],
  p_blocked boolean[], p_forgotten int[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ended record;
begin
  with given as materialized (
    select f.job_id, coalesce(f.address, '') as address, f.error, f.is_blocked, f.forgotten,
      0 as turn -- a number known to the plan would do to scan all threads by
    from unnest(p_jobs, p_addresses, p_errors, p_blocked, p_forgotten)
      as f (job_id, address, error, is_blocked, forgotten)
    where (
      select held.worker_id from ratchet_internal.messages held where held.job_id = f.job_id
        and held.address = coalesce(f.address, '') and held.position = 0) = p_worker),
  main as (
    update ratchet.jobs j
    set attempt = j.attempt + case when g.is_blocked then 0 else 1 end, error = g.error,
      updated_at = p_now
    from given g
    where not ratchet_internal.is_hook(g.address) and j.id = any (array[g.job_id]) and j.status > 0
      and (g.is_blocked or ratchet_internal.is_retried(ratchet_internal.policy_of(j.options,
        p_worker, j.namespace, j.queue, j.workflow), j.attempt + 1, null))
    returning g.*, j.attempt, ratchet_internal.policy_of(j.options, p_worker, j.namespace, j.queue,
      j.workflow) as options),
  hook as (
    update ratchet.threads t
    set attempt = t.attempt + case when g.is_blocked then 0 else 1 end, error = g.error
    from given g join ratchet.jobs j on j.id = any (array[g.job_id]) and j.status > 0
    where t.job_id = any (array[g.job_id]) and t.address = g.address
      and (g.is_blocked or ratchet_internal.is_retried(ratchet_internal.policy_of(
        coalesce(t.options, j.options), p_worker, j.namespace, t.queue, t.workflow),
        t.attempt + 1, null))
    returning g.*, t.attempt, ratchet_internal.policy_of(coalesce(t.options, j.options), p_worker,
      j.namespace, t.queue, t.workflow) as options),
  failed as (select * from main union all select * from hook),
  forgotten as (
    delete from ratchet.jobs_attributes a using failed f
    where a.job_id = any (array[f.job_id]) and a.address = f.address and a.position = f.forgotten
      and a.is_failed),
  again as (
    update ratchet_internal.messages m
    set worker_id = null, attempt = 1, due_at = p_now + case when f.is_blocked
      then interval '30 seconds' else ratchet_internal.retry_delay(f.options, f.attempt) end
    from failed f
    where m.job_id = any (array[f.job_id]) and m.address = f.address and m.position = f.turn)
  select array_agg(g.job_id) as jobs, array_agg(g.address) as addresses,
    array_agg(g.error) as errors, array_agg(null::json) as results
  into v_ended
  from given g
  where (g.job_id, g.address) not in (select job_id, address from failed);
  if v_ended.jobs is not null then
    perform ratchet_internal.end_jobs(p_worker, p_now, v_ended.jobs, v_ended.addresses,
      v_ended.results, v_ended.errors);
  end if;
end $$;
comment on function ratchet_internal.retry_turns(
  bigint, timestamptz, bigint[], text[], json[], boolean[], int[]) is
  'Runs functions that failed again after a delay, or ends their jobs when their retries are '
  'used up.';

-- sql/job/start_error.sql

-- The error with which a step fails whose child could not be started.

create function ratchet_internal.start_error(p_id text, p_queue text, p_workflow text)
returns json
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when ratchet_internal.is_name(p_id) and ratchet_internal.is_name(p_queue)
      and ratchet_internal.is_name(p_workflow)
    then json_build_object('message', 'Duplicate job: ' || p_id, 'type', 'DuplicateJobError',
      'name', 'DuplicateJobError', 'jobId', p_id)
    else json_build_object('message', 'invalid name: give the id, the queue and the name of a child'
      || ' 1 to 512 characters without control characters', 'type', 'InvalidName',
      'name', 'InvalidName', 'jobId', left(p_id, 512)) end
$$;
comment on function ratchet_internal.start_error(text, text, text) is
  'The error of a step whose child could not be started: a bad name, or an id that exists.';

-- sql/job/begin_children.sql

-- Starts those of the children which steps scheduled in this transaction ask for that have a good
-- name and an id that is free. The parent of an awaited child keeps the message, keyed by the
-- child; a started one is answered with the child's id at once. With the option pending the id of a
-- started one is only reserved.
-- Each has its number before it is started, so that who was started is looked up by it: joined by
-- their ids, two thousand children of one call cost half a millisecond each.
-- Locks: the new rows, in key order. Writes: jobs, messages, attributes. Wakes: idle workers.
-- Returns the steps whose children it did not start, each with its error; null where it started
-- all.

create function ratchet_internal.begin_children(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns json[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_done record;
begin
  with wanted as materialized (
    select nextval('ratchet.jobs_id_seq') as child, m.job_id, m.address, m.position,
      m.namespace, m.options, m.input, m.name as workflow, m.options ->> 'queue' as queue,
      m.options ->> 'id' as id, m.kind = 'child' as is_awaited, terms,
      case when m.kind = 'start' then terms.pending end as pending
    from ratchet_internal.asked_steps(p_jobs, p_addresses, p_positions, p_kinds,
      array['child', 'start']) m
    cross join lateral ratchet_internal.read_terms(m.options) terms),
  started as (
    insert into ratchet.jobs (id, key, namespace, entity, workflow, queue, status, pending_until,
      is_awaited, is_hookable, is_persistent, is_labelled, parent_id, origin_id, expire_seconds,
      options, input, created_at, updated_at)
    overriding system value
    select w.child, w.id, w.namespace, coalesce((w.terms).entity, w.workflow), w.workflow, w.queue,
      case when w.pending is null then 1 else -1 end,
      case when w.pending is not null then ratchet_internal.after(p_now, w.pending * 1000) end,
      w.is_awaited, (w.terms).is_hookable, (w.terms).is_persistent,
      (w.terms).entity is not null, w.job_id, coalesce(parent.origin_id, parent.id),
      coalesce((w.terms).expire_seconds, parent.expire_seconds), (w.terms).retry, w.input, p_now,
      p_now
    from wanted w join ratchet.jobs parent on parent.id = any (array[w.job_id])
    where ratchet_internal.is_name(w.id) and ratchet_internal.is_name(w.queue)
      and ratchet_internal.is_name(w.workflow)
    order by w.id collate "C", w.namespace, w.job_id, w.position
    on conflict (key, namespace) do nothing
    returning id, namespace, queue, workflow, status),
  turns as (
    insert into ratchet_internal.messages (job_id, due_at, kind, namespace, queue, workflow)
    select id, p_now, 'turn', namespace, queue, workflow from started where status = 1),
  known as materialized (
    select w.*, w.child in (select id from started) as is_started from wanted w),
  kept as (
    update ratchet_internal.messages m set key = k.child::text, options = null
    from known k
    where k.is_started and k.is_awaited
      and m.job_id = any (array[k.job_id]) and m.address = k.address and m.position = k.position)
  select array_agg(job_id) filter (where is_started) as jobs,
    array_agg(address) filter (where is_started) as addresses,
    array_agg(position) filter (where is_started) as positions,
    array_agg(to_json(id)::text) filter (where is_started) as answers,
    array_agg(json_build_object('job', job_id, 'address', address, 'position', position,
      'namespace', namespace, 'id', id,
      'error', ratchet_internal.start_error(id, queue, workflow)))
      filter (where not is_started) as refused,
    (select array_agg(id) from started) as started,
    (select json_object_agg(child, options) from known
      where is_started and (terms).is_described) as described
  into v_done from known where not is_started or not is_awaited;
  if v_done.jobs is not null then
    perform ratchet_internal.settle(p_now, v_done.jobs, v_done.addresses, v_done.positions,
      array_fill(1, array[cardinality(v_done.jobs)]),
      array_fill(false, array[cardinality(v_done.jobs)]), v_done.answers, true);
  end if;
  perform ratchet_internal.describe_jobs(p_now, array[child.key::bigint], child.value)
  from json_each(v_done.described) child;
  perform ratchet_internal.wake_route(namespace, queue, workflow)
  from (select distinct namespace, queue, workflow from ratchet.jobs
    where id = any (v_done.started) and status = 1) route;
  return v_done.refused;
end $$;
comment on function ratchet_internal.begin_children(
  timestamptz, bigint[], text[], int[], text[]) is
  'Starts the children that steps of this transaction ask for, where nothing is in the way; '
  'returns the steps where something is.';

-- sql/job/start_children.sql

-- Starts the children that steps scheduled in this transaction ask for. A job whose time is over
-- makes room for a child of its id. A step whose child cannot be started is answered with an error:
-- its id exists already, or a name is bad.
-- Locks: the new rows; jobs whose time is over, in id order. Writes: jobs, messages, attributes.
-- Wakes: idle workers.

create function ratchet_internal.start_children(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_refused json[] := ratchet_internal.begin_children(p_now, p_jobs, p_addresses, p_positions,
    p_kinds);
begin
  if v_refused is null then return; end if;
  if ratchet_internal.make_room(array(select r ->> 'namespace' from unnest(v_refused) r),
    array(select r ->> 'id' from unnest(v_refused) r), null)
  then
    v_refused := ratchet_internal.begin_children(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
  perform ratchet_internal.settle(p_now, array_agg((r ->> 'job')::bigint),
    array_agg(r ->> 'address'), array_agg((r ->> 'position')::int), array_agg(1), array_agg(true),
    array_agg((r -> 'error')::text), true)
  from unnest(v_refused) r
  having count(*) > 0;
end $$;
comment on function ratchet_internal.start_children(
  timestamptz, bigint[], text[], int[], text[]) is
  'Starts the children that steps scheduled in this transaction ask for.';

-- sql/job/await_jobs.sql

-- Ties steps scheduled in this transaction to the end of a job that already exists: one that runs
-- is marked as awaited and ends in a commit that answers; one that has ended answers at once.
-- The caller has locked the targets that run (lock_jobs); one that has ended does not change, and
-- locking it here, out of order, could deadlock with whoever waited for it while it ran.
-- Writes: jobs, messages, attributes.

create function ratchet_internal.await_jobs(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_done record;
begin
  with wanted as materialized (
    select m.job_id, m.address, m.position,
      m.options ->> 'id' as id, target.id as target,
      target.status > 0 and target.returned_at is null as is_running, target.result,
      case when not target.is_silent then target.error end as error
    from ratchet_internal.asked_steps(p_jobs, p_addresses, p_positions, p_kinds,
      array['await']) m
    left join lateral (
      select id, status, returned_at, result, error, is_silent from ratchet.jobs
      where namespace = m.namespace and key = m.options ->> 'id'
        and status <> -1
        and (ratchet_internal.limited_role() is null or parent_id = m.job_id)
      limit 1) target on true),
  marked as (
    update ratchet.jobs j set is_awaited = true
    from (select distinct target from wanted where is_running) w
    where j.id = any (array[w.target]) and not j.is_awaited),
  kept as (
    update ratchet_internal.messages m set key = w.target::text, options = null
    from wanted w
    where m.job_id = any (array[w.job_id]) and m.address = w.address and m.position = w.position
      and w.is_running)
  select array_agg(job_id) as jobs, array_agg(address) as addresses,
    array_agg(position) as positions, array_agg(1) as attempts,
    array_agg(target is null or error is not null) as failed,
    array_agg(case when target is null then json_build_object('code', 404, 'message',
      'Job ' || id || ' not found')::text else coalesce(error, result)::text end) as answers
  into v_done
  from wanted where target is null or not is_running;
  if v_done.jobs is not null then
    perform ratchet_internal.settle(p_now, v_done.jobs, v_done.addresses, v_done.positions,
      v_done.attempts, v_done.failed, v_done.answers, true);
  end if;
end $$;
comment on function ratchet_internal.await_jobs(
  timestamptz, bigint[], text[], int[], text[]) is
  'Ties steps scheduled in this transaction to the end of a job that already exists.';

-- Hooks, threads beside the main function; the next generation of a function that continues as new.

-- sql/data/add_attributes.sql

-- Sets search attributes, as the option search of a hook has them, of jobs that run and take hooks.
-- A role that is limited to queues may not, so nothing is set.
-- Locks: nothing (the caller has locked the jobs). Writes: attributes.

create function ratchet_internal.add_attributes(
  p_now timestamptz, p_jobs bigint[], p_data json[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.set_attributes(p_now, array_agg(j.id order by given.at),
    array_agg(given.data order by given.at))
  from unnest(p_jobs, p_data) with ordinality as given (job_id, data, at)
  join ratchet.jobs j on j.id = any (array[given.job_id]) and j.status > 0 and j.is_hookable
  where ratchet_internal.limited_role() is null
  having count(*) > 0;
end $$;
comment on function ratchet_internal.add_attributes(timestamptz, bigint[], json[]) is
  'Sets search attributes of jobs that run and take hooks.';

-- sql/thread/hook_options.sql

-- What a hook with a retry policy of its own is told beside its arguments: field by field its own,
-- else what its job has: the rest of the policy, and the trace. Total: what is no object is kept.

create function ratchet_internal.hook_options(p_own json, p_job json) returns json
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case
    when json_typeof(p_own) = 'object' and json_typeof(p_job) = 'object'
    then (ratchet_internal.readable(p_job)::jsonb || ratchet_internal.readable(p_own)::jsonb)::json
    else p_own end
$$;
comment on function ratchet_internal.hook_options(json, json) is
  'The retry policy of a hook, with what it leaves open, and the trace, of its job.';

-- sql/thread/open_threads.sql

-- Starts hooks in jobs that run and take them; elsewhere nothing happens. The job's obligations
-- grow in the same commit.
-- Locks: the jobs (the caller has locked them, so that addresses are given once). Writes: jobs,
-- threads, messages. Wakes: idle workers of the queues. Returns how many it started.

create function ratchet_internal.open_threads(
  p_now timestamptz, p_jobs bigint[], p_workflows text[], p_queues text[], p_inputs json[],
  p_options json[], p_request_id uuid, p_are_shielded boolean[] default null
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  with target as (
    update ratchet.jobs j set status = j.status + w.count, updated_at = p_now
    from (
      select job_id, count(*)::int as count, array_agg(workflow order by at) as workflows,
        array_agg(queue order by at) as queues, array_agg(input order by at) as inputs,
        array_agg(options order by at) as options,
        array_agg(coalesce(is_shielded, false) order by at) as are_shielded
      from unnest(p_jobs, p_workflows, p_queues, p_inputs, p_options, p_are_shielded)
        with ordinality as w (job_id, workflow, queue, input, options, is_shielded, at)
      group by job_id order by job_id) w
    where j.id = any (array[w.job_id]) and j.status > 0 and j.is_hookable
    returning j.id, j.namespace, j.options as inherited, w.workflows, w.queues, w.inputs,
      w.options, w.are_shielded,
      (select count(*) from ratchet.threads t where t.job_id = j.id) as known),
  hook as materialized (
    select target.*, 'h' || known + w.nth as address, w.workflow, w.queue, w.input, w.is_shielded,
      ratchet_internal.hook_options(w.options, inherited) as terms
    from target cross join lateral unnest(workflows, queues, inputs, target.options,
      are_shielded) with ordinality as w (workflow, queue, input, options, is_shielded, nth)),
  opened as (
    insert into ratchet.threads
      (job_id, address, workflow, queue, request_id, options, input, created_at, is_shielded)
    select id, address, workflow, queue, p_request_id, terms, input, p_now, is_shielded from hook)
  insert into ratchet_internal.messages
    (job_id, address, due_at, kind, namespace, queue, workflow)
  select id, address, p_now, 'turn', namespace, queue, workflow from hook;
  get diagnostics v_count = row_count;
  perform ratchet_internal.wake_route(j.namespace, r.queue, r.workflow)
  from (select distinct w.job_id, w.queue, w.workflow from unnest(p_jobs, p_queues, p_workflows)
    as w (job_id, queue, workflow)) r
  join ratchet.jobs j on j.id = any (array[r.job_id])
  where v_count > 0;
  return v_count;
end $$;
comment on function ratchet_internal.open_threads(
  timestamptz, bigint[], text[], text[], json[], json[], uuid, boolean[]) is
  'Starts hooks in jobs that run and take them; returns how many it started.';

-- sql/thread/hook.sql

-- Runs another function inside a job, in a thread of its own, in the caller's transaction. Nothing
-- happens if the job is unknown, has finished, or takes no hooks.
-- Locks: the job. Writes: jobs, threads, messages, attributes. Wakes: an idle worker of the queue.
-- Raises: WF101 bad name, WF102 arguments are no array, WF104 bad option, WF501 too large, WF605
-- not READ COMMITTED. Idempotent: with the same p_request_id it is started once.

create function ratchet.hook(
  p_id text, p_workflow text, p_args json default '[]', p_queue text default null,
  p_namespace text default 'durable', p_options json default null,
  p_request_id uuid default null
) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_queue text := coalesce(p_queue, p_workflow);
  v_request uuid := coalesce(p_request_id, gen_random_uuid());
  v_job bigint;
begin
  perform ratchet_internal.check_isolation();
  perform ratchet_internal.check_start(p_namespace, p_workflow, v_queue, p_options);
  if exists (
    select from json_object_keys(p_options) as option where option not in ('retry', 'search'))
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('workflow_id', p_id), 'The options of a hook are retry and search.');
  end if;
  perform ratchet_internal.check_name(p_id, 'workflow id');
  perform ratchet_internal.check_size(p_args, 'arguments');
  if not ratchet_internal.is_arguments(p_args) then
    perform ratchet_internal.raise_error('WF102', 'arguments are not a JSON array',
      jsonb_build_object('workflow_id', p_id), 'Give the arguments as a JSON array: ''["a", 1]''.');
  end if;
  select id into v_job from ratchet.jobs
  where key = p_id and namespace = p_namespace and status > 0 and is_hookable
  for no key update;
  -- A statement of its own: it sees the threads that the one before waited for.
  if v_job is not null and not exists (
    select from ratchet.threads where job_id = v_job and request_id = v_request)
  then
    if p_options -> 'search' is not null then
      perform ratchet_internal.add_attributes(ratchet_internal.now(), array[v_job],
        array[ratchet_internal.search_of(p_options)]);
    end if;
    perform ratchet_internal.open_threads(ratchet_internal.write_time(), array[v_job],
      array[p_workflow], array[v_queue], array[p_args], array[p_options -> 'retry'], v_request);
  end if;
  return v_request;
end $$;
comment on function ratchet.hook(text, text, json, text, text, json, uuid) is
  'Runs a function inside a running job, in a thread of its own; returns a number that names the '
  'call. Options are retry and search.';

-- sql/thread/start_hooks.sql

-- Starts the hooks that steps scheduled in this transaction ask for, once per step, and answers the
-- steps. Whether there was a job to take them makes no difference to who asked.
-- Locks: nothing (the caller has locked the jobs that are hooked). Writes: jobs, threads, messages,
-- attributes. Wakes: idle workers.

create function ratchet_internal.start_hooks(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hook record;
begin
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(1) as attempts, array_agg(false) as failed,
    array_agg(to_json(m.job_id || '-' || m.address || '-' || m.position)::text) as answers,
    array_agg(target.id) as targets, array_agg(m.name) as workflows,
    array_agg(m.options ->> 'queue') as queues, array_agg(m.input) as inputs,
    array_agg(m.options -> 'retry') as policies,
    array_agg(ratchet_internal.search_of(m.options)) as data,
    array_agg(coalesce(m.options ->> 'shielded' = 'true', false)) as are_shielded
  into v_hook
  from ratchet_internal.asked_steps(p_jobs, p_addresses, p_positions, p_kinds, array['hook']) m
  left join lateral (
    select id from ratchet.jobs where namespace = m.namespace and key = m.options ->> 'id'
      and ratchet_internal.is_name(m.options ->> 'queue') and ratchet_internal.is_name(m.name)
    limit 1) target on true;
  if v_hook.jobs is null then return; end if;
  perform ratchet_internal.add_attributes(p_now, v_hook.targets, v_hook.data)
  where cardinality(array_remove(v_hook.data::text[], null)) > 0;
  perform ratchet_internal.open_threads(p_now, v_hook.targets, v_hook.workflows, v_hook.queues,
    v_hook.inputs, v_hook.policies, null, v_hook.are_shielded);
  perform ratchet_internal.settle(p_now, v_hook.jobs, v_hook.addresses, v_hook.positions,
    v_hook.attempts, v_hook.failed, v_hook.answers, true);
end $$;
comment on function ratchet_internal.start_hooks(
  timestamptz, bigint[], text[], int[], text[]) is
  'Starts the hooks that steps scheduled in this transaction ask for, once per step.';

-- sql/thread/drop_threads.sql

-- Takes what is left of threads that end in this transaction without their job: their messages, and
-- the tasks that their waits had.
-- Locks: messages (the caller has locked the jobs), then tasks, each in order. Writes: messages,
-- escalations.

create function ratchet_internal.drop_threads(
  p_now timestamptz, p_jobs bigint[], p_addresses text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from unnest(p_jobs, p_addresses) as ended (job_id, address)
  join ratchet_internal.messages m
    on m.job_id = any (array[ended.job_id]) and m.address = ended.address
  order by ended.job_id, ended.address, m.position for update of m;
  -- Not by their status: its index invites to go through all pending tasks for each.
  perform ratchet_internal.cancel_pending(p_now, array(
    select e.id
    from unnest(p_jobs, p_addresses) as ended (job_id, address)
    cross join lateral (
      select id, status from ratchet.escalations
      where job_id = ended.job_id and address = ended.address offset 0) e
    where e.status = 'pending'));
  delete from ratchet_internal.messages m
  using unnest(p_jobs, p_addresses) as ended (job_id, address)
  where m.job_id = any (array[ended.job_id]) and m.address = ended.address;
end $$;
comment on function ratchet_internal.drop_threads(timestamptz, bigint[], text[]) is
  'Takes the messages and pending tasks of threads that end in this transaction.';

-- sql/thread/end_threads.sql

-- Ends hook threads whose function returned: what is left of them in messages goes, and their job
-- has an obligation less. It cannot be the last one: the main function has ended with its job, and
-- a persistent job counts itself.
-- Main functions that continue as new, those with an input, begin their next generation.
-- Locks: the jobs (the caller has locked them), then messages, in order. Writes: jobs, threads,
-- messages, escalations.

create function ratchet_internal.end_threads(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_inputs json[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ended record;
begin
  with ended as (
    update ratchet.threads t set ended_at = p_now, error = null
    from unnest(p_jobs, p_addresses, p_inputs) as e (job_id, address, input)
    where e.input is null and t.job_id = any (array[e.job_id]) and t.address = e.address and (
      select held.worker_id from ratchet_internal.messages held where held.job_id = e.job_id
        and held.address = e.address and held.position = 0) = p_worker
    returning t.job_id, t.address),
  counted as (
    update ratchet.jobs j set status = j.status - e.count, updated_at = p_now
    from (select job_id, count(*)::int as count from ended group by job_id order by job_id) e
    where j.id = any (array[e.job_id]))
  select array_agg(job_id) as jobs, array_agg(address) as addresses into v_ended from ended;
  perform ratchet_internal.drop_threads(p_now, v_ended.jobs, v_ended.addresses);
  perform ratchet_internal.continue_jobs(p_worker, p_now, p_jobs, p_addresses, p_inputs);
end $$;
comment on function ratchet_internal.end_threads(
  bigint, timestamptz, bigint[], text[], json[]) is
  'Ends hook threads whose function returned, and begins the next generation of main functions.';

-- sql/thread/continue_jobs.sql

-- Begins the next generation of jobs whose main function continued as new: an empty history under
-- the next address, new arguments, no failed attempts. All that the generation before left open
-- goes, in the same commit. Hook threads belong to the job and go on.
-- Locks: the jobs (the caller has locked them), then messages, in order. Writes: jobs, messages,
-- escalations. No
-- notification: the worker that ends a generation has room for the next, and claims it in this call
-- or its next.

create function ratchet_internal.continue_jobs(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_inputs json[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_next record;
begin
  with continued as (
    update ratchet.jobs j
    set generation = j.generation + 1, input = c.input, attempt = 0, error = null,
      updated_at = p_now
    from unnest(p_jobs, p_addresses, p_inputs) as c (job_id, address, input)
    where c.input is not null and j.id = any (array[c.job_id]) and j.status > 0
      and c.address = ratchet_internal.main_address(j.generation) and (
      select held.worker_id from ratchet_internal.messages held where held.job_id = c.job_id
        and held.address = c.address and held.position = 0) = p_worker
    returning j.id, c.address)
  select array_agg(id) as jobs, array_agg(address) as addresses into v_next from continued;
  if v_next.jobs is null then return; end if;
  perform ratchet_internal.drop_threads(p_now, v_next.jobs, v_next.addresses);
  insert into ratchet_internal.messages
    (job_id, address, due_at, kind, namespace, queue, workflow)
  select id, ratchet_internal.main_address(generation), p_now, 'turn', namespace, queue, workflow
  from ratchet.jobs where id = any (v_next.jobs) order by id;
end $$;
comment on function ratchet_internal.continue_jobs(
  bigint, timestamptz, bigint[], text[], json[]) is
  'Begins the next generation of jobs whose main function continued as new.';

-- What a step asks of other jobs and of listeners.

-- sql/dispatch/asked_steps.sql

-- Of the steps that an exchange has scheduled in this transaction those of the kinds p_asked, which
-- nobody has acted on yet: their messages have no key. In key order. They are looked up one by one:
-- their jobs may have thousands of other steps, and other messages had no key before they died.

create function ratchet_internal.asked_steps(
  p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[], p_asked text[]
) returns table (
  job_id bigint, address text, "position" int, kind text, name text, namespace text, options json,
  input json
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select given.job_id, given.address, given.at, given.kind,
    ratchet_internal.step_name(a.address, a.field), m.namespace,
    ratchet_internal.readable(m.options), a.input
  from unnest(p_jobs, p_addresses, p_positions, p_kinds) as given (job_id, address, at, kind)
  cross join lateral (
    select m.kind, m.key, m.namespace, m.options from ratchet_internal.messages m
    where m.job_id = given.job_id and m.address = given.address and m.position = given.at
    limit 1) m
  cross join lateral (
    select a.address, a.field, a.input from ratchet.jobs_attributes a
    where a.job_id = given.job_id and a.address = given.address and a.position = given.at
    limit 1) a
  where given.kind = any (p_asked) and m.kind = 'child' and m.key = ''
  order by given.job_id, given.address, given.at;
end $$;
comment on function ratchet_internal.asked_steps(bigint[], text[], int[], text[], text[]) is
  'Steps scheduled in this transaction that ask something of others, and were not acted on yet.';

-- sql/signal/emit_events.sql

-- Broadcasts what steps scheduled in this transaction emit, an object of topics and messages, once
-- per step, as ratchet.emit does, and answers the steps.
-- Writes: broadcasts, messages, attributes. Wakes: listeners.

create function ratchet_internal.emit_events(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_told record;
begin
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(1) as attempts, array_agg(false) as failed,
    array_agg('true'::text) as answers, array_agg(m.input) as events
  into v_told
  from ratchet_internal.asked_steps(p_jobs, p_addresses, p_positions, p_kinds, array['emit']) m;
  if v_told.jobs is null then return; end if;
  perform ratchet_internal.broadcast('hmsh:' || j.namespace, event.key, j.key, null, event.value)
  from unnest(v_told.jobs, v_told.events) as e (job_id, events)
  join ratchet.jobs j on j.id = any (array[e.job_id])
  cross join lateral json_each(ratchet_internal.readable(e.events)) event
  where not starts_with(event.key, '$');
  perform ratchet_internal.settle(p_now, v_told.jobs, v_told.addresses, v_told.positions,
    v_told.attempts, v_told.failed, v_told.answers, true);
end $$;
comment on function ratchet_internal.emit_events(
  timestamptz, bigint[], text[], int[], text[]) is
  'Broadcasts what steps scheduled in this transaction emit, once per step.';

-- sql/signal/emit.sql

-- Broadcasts each topic and message of an object to those who listen to the app that is called like
-- the namespace, in the caller's transaction: best effort, nothing is kept. Topics that begin with
-- "$" are those of people who steer an app, and not open to its workflows. A worker role may tell
-- those of its own namespace.
-- Writes: broadcasts. Raises: WF101, WF104, WF701. Wakes: listeners, at commit.

create function ratchet.emit(p_namespace text, p_job text, p_events json) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_name(p_namespace, 'namespace');
  if json_typeof(p_events) is distinct from 'object' then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'events'), 'Give an object of topics and their messages.');
  end if;
  if ratchet_internal.limited_role() is not null and not exists (
    select from ratchet_internal.worker_roles where role_name = ratchet_internal.limited_role()
      and namespace = p_namespace and revoked_at is null)
  then
    perform ratchet_internal.raise_error('WF701', 'not permitted',
      jsonb_build_object('namespace', p_namespace, 'role', ratchet_internal.limited_role()),
      'The role was provisioned for another namespace: ratchet.provision_worker_role does that.');
  end if;
  perform ratchet_internal.broadcast('hmsh:' || p_namespace, event.key, p_job, null, event.value)
  from json_each(ratchet_internal.readable(p_events)) event
  where not starts_with(event.key, '$');
end $$;
comment on function ratchet.emit(text, text, json) is
  'Broadcasts topics and messages to those who listen to the app called like the namespace.';

-- sql/dispatch/act_on_steps.sql

-- Does what steps scheduled in this transaction ask of other jobs and of listeners, and answers
-- those that need not wait: starts children, ties steps to jobs, sends signals, starts hooks, tells
-- listeners, stops jobs. Stopping comes last, so that what a job asked for beside its own end is
-- done.

create function ratchet_internal.act_on_steps(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_kinds && array['child', 'start'] then
    perform ratchet_internal.start_children(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
  if 'await' = any (p_kinds) then
    perform ratchet_internal.await_jobs(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
  if 'signal' = any (p_kinds) then
    perform ratchet_internal.send_signals(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
  if 'hook' = any (p_kinds) then
    perform ratchet_internal.start_hooks(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
  if 'emit' = any (p_kinds) then
    perform ratchet_internal.emit_events(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
  if 'terminate' = any (p_kinds) then
    perform ratchet_internal.stop_jobs(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
end $$;
comment on function ratchet_internal.act_on_steps(
  timestamptz, bigint[], text[], int[], text[]) is
  'Does what steps scheduled in this transaction ask of other jobs and of listeners.';

-- sql/data/data.sql

-- The data of a job: search attributes, and the entity, a JSON document. Operations on them are
-- steps that the exchange carries out and answers at once.

-- sql/data/change.sql

-- What an operation on a document of a job comes to: the document after it, the answer, and, where
-- it could not be carried out, why; the document then does not count.

create type ratchet_internal.change as (document jsonb, answer jsonb, problem text);
comment on type ratchet_internal.change is
  'What an operation on a document comes to: the document after it, its answer, or a problem.';

-- sql/data/decimal_of.sql

-- Reads a number out of text that anybody may have written. Total: null where it is none, or none
-- of a sane size (800 characters, exponents of three digits). Inlinable.

create function ratchet_internal.decimal_of(p_text text) returns numeric
language sql immutable parallel safe
return case when char_length(p_text) <= 800
    and p_text ~ '^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?$'
  then p_text::numeric end;
comment on function ratchet_internal.decimal_of(text) is
  'The number that a text is; null where it is none of a sane size.';

-- sql/data/rounded.sql

-- A calculated number as it is stored: whole numbers exactly, fractions to 17 significant digits,
-- as many as a number of JavaScript tells apart, so that a product never grows longer and longer.
-- Null from 1e300 on, which JavaScript could soon not read any more. Inlinable.

create function ratchet_internal.rounded(p_number numeric) returns numeric
language sql immutable parallel safe
return case when abs(p_number) >= 1e300 then null
  when p_number = 0 or scale(p_number) = 0 then trim_scale(p_number)
  else trim_scale(round(p_number, least(greatest(
    16 - floor(log(abs(p_number)))::int, 0), 1000))) end;
comment on function ratchet_internal.rounded(numeric) is
  'A calculated number, fractions to 17 significant digits; null from 1e300 on.';

-- sql/data/put_value.sql

-- Puts a value at a path of a document; missing objects on the way are made. Null where it cannot
-- be: the path leads through a value that is neither an object nor a list, or to an element of a
-- list far behind its end.

create function ratchet_internal.put_value(p_document jsonb, p_path text[], p_value jsonb)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_document jsonb := coalesce(p_document, '{}');
  v_holder jsonb;
begin
  for v_depth in 1 .. cardinality(p_path) loop
    v_holder := v_document #> p_path[1:v_depth - 1];
    if v_holder is null or v_holder = 'null' then
      v_document := jsonb_set(v_document, p_path[1:v_depth - 1], '{}');
    elsif jsonb_typeof(v_holder) = 'array' then
      if p_path[v_depth] !~ '^[0-9]{1,9}$'
        or p_path[v_depth]::int > jsonb_array_length(v_holder)
      then
        return null;
      end if;
    elsif jsonb_typeof(v_holder) <> 'object' then
      return null;
    end if;
  end loop;
  return jsonb_set(v_document, p_path, p_value);
end $$;
comment on function ratchet_internal.put_value(jsonb, text[], jsonb) is
  'Puts a value at a path of a document and makes missing objects on the way; null where the path'
  ' is blocked.';

-- sql/data/merged.sql

-- A document with another merged into it, two levels deep: objects under the same name are merged
-- name by name, anything deeper or else is replaced.

create function ratchet_internal.merged(p_document jsonb, p_other jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select p_document || coalesce(jsonb_object_agg(key, case
    when jsonb_typeof(p_document -> key) = 'object' and jsonb_typeof(value) = 'object'
    then (p_document -> key) || value else value end), '{}')
  from jsonb_each(p_other)
$$;
comment on function ratchet_internal.merged(jsonb, jsonb) is
  'A document with another merged into it, two levels deep.';

-- sql/data/change_value.sql

-- The value at a path of an entity after an operation that depends on what was there: append,
-- prepend, remove, increment, toggle. Missing values count as an empty list, 0 and false. Null
-- where the value there is of another kind.

create function ratchet_internal.change_value(
  p_operation text, p_value jsonb, p_argument jsonb
) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when p_operation = 'toggle' and kind in ('boolean', 'null') then
      to_jsonb(p_value is distinct from 'true')
    when p_operation = 'increment' and kind in ('number', 'null')
      and jsonb_typeof(p_argument) = 'number' then
      to_jsonb(ratchet_internal.rounded(case kind when 'null' then 0 else p_value::numeric end
        + p_argument::numeric))
    when p_operation in ('append', 'prepend', 'remove') and kind in ('array', 'null') then
      case p_operation
        when 'append' then list || jsonb_build_array(p_argument)
        when 'prepend' then jsonb_build_array(p_argument) || list
        else case when p_argument::text ~ '^[0-9]{1,9}$' then list - p_argument::int end end
  end
  from (select coalesce(jsonb_typeof(p_value), 'null') as kind,
    coalesce(nullif(p_value, 'null'), '[]') as list) given
$$;
comment on function ratchet_internal.change_value(text, jsonb, jsonb) is
  'A value after append, prepend, remove, increment or toggle; null where it is of another kind.';

-- sql/data/change_search.sql

-- One operation on the search attributes of a job, an object of texts. Total: what cannot be done
-- is a problem in words. Absent attributes read as '', count as 0 in a sum and as 1 in a product.

create function ratchet_internal.change_search(
  p_operation text, p_arguments jsonb, p_document jsonb
) returns ratchet_internal.change
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_document jsonb := coalesce(p_document, '{}');
  v_name text := p_arguments ->> 0;
  v_by numeric := ratchet_internal.decimal_of(p_arguments ->> 1);
  v_old numeric;
  v_answer jsonb;
  v_problem text;
begin
  if p_operation = 'set' and jsonb_typeof(p_arguments -> 0) = 'object' then
    v_document := v_document || (p_arguments -> 0);
    select to_jsonb(count(*)) into v_answer from jsonb_object_keys(p_arguments -> 0);
  elsif p_operation = 'get' then
    v_answer := to_jsonb(coalesce(v_document ->> v_name, ''));
  elsif p_operation = 'mget' then
    select coalesce(jsonb_agg(coalesce(v_document ->> name, '') order by at), '[]') into v_answer
    from jsonb_array_elements_text(p_arguments) with ordinality as given (name, at);
  elsif p_operation = 'del' then
    select to_jsonb(count(distinct name)) into v_answer
    from jsonb_array_elements_text(p_arguments) as name where v_document ? name;
    v_document := v_document - array(select jsonb_array_elements_text(p_arguments));
  elsif p_operation in ('incr', 'mult') and v_name is not null and v_by is not null then
    v_old := case when v_document ? v_name
      then ratchet_internal.decimal_of(v_document ->> v_name)
      when p_operation = 'mult' then 1 else 0 end;
    v_answer := to_jsonb(ratchet_internal.rounded(
      case p_operation when 'incr' then v_old + v_by else v_old * v_by end));
    v_problem := case when v_old is null then 'the attribute is not a number'
      when v_answer is null then 'the number would be 1e300 or larger' end;
    v_document := v_document || jsonb_build_object(v_name, v_answer #>> '{}');
  else
    v_problem := 'there is no such operation on search attributes';
  end if;
  return (v_document, v_answer, v_problem)::ratchet_internal.change;
end $$;
comment on function ratchet_internal.change_search(text, jsonb, jsonb) is
  'One operation on the search attributes of a job: set, get, mget, del, incr, mult.';

-- sql/data/change_entity.sql

-- One operation on the entity of a job, a JSON document. Total: what cannot be done is a problem in
-- words. Paths are dotted; get without one is the document.

create function ratchet_internal.change_entity(
  p_operation text, p_arguments jsonb, p_document jsonb
) returns ratchet_internal.change
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_document jsonb := coalesce(p_document, '{}');
  v_path text[] := string_to_array(p_arguments ->> 0, '.');
  v_answer jsonb := v_document #> v_path;
  v_problem text;
begin
  if p_operation in ('set', 'merge') then
    v_problem := case when jsonb_typeof(p_arguments -> 0) is distinct from 'object'
      then 'an entity is an object' end;
    v_document := case when v_problem is not null then v_document
      when p_operation = 'set' then p_arguments -> 0
      else ratchet_internal.merged(v_document, p_arguments -> 0) end;
    v_answer := v_document;
  elsif p_operation = 'get' then
    v_answer := case when v_path is null then v_document else v_answer end;
  elsif coalesce(cardinality(v_path), 0) = 0 then
    v_problem := 'the path is missing';
  elsif p_operation = 'delete' then
    v_document := case when v_answer is null then v_document else v_document #- v_path end;
    v_answer := v_document;
  elsif p_operation <> 'setIfNotExists' or v_answer is null then
    v_answer := case p_operation when 'setIfNotExists' then p_arguments -> 1
      else ratchet_internal.change_value(p_operation, v_answer, p_arguments -> 1) end;
    v_document := ratchet_internal.put_value(v_document, v_path, v_answer);
    v_problem := case
      when v_answer is null then 'the value does not allow it: another kind, or beyond 1e300'
      when v_document is null then 'the path leads through a value that is no object' end;
  end if;
  return (v_document, v_answer, v_problem)::ratchet_internal.change;
end $$;
comment on function ratchet_internal.change_entity(text, jsonb, jsonb) is
  'One operation on the entity of a job: set, merge, get, delete, setIfNotExists, append, prepend,'
  ' remove, increment, toggle.';

-- sql/data/change_document.sql

-- One operation on a document of a job, as a step asks for it: search.set, entity.merge. Total: a
-- problem is an answer too, an error as JSON, and leaves the document as it was. What jsonb cannot
-- hold, a document above 16 MiB, and a role that is limited to queues, are such problems.

create function ratchet_internal.change_document(
  p_name text, p_input json, p_document jsonb
) returns ratchet_internal.change
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_change ratchet_internal.change := (p_document, null, 'the value holds U+0000 or half of a '
    || 'surrogate pair');
  v_operation text := split_part(p_name, '.', 2);
  v_code text := 'WF105';
begin
  if ratchet_internal.limited_role() is not null then
    v_code := 'WF701';
    v_change := (p_document, null, 'a role that is limited to queues may not use the data of jobs');
  elsif p_input::text !~ '\\u(0000|[dD][89a-fA-F])' or replace(p_input::text, '\\', '\/')
    = ratchet_internal.readable(p_input)::text
  then
    v_code := 'WF305';
    v_change := case when p_name like 'search.%'
      then ratchet_internal.change_search(v_operation, p_input::jsonb, p_document)
      else ratchet_internal.change_entity(v_operation, p_input::jsonb, p_document) end;
  end if;
  if v_change.problem is null and pg_column_size(v_change.document) > 16777216 then
    v_code := 'WF501';
    v_change := (p_document, null, 'the data of the job would be larger than 16 MiB');
  end if;
  if v_change.problem is not null then
    v_change.document := p_document;
    v_change.answer := jsonb_build_object('message', v_change.problem, 'code', v_code, 'detail',
      jsonb_build_object('operation', left(p_name, 100)));
  end if;
  return v_change;
end $$;
comment on function ratchet_internal.change_document(text, json, jsonb) is
  'One operation on the search attributes or the entity of a job; a problem is an answer too.';

-- sql/data/attributes_of.sql

-- The search attributes of a job, an object of texts. The range finds them by key: their
-- addresses, and no others, begin with an underscore.

create function ratchet_internal.attributes_of(p_job bigint) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_object_agg(substr(address, 2), value), '{}')
  from ratchet.jobs_attributes
  where job_id = p_job and address >= '_' and address < '`' and kind = 'attribute'
$$;
comment on function ratchet_internal.attributes_of(bigint) is
  'The search attributes of a job by name, as texts.';

-- sql/data/operation_field.sql

-- Readable name of an operation on the data of a job: its thread, the number of the object, the
-- number of the operation within it from 0, and what it is. The address of an operation is its
-- thread, # and the number of the object; its position counts from 1. Inlinable.

create function ratchet_internal.operation_field(p_address text, p_position int, p_name text)
returns text
language sql immutable parallel safe
return rtrim(ratchet_internal.step_field(split_part(p_address, '#', 1),
    split_part(p_address, '#', 2)::int, '')) || '.'
  || case when p_position <= 1000 then lpad((p_position - 1)::text, 3, '0')
    else (p_position - 1)::text end
  || ' ' || p_name;
comment on function ratchet_internal.operation_field(text, int, text) is
  'Readable name of an operation on the data of a job.';

-- sql/data/change_data.sql

-- Carries out the operations on the data of jobs that steps of this exchange ask for, and records
-- each with its answer, all in this commit: so each is done once, however often it is reported. The
-- operations of one job are done in the order given, each on what the one before left; documents
-- are read and written once a job.
-- Locks: attributes. The jobs are locked by the caller, so that operations of several threads of a
-- job, in several workers, follow one another. Writes: attributes, jobs.
-- Idempotent: what is recorded is not done again. Returns how many operations were new.

create function ratchet_internal.change_data(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[],
  p_kinds text[], p_names text[], p_inputs json[]
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  with recursive operation as materialized (
    select s.*, row_number() over (partition by s.job_id, s.kind order by s.ordinal) as turn
    from unnest(p_jobs, p_addresses, p_positions, p_kinds, p_names, p_inputs) with ordinality
      as s (job_id, address, at, kind, name, input, ordinal)
    join ratchet.jobs j on j.id = any (array[s.job_id]) and j.status > 0
    where s.kind in ('search', 'entity')
      and (select held.worker_id from ratchet_internal.messages held where held.job_id = s.job_id
        and held.address = split_part(s.address, '#', 1) and held.position = 0) = p_worker
      and (select true from ratchet.jobs_attributes a where a.job_id = s.job_id
        and a.address = s.address and a.position = s.at) is null),
  run (job_id, kind, turn, document, answer, problem) as (
    select first.job_id, first.kind, 0::bigint, case first.kind
        when 'search' then ratchet_internal.attributes_of(first.job_id) else j.context end,
      null::jsonb, null
    from operation first join ratchet.jobs j on j.id = any (array[first.job_id])
    where first.turn = 1
    union all
    select o.job_id, o.kind, o.turn, made.document, made.answer, made.problem
    from run r
    join operation o on o.job_id = r.job_id and o.kind = r.kind and o.turn = r.turn + 1
    cross join lateral ratchet_internal.change_document(o.name, o.input, r.document) made),
  recorded as (
    insert into ratchet.jobs_attributes (job_id, address, position, kind, field, ledger,
      is_failed, input, value, created_at)
    select o.job_id, o.address, o.at, o.kind,
      ratchet_internal.operation_field(o.address, o.at, o.name),
      ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1),
      r.problem is not null, o.input, r.answer::text, p_now
    from operation o join run r using (job_id, kind, turn)),
  changed as materialized (
    select job_id, kind, before.document as before, after.document as after,
      1 as at -- a number known to the plan would do to look for it in all jobs
    from run before
    join (select distinct on (job_id, kind) job_id, kind, document from run
      order by job_id, kind, turn desc) after using (job_id, kind)
    where turn = 0 and before.document is distinct from after.document),
  entity as (
    update ratchet.jobs j set context = c.after, updated_at = p_now
    from changed c where c.kind = 'entity' and j.id = any (array[c.job_id])),
  stored as (
    insert into ratchet.jobs_attributes as a (job_id, address, position, kind, field, ledger,
      value, created_at)
    select c.job_id, '_' || name, 1, 'attribute', '_' || name,
      ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1), value, p_now
    from changed c cross join lateral jsonb_each_text(c.after) as each (name, value)
    where c.kind = 'search' and value is distinct from c.before ->> name
    on conflict (job_id, address, position) do update
    set value = excluded.value, updated_at = p_now),
  removed as (
    delete from ratchet.jobs_attributes a
    using changed c cross join lateral jsonb_object_keys(c.before) as name
    where c.kind = 'search' and not c.after ? name
      and a.job_id = any (array[c.job_id]) and a.address = '_' || name and a.position = c.at)
  select count(*) into v_count from operation;
  return v_count;
end $$;
comment on function ratchet_internal.change_data(
  bigint, timestamptz, bigint[], text[], int[], text[], text[], json[]) is
  'Carries out operations on search attributes and entities, and records each with its answer.';

-- sql/data/data_answers.sql

-- The recorded answers of operations on the data of jobs that this exchange reports, whether it has
-- carried them out or one before it, whose answer was lost, had.

create function ratchet_internal.data_answers(
  p_jobs bigint[], p_addresses text[], p_positions int[]
) returns setof ratchet.work
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select 'result', a.job_id, a.address, a.position, null::int, null, null, null, null, null,
    null::json, null::json, a.is_failed, false, a.value, null::bigint
  from unnest(p_jobs, p_addresses, p_positions) with ordinality
    as s (job_id, address, at, ordinal)
  join ratchet.jobs_attributes a
    on a.job_id = any (array[s.job_id]) and a.address = s.address and a.position = s.at
  where a.kind in ('search', 'entity')
  order by s.ordinal
$$;
comment on function ratchet_internal.data_answers(bigint[], text[], int[]) is
  'The recorded answers of operations on the data of jobs.';

-- What a worker hands in.

-- sql/dispatch/cancel_steps.sql

-- Disarms the steps that cancellations have rejected: a thread that goes on to clean up waits for
-- none of them, so no signal, task, activity or timer may be theirs any more. A cancellation names
-- them in its input, as a JSON array of positions. They stay open in the history: nobody answered
-- them. An answer that has come already is on its way to the function, which ignores it.
-- Locks: messages (the caller has locked the jobs), then tasks, each in order. Writes: messages,
-- escalations. Idempotent.

create function ratchet_internal.cancel_steps(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_kinds text[],
  p_inputs json[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_step record;
begin
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(e.id) as tasks into v_step
  from (
    select s.job_id, s.address, named.at::int as at
    from (
      select s.job_id, ratchet_internal.thread_of(s.address) as address, s.input
      from unnest(p_jobs, p_addresses, p_kinds, p_inputs) as s (job_id, address, kind, input)
      where s.kind = 'cancel' and json_typeof(s.input) = 'array') s
    cross join lateral json_array_elements_text(s.input) as named (at)
    where (
      select held.worker_id from ratchet_internal.messages held where held.job_id = s.job_id
        and held.address = s.address and held.position = 0) = p_worker
    order by 1, 2, 3) s
  cross join lateral (
    select job_id, address, position from ratchet_internal.messages
    where job_id = s.job_id and address = s.address and position = s.at and s.at > 0
      and kind <> 'result'
    limit 1 for update) m
  left join lateral (
    select id from ratchet.escalations
    where job_id = m.job_id and address = m.address and position = m.position
    limit 1) e on true;
  if v_step.jobs is null then return; end if;
  perform ratchet_internal.cancel_pending(p_now, array_remove(v_step.tasks, null));
  delete from ratchet_internal.messages m
  using unnest(v_step.jobs, v_step.addresses, v_step.positions) as s (job_id, address, at)
  where m.job_id = any (array[s.job_id]) and m.address = s.address and m.position = s.at;
end $$;
comment on function ratchet_internal.cancel_steps(
  bigint, timestamptz, bigint[], text[], text[], json[]) is
  'Disarms the steps that cancellations have rejected.';

-- sql/dispatch/record_steps.sql

-- Writes steps that were run in the worker's own process: one insert each, result included.
-- Steps of threads the worker no longer holds are left out; repeated ones change nothing. Repeated
-- calls are rare: they are found by their collision, once a call, since `on conflict` would make
-- each row cost half as much again. What a cancellation has rejected is disarmed.
-- Locks, Writes: attributes; with a cancellation as cancel_steps. Returns how many were written.

create function ratchet_internal.record_steps(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[],
  p_kinds text[], p_names text[], p_deliveries int[], p_failed boolean[], p_inputs json[],
  p_values json[]
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_repeated boolean := false;
  v_count bigint;
begin
  loop
    begin
      insert into ratchet.jobs_attributes (job_id, address, position, kind, field, ledger,
        delivery, is_failed, input, value, created_at)
      select s.job_id, s.address, s.at, s.kind,
        ratchet_internal.step_field(s.address, s.at, s.name),
        ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1),
        s.delivery, s.is_failed, s.input, s.value, p_now
      from unnest(p_jobs, p_addresses, p_positions, p_kinds, p_names, p_deliveries, p_failed,
        p_inputs, p_values)
        as s (job_id, address, at, kind, name, delivery, is_failed, input, value)
      where (
        select held.worker_id from ratchet_internal.messages held where held.job_id = s.job_id
          and held.address = ratchet_internal.thread_of(s.address) and held.position = 0)
          = p_worker
        and case when v_is_repeated then (
          select true from ratchet.jobs_attributes a where a.job_id = s.job_id
            and a.address = s.address and a.position = s.at) is null else true end;
      get diagnostics v_count = row_count;
      exit;
    exception when unique_violation then
      if v_is_repeated then raise; end if; -- not of ours: a trigger's
      v_is_repeated := true;
    end;
  end loop;
  if 'cancel' = any (p_kinds) then
    perform ratchet_internal.cancel_steps(p_worker, p_now, p_jobs, p_addresses, p_kinds, p_inputs);
  end if;
  return v_count;
end $$;
comment on function ratchet_internal.record_steps(bigint, timestamptz, bigint[], text[], int[],
  text[], text[], int[], boolean[], json[], json[]) is
  'Writes steps run in the worker''s own process, with their results; returns how many were new.';

-- sql/dispatch/record_deliveries.sql

-- Keeps the order in which answers reached a function, where another answer could have come first.
-- Only threads the worker holds. Writes: attributes.

create function ratchet_internal.record_deliveries(
  p_worker bigint, p_jobs bigint[], p_addresses text[], p_positions int[], p_orders int[]
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update ratchet.jobs_attributes a set delivery = d.ordinal
  from unnest(p_jobs, p_addresses, p_positions, p_orders) as d (job_id, address, at, ordinal)
  where a.job_id = any (array[d.job_id]) and a.address = d.address and a.position = d.at
    and a.delivery is null and (
      select held.worker_id from ratchet_internal.messages held where held.job_id = d.job_id
        and held.address = split_part(d.address, '#', 1) and held.position = 0) = p_worker
$$;
comment on function ratchet_internal.record_deliveries(bigint, bigint[], text[], int[], int[]) is
  'Keeps the order in which answers reached a function.';

-- sql/dispatch/schedule_steps.sql

-- Records steps that somebody else must answer, each with the message that makes it move. What was
-- recorded before is left out, so that a repeated call changes nothing: the lock of the job shows
-- all that its other calls have recorded. A step aimed at another job or at a signal is inserted as
-- a child message without a key, which the functions called afterwards, in the same transaction,
-- replace by its target. Operations on the data of the job do not wait: they are carried out here.
-- Locks: the jobs (the caller has locked them: who stops one waits, or has stopped it and then
--   nothing is scheduled). Writes: attributes, messages, jobs (children), signals, escalations.
-- Wakes: idle workers of the activities' queues. Returns how many steps were new.

create function ratchet_internal.schedule_steps(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[],
  p_kinds text[], p_names text[], p_inputs json[], p_queues text[], p_delays bigint[],
  p_attempts int[], p_held boolean[], p_failed boolean[], p_options json[]
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  with step as materialized (
    select s.*, j.namespace, coalesce(hook.queue, j.queue) as job_queue,
      coalesce(hook.workflow, j.workflow) as workflow
    from unnest(p_jobs, p_addresses, p_positions, p_kinds, p_names, p_inputs, p_queues, p_delays,
      p_attempts, p_held, p_failed, p_options)
      as s (job_id, address, at, kind, name, input, queue, delay, attempt, is_held, is_failed,
        options)
    cross join lateral (
      select namespace, queue, workflow from ratchet.jobs
      where id = s.job_id and status > 0 limit 1) j
    left join lateral (
      select queue, workflow from ratchet.threads where ratchet_internal.is_hook(s.address)
        and job_id = s.job_id and address = s.address limit 1) hook on true
    where s.kind not in ('search', 'entity') and (
      select held.worker_id from ratchet_internal.messages held where held.job_id = s.job_id
        and held.address = s.address and held.position = 0) = p_worker
      and (
        select true from ratchet.jobs_attributes a
        where a.job_id = s.job_id and a.address = s.address and a.position = s.at) is null),
  recorded as (
    insert into ratchet.jobs_attributes
      (job_id, address, position, kind, field, ledger, input, target, created_at)
    select job_id, address, at, kind, ratchet_internal.step_field(address, at, name),
      ratchet_internal.leg1_done(attempt), input, case when kind in ('child', 'start')
        then ratchet_internal.readable(options) ->> 'id' end, p_now
    from step)
  insert into ratchet_internal.messages (job_id, address, position, kind, namespace, queue,
    workflow, due_at, worker_id, attempt, key, options)
  select s.job_id, s.address, s.at,
    case s.kind when 'sleep' then 'timer' when 'activity' then 'activity' when 'wait' then 'wait'
      else 'child' end,
    s.namespace, case s.kind when 'activity' then s.queue else s.job_queue end,
    case s.kind when 'activity' then '' else s.workflow end,
    case when s.is_failed then p_now + ratchet_internal.retry_delay(s.options, s.attempt)
      when s.kind = 'activity' then p_now
      when s.delay is null then 'infinity' else ratchet_internal.after(p_now, s.delay) end,
    case when s.is_held then p_worker end, case s.kind when 'wait' then 0 else s.attempt end,
    case when s.kind = 'wait' then s.name when s.kind not in ('sleep', 'activity') then '' end,
    s.options
  from step s;
  get diagnostics v_count = row_count;
  if 'activity' = any (p_kinds) then
    perform ratchet_internal.wake_queues(p_worker, p_queues);
  end if;
  if 'wait' = any (p_kinds) and exists (select from unnest(p_kinds, p_options)
    as s (kind, options) where kind = 'wait' and options is not null)
  then
    perform ratchet_internal.escalate_waits(p_now, p_jobs);
  end if;
  if p_kinds && array['search', 'entity'] then
    v_count := v_count + ratchet_internal.change_data(p_worker, p_now, p_jobs, p_addresses,
      p_positions, p_kinds, p_names, p_inputs);
  end if;
  if not p_kinds <@ array['activity', 'sleep', 'wait'] then
    perform ratchet_internal.act_on_steps(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
  return v_count;
end $$;
comment on function ratchet_internal.schedule_steps(bigint, timestamptz, bigint[], text[], int[],
  text[], text[], json[], text[], bigint[], int[], boolean[], boolean[], json[]) is
  'Records steps that somebody else must answer, with the messages that make them move.';

-- sql/dispatch/finish_activities.sql

-- Reports of activities: a success, or a failure that is not to be retried, answers the step; any
-- other failure puts the message back with a later due time. A report whose message has moved on
-- (claimed again after the lease, or gone with its job) changes nothing. An activity of a graph
-- whose worker answered nothing (code 102) stays open until ratchet.respond.
-- Locks: the messages, in order. Writes: messages, attributes. Returns how many reports counted.

create function ratchet_internal.finish_activities(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[],
  p_attempts int[], p_failed boolean[], p_codes int[], p_values json[]
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_report record;
begin
  with report as materialized (
    select m.job_id, m.address, m.position, m.attempt, r.is_failed, r.value,
      case when ratchet_internal.is_graph(m.address) then r.code end as code,
      case when not r.is_failed then null
        when ratchet_internal.is_graph(m.address) then ratchet_internal.graph_retry((
          select w.retry from ratchet_internal.worker_routes w where w.worker_id = p_worker
            and w.queue = m.queue and w.workflow = '' and w.namespace = m.namespace),
          m.options -> 'retry', m.attempt, coalesce(r.code, 500), false)
        when ratchet_internal.is_retried(m.options, m.attempt, r.code)
          then ratchet_internal.retry_delay(m.options, m.attempt) end as delay,
      r.code is not distinct from 102 and not r.is_failed
        and ratchet_internal.is_graph(m.address) as is_left_open
    from unnest(p_jobs, p_addresses, p_positions, p_attempts, p_failed, p_codes, p_values)
      as r (job_id, address, at, attempt, is_failed, code, value)
    join ratchet_internal.messages m
      on m.job_id = any (array[r.job_id]) and m.address = r.address and m.position = r.at
    where ratchet_internal.is_held_by(m.worker_id, p_worker) and m.kind = 'activity'
      and m.attempt = r.attempt
    order by r.job_id, r.address, r.at for update of m),
  again as (
    update ratchet_internal.messages m
    set worker_id = null, due_at = p_now + r.delay
    from report r
    where r.delay is not null and m.job_id = any (array[r.job_id]) and m.address = r.address
      and m.position = r.position),
  left_open as (
    update ratchet_internal.messages m
    set kind = 'wait', worker_id = null, queue = '$graph', workflow = '$graph',
      due_at = 'infinity', key = E'\x1frespond'
    from report r
    where r.is_left_open and m.job_id = any (array[r.job_id]) and m.address = r.address
      and m.position = r.position),
  noted as (
    update ratchet.jobs_attributes a set value = r.value, is_failed = true, updated_at = p_now
    from report r
    where r.delay is not null and a.job_id = any (array[r.job_id]) and a.address = r.address
      and a.position = r.position)
  select count(*) as count, array_agg(code) filter (where is_answer) as codes,
    array_agg(job_id) filter (where is_answer) as jobs,
    array_agg(address) filter (where is_answer) as addresses,
    array_agg(position) filter (where is_answer) as positions,
    array_agg(attempt) filter (where is_answer) as attempts,
    array_agg(is_failed) filter (where is_answer) as failed,
    array_agg(value::text) filter (where is_answer) as answers
  into v_report
  from report cross join lateral (select delay is null and not is_left_open as is_answer) each;
  if v_report.jobs is not null then
    perform ratchet_internal.settle(p_now, v_report.jobs, v_report.addresses, v_report.positions,
      v_report.attempts, v_report.failed, v_report.answers, true, v_report.codes);
  end if;
  return v_report.count;
end $$;
comment on function ratchet_internal.finish_activities(bigint, timestamptz, bigint[], text[],
  int[], int[], boolean[], int[], json[]) is
  'Answers steps with the reports of their activities, or schedules the next attempt.';

-- sql/dispatch/lost_jobs.sql

-- Tells a worker which of the given threads it does not hold: their job was stopped from outside or
-- has ended, or an earlier, unanswered repetition of the same call ended them.

create function ratchet_internal.lost_jobs(
  p_worker bigint, p_jobs bigint[], p_addresses text[]
)
returns setof ratchet.work
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_jobs is null then return; end if;
  return query
  select 'lost', given.job_id, given.address, null::int, null::int, null, null, null, null, null,
    null::json, null::json, null::boolean, null::boolean, null, null::bigint
  from (select distinct job_id, ratchet_internal.thread_of(coalesce(address, '')) as address
    from unnest(p_jobs, p_addresses) as each (job_id, address)) given
  where (
    select held.worker_id from ratchet_internal.messages held where held.job_id = given.job_id
      and held.address = given.address and held.position = 0) is distinct from p_worker;
end $$;
comment on function ratchet_internal.lost_jobs(bigint, bigint[], text[]) is
  'One row of kind lost for each of the given threads that the worker does not hold.';

-- sql/dispatch/finish_turns.sql

-- What becomes of threads whose function has left the worker: jobs end; functions that failed are
-- run again; hooks end, and main functions continue as new.
-- Locks: as end_jobs; with failures or threads the caller has locked the jobs of all three.
-- Returns whether other jobs waited for one of those that ended.

create function ratchet_internal.finish_turns(
  p_worker bigint, p_now timestamptz,
  p_end_jobs bigint[], p_end_addresses text[], p_end_results json[], p_end_errors json[],
  p_failure_jobs bigint[], p_failure_addresses text[], p_failure_errors json[],
  p_failure_blocked boolean[], p_failure_forgotten int[],
  p_thread_jobs bigint[], p_thread_addresses text[], p_thread_inputs json[]
) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_are_awaited boolean;
begin
  if p_end_jobs is not null then
    v_are_awaited := (ratchet_internal.end_jobs(p_worker, p_now, p_end_jobs, p_end_addresses,
      p_end_results, p_end_errors)).are_awaited;
  end if;
  if p_failure_jobs is not null then
    perform ratchet_internal.retry_turns(p_worker, p_now, p_failure_jobs, p_failure_addresses,
      p_failure_errors, p_failure_blocked, p_failure_forgotten);
  end if;
  if p_thread_jobs is not null then
    perform ratchet_internal.end_threads(p_worker, p_now, p_thread_jobs, p_thread_addresses,
      p_thread_inputs);
  end if;
  return v_are_awaited;
end $$;
comment on function ratchet_internal.finish_turns is
  'Ends jobs, runs failed functions again, ends hooks and begins generations, as a worker reports.';

-- What a worker receives.

-- sql/dispatch/route_results.sql

-- Sorts out answers that are with nobody (those given, where still so), or came to this worker
-- since then (null: none), but belong elsewhere:
-- - the thread is held by a worker: the answer goes to that one (or stays, if it is being taken
-- over);
-- - the thread waits to be claimed: the answer is dropped, since its claim will read the history;
-- - nobody has the thread: it becomes a turn to be claimed, and the answer is dropped.
-- A new turn needs the job locked, so that it cannot be made for a job that is stopped meanwhile,
-- or for a hook whose job ends.
-- Locks: messages, workers (key share) and jobs, all skipping what others hold. Writes: messages.
-- Wakes: idle workers.

create function ratchet_internal.route_results(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[],
  p_since timestamptz
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_moved boolean;
begin
  with stray as materialized (
    select r.*, r.holder is null as is_free
    from (
      select * from unnest(p_jobs, p_addresses, p_positions) as given (job_id, address, position)
      union
      select job_id + 0, address, position from ratchet_internal.messages m
      where worker_id = p_worker and kind = 'result' and due_at >= p_since and (
        -- Most came right, and need no second look.
        select turn.worker_id from ratchet_internal.messages turn where turn.job_id = m.job_id
          and turn.address = m.address and turn.position = 0) is distinct from p_worker
      order by job_id, address, position) given
    -- By key, one by one: no other index may look fit for this.
    cross join lateral (
      select r.job_id, r.address, r.position, r.namespace, r.queue, r.workflow, turn.holder
      from ratchet_internal.messages r
      cross join lateral (select (
        select coalesce(held.worker_id, 0) from ratchet_internal.messages held
        where held.job_id = r.job_id and held.address = r.address and held.position = 0) as holder
      offset 0) turn -- fenced: each use would be a look-up of its own
      where r.job_id = given.job_id and r.address = given.address
        and r.position = given.position and r.kind = 'result'
        and coalesce(r.worker_id, p_worker) is not distinct from p_worker
        and (r.worker_id is null or turn.holder is distinct from p_worker)
      limit 1 for update of r skip locked) r),
  alive as materialized (
    select id from ratchet_internal.workers where id in (select holder from stray)
    for key share skip locked),
  running as materialized (
    select id from ratchet.jobs
    where id = any (array(select job_id from stray where is_free)) and status > 0
    order by id for no key update skip locked),
  forwarded as (
    update ratchet_internal.messages r set worker_id = alive.id, due_at = p_now
    from stray s left join alive on alive.id = s.holder
    where s.holder <> 0 and r.job_id = any (array[s.job_id]) and r.address = s.address
      and r.position = s.position
    returning r.worker_id),
  resumed as (
    insert into ratchet_internal.messages
      (job_id, address, kind, namespace, queue, workflow, due_at, attempt)
    select distinct s.job_id, s.address, 'turn', s.namespace, s.queue, s.workflow, p_now, 1
    from stray s
    where case when s.is_free then s.job_id in (select id from running) end
    order by 1, 2 on conflict do nothing),
  dropped as (
    delete from ratchet_internal.messages r using stray s
    where (s.holder = 0 or s.is_free and s.job_id in (select id from running))
      and r.job_id = any (array[s.job_id]) and r.address = s.address and r.position = s.position)
  select exists (select from stray where is_free)
    or exists (select from forwarded where worker_id <> p_worker) into v_is_moved;
  perform pg_notify('ratchet', '') where v_is_moved
    and exists (select from ratchet_internal.workers where is_idle and id <> p_worker);
end $$;
comment on function ratchet_internal.route_results(
  bigint, timestamptz, bigint[], text[], int[], timestamptz) is
  'Sends answers that are with nobody, or with the wrong worker, where they belong.';

-- sql/dispatch/settle_due.sql

-- Answers sleeps that have ended and waits that have timed out; the caller has locked their
-- messages. A wait of a function fails; a hook of a graph goes on, told when its time began to run.
-- Writes: messages, attributes.

create function ratchet_internal.settle_due(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[],
  p_have_tasks boolean
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.settle(p_now, array_agg(a.job_id), array_agg(a.address),
    array_agg(a.position), array_agg(1),
    array_agg(d.kind = 'wait' and not ratchet_internal.is_graph(a.address)),
    array_agg(case when ratchet_internal.is_graph(a.address) then json_build_object('timestamp',
        floor(extract(epoch from a.created_at) * 1000)::bigint)::text
      when d.kind = 'timer' then a.input::text end), true)
  from unnest(p_jobs, p_addresses, p_positions, p_kinds) as d (job_id, address, at, kind)
  join ratchet.jobs_attributes a
    on a.job_id = any (array[d.job_id]) and a.address = d.address and a.position = d.at
  where d.kind in ('timer', 'wait')
    -- A wait whose task somebody else holds at this moment is left for the next look.
    and (not p_have_tasks or (select e.status from ratchet.escalations e
      where e.job_id = d.job_id and e.address = d.address and e.position = d.at)
        is distinct from 'pending')
  having count(*) > 0
$$;
comment on function ratchet_internal.settle_due(
  timestamptz, bigint[], text[], int[], text[], boolean) is
  'Answers sleeps that have ended and waits that have timed out.';

-- sql/graph/go_on_with_graphs.sql

-- Goes on with the graphs among jobs that have answers which are with nobody. Returns the jobs that
-- are none: the same list with the graphs' places empty; null when all are graphs.
-- Locks: jobs, never waiting. Writes: all that stretches do.

create function ratchet_internal.go_on_with_graphs(
  p_now timestamptz, p_jobs bigint[], p_addresses text[]
) returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.advance_graphs(p_now, row(0, null, array(
    select job_id from (
      select each.job_id, min(each.at) as at
      from unnest(p_jobs, p_addresses) with ordinality as each (job_id, address, at)
      where ratchet_internal.is_graph(each.address) group by each.job_id) job order by job.at)));
  return (
    select array_agg(case when not ratchet_internal.is_graph(each.address) then each.job_id end
      order by each.at)
    from unnest(p_jobs, p_addresses) with ordinality as each (job_id, address, at)
    having bool_or(not ratchet_internal.is_graph(each.address)));
end $$;
comment on function ratchet_internal.go_on_with_graphs(timestamptz, bigint[], text[]) is
  'Goes on with the graphs among jobs that have answers; returns the list without them.';

-- sql/dispatch/fire_due.sql

-- Answers the sleeps that have ended and the waits that have timed out, of the worker's workflow
-- routes, at most 1,000 a route; goes on with graphs; and sorts out answers that have no addressee.
-- Needs no room: nothing is claimed. A throttled route rests after each look.
-- Locks: messages, skipping those that somebody else is taking. Writes: messages, attributes,
-- escalations. Returns whether graphs went on.

create function ratchet_internal.fire_due(
  p_worker bigint, p_now timestamptz, p_heads ratchet_internal.route_head[],
  p_answers_at timestamptz
) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_due record;
  v_is_moved boolean;
begin
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(m.kind) as kinds,
    bool_or(m.kind = 'wait' and m.options is not null) as have_tasks into v_due
  from unnest(p_heads) r
  cross join lateral (
    select job_id, address, position, kind, options from ratchet_internal.messages
    where queue = r.queue and workflow = r.workflow and namespace = r.namespace
      and worker_id is null and kind in ('timer', 'wait', 'result')
      and due_at between r.due_at and p_now
    order by due_at limit 1000 for update skip locked) m
  where r.due_at is not null and (r.opens_at is null
    or ratchet_internal.rest_route(p_worker, r.namespace, r.queue, r.workflow, p_now));
  if v_due.have_tasks then
    perform ratchet_internal.expire_escalations(p_now, v_due.jobs, v_due.addresses,
      v_due.positions);
  end if;
  if v_due.kinds && array['timer', 'wait'] then
    perform ratchet_internal.settle_due(p_now, v_due.jobs, v_due.addresses, v_due.positions,
      v_due.kinds, v_due.have_tasks);
  end if;
  v_is_moved := coalesce(strpos(array_to_string(v_due.addresses, ''), ',') > 0, false);
  if v_is_moved then
    v_due.jobs := ratchet_internal.go_on_with_graphs(p_now, v_due.jobs, v_due.addresses);
  end if;
  if v_due.jobs is not null or p_answers_at is not null then
    perform ratchet_internal.route_results(p_worker, p_now, v_due.jobs, v_due.addresses,
      v_due.positions, p_answers_at);
  end if;
  return v_is_moved;
end $$;
comment on function ratchet_internal.fire_due(
  bigint, timestamptz, ratchet_internal.route_head[], timestamptz) is
  'Answers ended sleeps and timed-out waits, goes on with graphs, and sorts out answers without an '
  'addressee; returns whether graphs went on.';

-- sql/dispatch/take_results.sql

-- Hands over the answers that came to a worker since then, for threads that it holds, oldest first.
-- Locks: messages, skipping those of a job that is being stopped. Writes: messages.

create function ratchet_internal.take_results(p_worker bigint, p_since timestamptz)
returns setof ratchet.work
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query
  with answer as materialized (
    select r.job_id, r.address, r.position, r.due_at
    from ratchet_internal.messages r
    where r.worker_id = p_worker and r.kind = 'result' and r.due_at >= p_since and (
      select turn.worker_id from ratchet_internal.messages turn where turn.job_id = r.job_id
        and turn.address = r.address and turn.position = 0) = p_worker
    for update of r skip locked),
  taken as (
    delete from ratchet_internal.messages r using answer a
    where r.job_id = any (array[a.job_id]) and r.address = a.address and r.position = a.position)
  select case when a.position > 0 then 'result' else 'cancel' end, a.job_id, a.address,
    a.position, null::int, null, null, null, null, null, null::json, null::json, t.is_failed,
    false, t.value, null::bigint
  from answer a
  left join ratchet.jobs_attributes t
    on t.job_id = any (array[a.job_id]) and t.address = a.address and t.position = a.position
  order by coalesce(t.updated_at, a.due_at), a.job_id, a.address, a.position;
end $$;
comment on function ratchet_internal.take_results(bigint, timestamptz) is
  'Hands over the answers addressed to a worker, oldest first.';

-- sql/dispatch/claim_turns.sql

-- Takes due turns of the worker's workflow routes: they become the worker's, counted as an attempt.
-- The route whose head has waited longest comes first, so that a busy route cannot starve another.
-- Locks: messages, skipping those that somebody else is taking. Writes: messages.

create function ratchet_internal.claim_turns(
  p_worker bigint, p_room int, p_now timestamptz, p_heads ratchet_internal.route_head[]
) returns setof ratchet.work
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query
  with route as materialized (
    -- What this exchange has made ready itself is ready from now on.
    select h.namespace, h.queue, h.workflow, coalesce(h.ready_at, p_now) as ready_at
    from unnest(p_heads) h where h.workflow <> '' order by 4),
  due as materialized (
    select m.job_id, m.address, m.position
    from route r
    cross join lateral (
      select job_id, address, position from ratchet_internal.messages
      where queue = r.queue and workflow = r.workflow and namespace = r.namespace
        and worker_id is null and kind in ('turn', 'activity')
        and due_at between r.ready_at and p_now
      order by due_at limit p_room for update skip locked) m limit p_room),
  taken as (
    update ratchet_internal.messages m
    set worker_id = p_worker, due_at = p_now, attempt = m.attempt + 1
    from due d
    where m.job_id = any (array[d.job_id]) and m.address = d.address and m.position = d.position
    returning m.job_id, m.address, m.attempt, m.options, m.workflow, m.queue)
  select case when t.options is not null then 'careful' when t.attempt = 1 then 'start'
      else 'turn' end,
    t.job_id, t.address, 0, case when hook.input is null then j.attempt else hook.attempt end,
    j.namespace, j.key, t.workflow, t.queue, j.entity, coalesce(hook.input, j.input),
    coalesce(hook.options, j.options), false, j.cancel_requested_at is not null
      and hook.is_shielded is not true,
    case when j.origin_id is not null then (
      select key from ratchet.jobs where id = j.origin_id) end, j.expire_seconds
  from taken t join ratchet.jobs j on j.id = any (array[t.job_id])
  left join lateral (
    select input, options, attempt, is_shielded from ratchet.threads
    where ratchet_internal.is_hook(t.address) and job_id = t.job_id and address = t.address
    limit 1) hook on true;
end $$;
comment on function ratchet_internal.claim_turns(
  bigint, int, timestamptz, ratchet_internal.route_head[]) is
  'Takes due turns of the worker''s workflows, the longest waiting route first.';

-- sql/graph/fleet/rest_route.sql

-- Lets a throttled route of a worker rest from now on; false when it rests already, or when
-- somebody changes its rate at this moment. Locks: the route, if it is free. Writes: worker_routes.

create function ratchet_internal.rest_route(
  p_worker bigint, p_namespace text, p_queue text, p_workflow text, p_now timestamptz
) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  update ratchet_internal.worker_routes r
  set opens_at = p_now + make_interval(secs => r.throttle_ms / 1000.0)
  where (r.worker_id, r.queue, r.workflow, r.namespace) in (
    select f.worker_id, f.queue, f.workflow, f.namespace
    from ratchet_internal.worker_routes f
    where f.worker_id = p_worker and f.queue = p_queue and f.workflow = p_workflow
      and f.namespace = p_namespace and f.throttle_ms > 0 and f.opens_at <= p_now
    for update skip locked);
  return found;
end $$;
comment on function ratchet_internal.rest_route(bigint, text, text, text, timestamptz) is
  'Lets a throttled route rest from now on; false when it rests already.';

-- sql/dispatch/claim_activities.sql

-- Takes due activities of the worker's queues; the claim counts as an attempt. The queue whose head
-- has waited longest comes first, so that a busy queue cannot starve another. A throttled queue
-- rests after each batch.
-- Locks: messages, skipping those that somebody else is taking. Writes: messages, routes.

create function ratchet_internal.claim_activities(
  p_worker bigint, p_room int, p_now timestamptz, p_heads ratchet_internal.route_head[]
) returns setof ratchet.work
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query
  with route as materialized (
    -- What this exchange has made ready itself is ready from now on.
    select h.namespace, h.queue, h.opens_at, coalesce(h.ready_at, p_now) as ready_at
    from unnest(p_heads) h where h.workflow = '' order by 4),
  due as materialized (
    select m.job_id, m.address, m.position
    from route r
    cross join lateral (
      select job_id, address, position from ratchet_internal.messages
      where queue = r.queue and workflow = '' and namespace = r.namespace
        and worker_id is null and kind in ('turn', 'activity')
        and due_at between r.ready_at and p_now
      order by due_at limit p_room for update skip locked) m
    where r.opens_at is null
      or ratchet_internal.rest_route(p_worker, r.namespace, r.queue, '', p_now)
    limit p_room),
  taken as (
    update ratchet_internal.messages m
    set worker_id = p_worker, due_at = p_now, attempt = m.attempt + 1
    from due d
    where m.job_id = any (array[d.job_id]) and m.address = d.address and m.position = d.position
    returning m.job_id, m.address, m.position, m.attempt, m.queue, m.options)
  select 'activity', t.job_id, t.address, t.position, t.attempt, j.namespace, j.key, j.workflow,
    t.queue, ratchet_internal.step_name(a.address, a.field), a.input, t.options, false, false,
    j.queue, null::bigint
  from taken t
  join ratchet.jobs j on j.id = any (array[t.job_id])
  cross join lateral (
    select a.address, a.field, a.input from ratchet.jobs_attributes a
    where a.job_id = t.job_id and a.address = t.address and a.position = t.position limit 1) a;
end $$;
comment on function ratchet_internal.claim_activities(
  bigint, int, timestamptz, ratchet_internal.route_head[]) is
  'Takes due activities of the worker''s queues, the longest waiting queue first.';

-- sql/dispatch/route_key.sql

create function ratchet_internal.route_key(p_namespace text, p_queue text, p_workflow text)
returns text
language sql immutable parallel safe
return concat(p_namespace, E'\x1f', p_queue, E'\x1f', p_workflow);
comment on function ratchet_internal.route_key(text, text, text) is
  'A text that names a route.';

-- sql/dispatch/look_begins.sql

-- Where looks at one index are to begin after one that found its first message at p_found: a quick
-- look; a safe one; and the noted time, where safe ones begin once transactions have ended
-- (p_is_settled: those before the time that p_known notes have; p_is_new: note this one).
create function ratchet_internal.look_begins(
  p_known jsonb, p_found timestamptz, p_now timestamptz, p_is_new boolean, p_is_settled boolean
) returns jsonb
language sql immutable parallel safe
return jsonb_build_array(
  -- Few transactions take longer to commit than this.
  least(p_found, p_now - interval '200 ms'),
  case when p_is_settled then least(p_found, coalesce((p_known ->> 2)::timestamptz, '-infinity'))
    else coalesce((p_known ->> 1)::timestamptz, '-infinity') end,
  case when p_is_new then least(p_found, p_now) else (p_known ->> 2)::timestamptz end);
comment on function ratchet_internal.look_begins(jsonb, timestamptz, timestamptz, boolean, boolean)
  is 'Where looks at one index begin: a quick one, a safe one, the next safe one.';

-- sql/dispatch/look_from.sql

-- Where a look at one index of a route is to begin, by what remember_look kept: p_which is ready or
-- due, p_begin whether it is to be a quick look (0) or a safe one (1); null: from the beginning.
create function ratchet_internal.look_from(
  p_slow jsonb, p_begin int, p_which text, p_namespace text, p_queue text, p_workflow text
) returns timestamptz
language sql immutable parallel safe
return coalesce((p_slow -> 'since'
  -> ratchet_internal.route_key(p_namespace, p_queue, p_workflow) -> p_which ->> p_begin
  )::timestamptz, '-infinity');
comment on function ratchet_internal.look_from(jsonb, int, text, text, text, text) is
  'Where a look at one index of a route begins.';

-- sql/dispatch/remember_look.sql

-- After a second slow look in a row from the very beginning (p_begin null), or one that followed
-- it, quick (0) or safe (1): keeps in the session where the next looks begin. p_slow is what was
-- known before: null nothing, {} after a first slow one, which may have made the session's plans.
--   A safe look begins at a time before which nothing can come any more. It notes its own time, and
--   its transaction, if that has a number (noted). A later transaction of the session has a number
--   (xid) above all that were given until then. Once all below that have ended, a safe look that
--   finds nothing before the noted time has seen all that was dated before it: whoever writes a
--   message is numbered first (write_time). It moves on, unless one that writes stays open.
--   A quick look begins 200 ms before the last look. It is used only if safe looks are slow: then
--   the next of them comes after twenty times as long as the last one took, and so long waits a
--   message that was committed late.
-- Should the clock have been set back unseen, a message waits until the next look from the very
-- beginning: after a minute, or two hundred times as long as such a look takes. A fast one ends it.
create function ratchet_internal.remember_look(
  p_worker bigint, p_now timestamptz, p_slow jsonb, p_begin int, p_oldest xid8,
  p_took interval, p_heads ratchet_internal.route_head[], p_answers_at timestamptz
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_slow constant boolean := p_took > interval '2 ms';
  v_is_whole constant boolean := p_begin is null;
  v_is_settled constant boolean := p_begin is distinct from 0
    and coalesce(p_oldest >= (p_slow ->> 'xid')::xid8, false);
  v_is_new constant boolean := not p_slow ? 'noted' or v_is_settled;
  v_xid constant text := pg_current_xact_id_if_assigned()::text;
begin
  if v_is_whole and (p_slow is null or not v_is_slow) then
    perform set_config('ratchet.slow_look', case when v_is_slow then '{}' else '' end, false);
    return;
  end if;
  perform set_config('ratchet.slow_look', jsonb_build_object(
    'worker', p_worker::text,
    'at', p_now,
    'ends', case when v_is_whole then to_jsonb(p_now + greatest(200 * p_took, '1 minute'))
      else p_slow -> 'ends' end,
    -- After a whole look that settled where safe ones begin, the next of these is short.
    'again', case when p_begin = 0 then p_slow -> 'again' when v_is_slow and
      not (v_is_whole and v_is_settled) then to_jsonb(p_now + 20 * p_took) else to_jsonb(p_now) end,
    'noted', case when v_is_new then to_jsonb(v_xid) else p_slow -> 'noted' end,
    'xid', case when not v_is_new then coalesce(p_slow ->> 'xid',
      case when v_xid is distinct from p_slow ->> 'noted' then v_xid end) end,
    'answers', ratchet_internal.look_begins(
      case when p_slow ->> 'worker' = p_worker::text then p_slow -> 'answers' end,
      p_answers_at, p_now, v_is_new, v_is_settled),
    'since', coalesce(p_slow -> 'since', '{}') || (
      select coalesce(jsonb_object_agg(r.key, jsonb_build_object(
        'ready', ratchet_internal.look_begins(r.known -> 'ready', r.ready_at, p_now, v_is_new,
          v_is_settled),
        'due', ratchet_internal.look_begins(r.known -> 'due', r.due_at, p_now, v_is_new,
          v_is_settled))), '{}')
      from (
        select named.key, p_slow -> 'since' -> named.key as known, h.ready_at, h.due_at
        from unnest(p_heads) h
        cross join lateral (
          select ratchet_internal.route_key(h.namespace, h.queue, h.workflow) as key) named) r)
    )::text, false);
end $$;
comment on function ratchet_internal.remember_look(
  bigint, timestamptz, jsonb, int, xid8, interval, ratchet_internal.route_head[], timestamptz)
  is 'Keeps in the session where the next looks begin, after a look that was slow.';

-- sql/dispatch/look.sql

-- What there is for a worker at this moment, in one cheap statement: most exchanges of a worker
-- that is not busy find one kind of work or none, and starting the statements that take it costs
-- more than this. They begin where this has found the first.
-- Messages that were taken stay in the indexes while somebody holds an old snapshot, and each look
-- passes by them. When that takes long, the session remembers where it came to: see remember_look.

create function ratchet_internal.look(p_worker bigint, p_now timestamptz)
returns ratchet_internal.readiness
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known text := current_setting('ratchet.slow_look', true);
  v_slow jsonb;
  v_began timestamptz := ratchet_internal.now();
  v_begin int;
  v_oldest xid8;
  v_answers_from timestamptz;
  v_took interval;
  v_ready ratchet_internal.readiness;
begin
  if v_known <> '' then
    -- It does not count if the clock was set back.
    v_slow := case when (v_known::jsonb ->> 'at')::timestamptz > v_began then '{}' else v_known end;
    v_begin := case when (v_slow ->> 'ends')::timestamptz > v_began then
      case when (v_slow ->> 'again')::timestamptz <= v_began then 1 else 0 end end;
    v_oldest := pg_snapshot_xmin(pg_current_snapshot());
    v_answers_from := case when v_slow ->> 'worker' = p_worker::text
      then (v_slow -> 'answers' ->> v_begin)::timestamptz end;
  end if;
  -- Fenced, for without that each use of ready_at and due_at would be a look of its own.
  select count(r.due_at) > 0, count(r.ready_at) filter (where r.workflow <> '') > 0,
    count(r.ready_at) filter (where r.workflow = '') > 0,
    array_agg(row(r.*)::ratchet_internal.route_head), (
      select due_at from ratchet_internal.messages
      where worker_id = p_worker and kind = 'result'
        and due_at >= coalesce(v_answers_from, '-infinity')
      order by due_at limit 1)
  into v_ready
  from (
    select r.namespace, r.queue, r.workflow, r.opens_at,
      (select due_at from ratchet_internal.messages
        where queue = r.queue and workflow = r.workflow and namespace = r.namespace
          and worker_id is null and kind in ('turn', 'activity') and due_at <= p_now
          and due_at >= case when v_slow is null then '-infinity' else
            ratchet_internal.look_from(v_slow, v_begin, 'ready', r.namespace, r.queue, r.workflow)
            end
        order by due_at limit 1) as ready_at,
      case when r.workflow <> '' then (
        select due_at from ratchet_internal.messages
        where queue = r.queue and workflow = r.workflow and namespace = r.namespace
          and worker_id is null and kind in ('timer', 'wait', 'result') and due_at <= p_now
          and due_at >= case when v_slow is null then '-infinity' else
            ratchet_internal.look_from(v_slow, v_begin, 'due', r.namespace, r.queue, r.workflow)
            end
        order by due_at limit 1) end as due_at
    from ratchet_internal.worker_routes r
    where r.worker_id = p_worker and (r.opens_at is null or r.opens_at <= p_now) offset 0) r;
  v_ready.has_due := v_ready.has_due or v_ready.answers_at is not null;
  v_took := ratchet_internal.now() - v_began;
  if v_took > interval '2 ms' or v_known <> '' then
    perform ratchet_internal.remember_look(p_worker, p_now, v_slow, v_begin, v_oldest, v_took,
      v_ready.heads, v_ready.answers_at);
  end if;
  return v_ready;
end $$;
comment on function ratchet_internal.look(bigint, timestamptz) is
  'Whether there are answers, due timers, turns or activities for a worker, and where each begins.';

-- sql/dispatch/next_news.sql

-- In how many milliseconds an exchange has something to do for others first: 0 when a worker's
-- lease has run out, a schedule is due, or a signal or a wait is new; null when there is nothing.
-- While somebody holds an old snapshot, signals and waits that were looked after stay in the
-- indexes, and each look passes by all of them. Once that takes longer than 2 ms twice in a row
-- (the first of a session makes its plan), a session looks for a twentieth of its time; until then
-- nobody knows, and the answer is when it will look again.

create function ratchet_internal.next_news(p_worker bigint, p_now timestamptz) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known constant text := current_setting('ratchet.slow_delivery', true);
  v_began constant timestamptz := ratchet_internal.now();
  v_looks_at timestamptz;
  v_is_late boolean;
  v_is_news boolean;
  v_took interval;
  v_is_slow boolean;
begin
  if v_known <> '' then
    v_looks_at := to_timestamp(v_known::float8);
    -- Were the clock set back, it would be long until then: such a time does not count.
    v_is_late := v_looks_at > v_began and v_looks_at < v_began + interval '1 minute';
  end if;
  v_is_news := exists (
      select from ratchet_internal.workers where expires_at < p_now and id <> p_worker)
    or exists (select from ratchet.schedules where look_at <= p_now)
    or v_is_late is not true and (
      exists (select from ratchet_internal.signals where is_new)
      or exists (select from ratchet_internal.messages where kind = 'wait' and attempt = 0));
  if v_is_late then
    return case when v_is_news then 0
      else ceil(extract(epoch from v_looks_at - v_began) * 1000) end;
  end if;
  v_took := ratchet_internal.now() - v_began;
  v_is_slow := v_took > interval '2 ms';
  if v_is_slow or v_known <> '' then
    perform set_config('ratchet.slow_delivery', case when v_is_slow then
      extract(epoch from case when v_looks_at is null then v_began
        else v_began + 20 * least(v_took, interval '2 seconds') end)::text else '' end, false);
  end if;
  return case when v_is_news then 0 end;
end $$;
comment on function ratchet_internal.next_news(bigint, timestamptz) is
  'Milliseconds until something is to be done for others: 0 now, null when there is nothing.';

-- sql/dispatch/next_look.sql

-- In how many milliseconds an idle worker is to look again, if nobody notifies it before: when
-- something becomes due; soon when something is due that somebody else holds at this moment
-- (p_is_held: the caller found it, and could not take it), or is new; and in any case after as long
-- as it has been idle. For whoever wrote something while the worker was falling idle sent no
-- notification, and may commit later: so it looks often at first, then ever more rarely.

create function ratchet_internal.next_look(
  p_worker bigint, p_now timestamptz, p_is_held boolean
) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_news constant bigint := ratchet_internal.next_news(p_worker, p_now);
begin
  return (
    select least(
      (select greatest(extract(epoch from p_now - w.idle_at) * 1000, 10)
        from ratchet_internal.workers w where w.id = p_worker),
      (select case when min(greatest(m.due_at, r.opens_at)) <= p_now then 50
          else ceil(extract(epoch from min(greatest(m.due_at, r.opens_at)) - p_now) * 1000)
          end
        from ratchet_internal.worker_routes r
        -- It has looked just now, though not at what is closed. What came meanwhile is young.
        cross join lateral (select case when r.opens_at > p_now then '-infinity'
          else p_now - interval '1 second' end as at) since
        cross join lateral (
          (select due_at from ratchet_internal.messages
            where queue = r.queue and workflow = r.workflow and namespace = r.namespace
              and worker_id is null and kind in ('turn', 'activity')
              and due_at > since.at and due_at < 'infinity'
            order by due_at limit 1)
          union all
          (select due_at from ratchet_internal.messages
            where queue = r.queue and workflow = r.workflow and namespace = r.namespace
              and worker_id is null and kind in ('timer', 'wait', 'result')
              and due_at > since.at and due_at < 'infinity'
            order by due_at limit 1)) m
        where r.worker_id = p_worker and coalesce(r.opens_at < 'infinity', true)),
      (select case when look_at <= p_now then 50
          else ceil(extract(epoch from look_at - p_now) * 1000) end
        from ratchet.schedules where look_at < 'infinity' order by look_at limit 1),
      case when p_is_held then 50 end,
      case when v_news is not null then greatest(v_news, 20) end)::bigint);
end $$;
comment on function ratchet_internal.next_look(bigint, timestamptz, boolean) is
  'Milliseconds after which an idle worker looks again, unless it is notified before.';

-- sql/dispatch/claim.sql

-- The receiving half of an exchange: hands out answers, turns and activities. An idle worker that
-- gets nothing is marked as idle and told when to look again. One that was idle and gets a single
-- thing, with room for more, stays so, for it is told of more: when it reports (p_is_idle null), it
-- looks only for what the report may have made ready.
-- Locks: messages, skipping what others hold; the worker. Writes: workers, messages, attributes.

create function ratchet_internal.claim(
  p_worker bigint, p_now timestamptz, p_turn_room int, p_activity_room int, p_is_idle boolean
) returns setof ratchet.work
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ready ratchet_internal.readiness;
  v_rows int;
  v_found int := 0;
  v_is_full boolean := false;
  v_is_idle boolean;
  v_is_moved boolean := false;
  v_word ratchet.work;
begin
  v_ready := ratchet_internal.look(p_worker, p_now);
  if v_ready.has_due then
    v_is_moved := ratchet_internal.fire_due(p_worker, p_now, v_ready.heads,
      v_ready.answers_at);
    return query select * from ratchet_internal.take_results(p_worker,
      coalesce(v_ready.answers_at, p_now));
    get diagnostics v_found = row_count;
  end if;
  -- An answer that nobody held the thread for has become a turn just now.
  if p_turn_room > 0 and (v_ready.has_turns or v_ready.has_due) then
    return query select * from ratchet_internal.claim_turns(p_worker, p_turn_room, p_now,
      v_ready.heads);
    get diagnostics v_rows = row_count;
    v_found := v_found + v_rows;
    v_is_full := v_rows >= p_turn_room;
  end if;
  -- Graphs that went on just now may have activities for this worker.
  if p_activity_room > 0 and (v_ready.has_activities or v_is_moved) then
    return query select * from ratchet_internal.claim_activities(p_worker, p_activity_room, p_now,
      v_ready.heads);
    get diagnostics v_rows = row_count;
    v_found := v_found + v_rows;
    v_is_full := v_is_full or v_rows >= p_activity_room;
  end if;
  if v_found = 1 and coalesce(p_is_idle, true) and not v_is_full and exists (
    select from ratchet_internal.workers where id = p_worker and is_idle)
  then
    v_word.kind := 'idle';
    return next v_word;
    return;
  end if;
  v_is_idle := v_found = 0 and coalesce(p_is_idle, true);
  update ratchet_internal.workers
  set is_idle = v_is_idle, idle_at = case when v_found = 0 then p_now end
  where id = p_worker and is_idle <> v_is_idle;
  if v_is_idle then
    v_word.kind := 'next';
    v_word.value := ratchet_internal.next_look(p_worker, p_now,
      v_ready.has_due or v_ready.has_turns or v_ready.has_activities);
    return next v_word;
  end if;
end $$;
comment on function ratchet_internal.claim(bigint, timestamptz, int, int, boolean) is
  'The receiving half of an exchange: what a worker is to do next.';

-- Taking over the work of workers that are gone; the exchange itself.

-- sql/dispatch/is_suspect.sql

-- Whether a function that was lost with its worker may be what killed it: since it was claimed it
-- has recorded nothing, and it was not waiting for anything but its own worker. Thousands of
-- functions that only wait may be lost with one worker; they are not to be blamed however often
-- that happens.

create function ratchet_internal.is_suspect(p_turn ratchet_internal.messages) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select not exists (
    select from ratchet.jobs_attributes a where a.job_id = p_turn.job_id
      and ratchet_internal.thread_of(a.address) = p_turn.address
      and coalesce(a.updated_at, a.created_at) > p_turn.due_at)
  and not exists (
    select from ratchet_internal.messages m where m.job_id = p_turn.job_id
      and m.address = p_turn.address and m.position > 0
      and m.worker_id is distinct from p_turn.worker_id)
$$;
comment on function ratchet_internal.is_suspect(ratchet_internal.messages) is
  'Whether a function that was lost with its worker may be what killed it.';

-- sql/dispatch/fail_spent.sql

-- Fails what a lost worker held and has been lost as often as it may be tried: an activity after
-- its policy's executions; a function after ten losses during which it neither recorded a step nor
-- waited for anything. A job that somebody else has locked is left out: it is run once more.
-- Locks: jobs, skipping what others hold; messages. Writes: jobs, messages, attributes.

create function ratchet_internal.fail_spent(p_worker bigint, p_now timestamptz) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_spent record;
begin
  select array_agg(j.id) as jobs, array_agg(''::text) as addresses,
    array_agg(null::json) as results,
    array_agg(json_build_object('code', 597, 'type', 'DurableMaxedError', 'message',
      'the workflow function was lost with its worker 10 times')) as errors
  into v_spent
  from (
    select id from ratchet.jobs where status > 0 and id = any (array(
      select m.job_id from ratchet_internal.messages m
      where m.worker_id = p_worker and m.kind = 'turn' and m.attempt >= 10
        and ratchet_internal.is_suspect(m)))
    order by id for no key update skip locked) j;
  if v_spent.jobs is not null then
    perform ratchet_internal.end_jobs(null, p_now, v_spent.jobs, v_spent.addresses, v_spent.results,
      v_spent.errors);
  end if;
  select array_agg(s.job_id) as jobs, array_agg(s.address) as addresses,
    array_agg(s.position) as positions, array_agg(s.attempt) as attempts,
    array_agg(true) as failed,
    array_agg(json_build_object('code', 597, 'type', 'DurableMaxedError', 'message',
      'the activity was lost with its worker in attempt ' || s.attempt)::text) as answers
  into v_spent
  from (select job_id, address, position, attempt from ratchet_internal.messages m
    where worker_id = p_worker and kind = 'activity'
      and case when ratchet_internal.is_graph(m.address) then ratchet_internal.graph_retry((
          select w.retry from ratchet_internal.worker_routes w where w.worker_id = p_worker
            and w.queue = m.queue and w.workflow = '' and w.namespace = m.namespace),
          null, attempt, null, true) is null
        else not ratchet_internal.is_retried(options, attempt, null) end
    order by job_id + 0, address, position for update) s;
  if v_spent.jobs is not null then
    perform ratchet_internal.settle(p_now, v_spent.jobs, v_spent.addresses, v_spent.positions,
      v_spent.attempts, v_spent.failed, v_spent.answers, true);
  end if;
end $$;
comment on function ratchet_internal.fail_spent(bigint, timestamptz) is
  'Fails what a lost worker held and has been lost as often as it may be tried.';

-- sql/dispatch/release_worker.sql

-- Ends a worker: deletes its row, and frees what it held for anybody. With p_is_lost (it died, or
-- was silent past its lease) its turns are marked so that they are run again carefully, each step
-- recorded before it runs; what has used up its attempts is failed instead of being freed, unless
-- p_is_failing is false. A turn
-- that is handed back, or that cannot have caused the loss, is not counted as an attempt.
-- Locks: the worker, then messages in order. Writes: workers, messages, attributes, jobs. Wakes:
-- idle workers.

create function ratchet_internal.release_worker(
  p_worker bigint, p_now timestamptz, p_is_lost boolean, p_is_failing boolean default true
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from ratchet_internal.workers where id = p_worker;
  if not found then return; end if;
  if p_is_lost and p_is_failing then
    perform ratchet_internal.fail_spent(p_worker, p_now);
  end if;
  perform from ratchet_internal.messages where worker_id = p_worker
  order by job_id + 0, address, position for update;
  update ratchet_internal.messages m
  set worker_id = null, due_at = p_now,
    options = case when m.kind = 'turn' and p_is_lost then '{"isCareful":true}' else m.options end,
    attempt = case when m.kind <> 'turn' then m.attempt
      when not p_is_lost then greatest(m.attempt - 1, 1)
      when ratchet_internal.is_suspect(m) then m.attempt else 1 end
  where m.worker_id = p_worker;
  perform pg_notify('ratchet', '') where exists (
    select from ratchet_internal.workers where is_idle);
end $$;
comment on function ratchet_internal.release_worker(bigint, timestamptz, boolean, boolean) is
  'Ends a worker and frees what it held, carefully if it was lost.';

-- sql/dispatch/reap_workers.sql

-- Ends workers whose lease has run out. One whose call is in flight at this moment is alive and
-- skipped; so is the one that calls.
-- Locks: workers. Writes: all that release_worker does.

create function ratchet_internal.reap_workers(p_worker bigint, p_now timestamptz) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from ratchet_internal.workers where expires_at < p_now and id <> p_worker) then
    perform ratchet_internal.release_worker(dead.id, p_now, true)
    from (select id from ratchet_internal.workers where expires_at < p_now and id <> p_worker
      order by id for update skip locked) dead;
  end if;
end $$;
comment on function ratchet_internal.reap_workers(bigint, timestamptz) is
  'Ends workers, other than the one that calls, whose lease has run out, and frees their work.';

-- What an exchange does for others, one by one, after one was refused.

-- sql/apart/try_apart.sql

-- Does one thing that an exchange does for others, in a subtransaction: what fails is taken back,
-- and comes as a problem. p_what: due (fires the given timer or wait), pair (answers the given wait
-- with the oldest signal of its key), match (matches the signals of p_key), end (ends the job with
-- p_error), release (frees the work of the lost worker p_worker). Steps are locked by the caller.
-- What is caught is as in try_graphs.

create function ratchet_internal.try_apart(
  p_now timestamptz, p_what text, p_step ratchet_internal.messages, p_error json default null,
  p_worker bigint default null
) returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '200ms'
as $$
declare
  v_state text;
  v_message text;
begin
  case p_what
    when 'due' then
      perform ratchet_internal.expire_escalations(p_now, array[p_step.job_id],
        array[p_step.address], array[p_step.position]);
      perform ratchet_internal.settle_due(p_now, array[p_step.job_id], array[p_step.address],
        array[p_step.position], array[p_step.kind], true);
    when 'pair' then
      perform ratchet_internal.pair_signals(p_now, array(
          select id from ratchet_internal.signals
          where key = any (array[p_step.key]) and namespace = p_step.namespace and not is_consumed
          order by key, id limit 1 for update skip locked),
        array[p_step.job_id], array[p_step.address], array[p_step.position]);
    when 'match' then
      perform ratchet_internal.match_signals(p_now, array[p_step.namespace], array[p_step.key]);
    when 'end' then
      perform ratchet_internal.end_jobs(null, p_now, array[p_step.job_id], array[''],
        array[null::json], array[p_error]);
    when 'release' then
      perform ratchet_internal.release_worker(p_worker, p_now, true);
  end case;
  return null;
exception
  when sqlstate '09000' or sqlstate '0A000' or sqlstate '20000' or sqlstate '21000'
    or sqlstate '22000' or sqlstate '23000' or sqlstate '24000' or sqlstate '27000'
    or sqlstate '2F000' or sqlstate '34000' or sqlstate '38000' or sqlstate '39000'
    or sqlstate '3B000' or sqlstate '3D000' or sqlstate '3F000' or sqlstate '40000'
    or sqlstate '42000' or sqlstate '44000' or sqlstate '45000' or sqlstate '53200'
    or sqlstate '54000' or sqlstate '55000' or sqlstate 'HV000' or sqlstate 'P0000'
    or sqlstate 'WF000' or sqlstate 'XX000'
then
  get stacked diagnostics v_state = returned_sqlstate, v_message = message_text;
  if v_state in ('XX001', 'XX002') then raise; end if;
  return jsonb_build_object('message', left(v_message, 1000), 'sqlstate', v_state,
    'may_pass', v_state in ('40001', '40P01', '53200', '55P03'));
end $$;
comment on function ratchet_internal.try_apart(
  timestamptz, text, ratchet_internal.messages, json, bigint) is
  'Does one thing that an exchange does for others; what fails is taken back, and comes as a '
  'problem.';

-- sql/apart/lock_apart.sql

-- Locks a job that runs and one of its steps, in the order that everybody keeps. Returns the step
-- as it is now, or null: somebody else is at one of them, or it has moved on.
-- Locks: the job, the message, never waiting. coalesce, so that no other index than that of whole
-- keys looks fit.

create function ratchet_internal.lock_apart(p_job bigint, p_address text, p_position int)
returns ratchet_internal.messages
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_step ratchet_internal.messages;
begin
  perform from ratchet.jobs where id = p_job and status > 0 for no key update skip locked;
  if not found then return null; end if;
  select * into v_step from ratchet_internal.messages
  where job_id = p_job and address = p_address and position = p_position
    and coalesce(worker_id, 0) = 0 and kind in ('timer', 'wait') for update skip locked;
  return v_step;
end $$;
comment on function ratchet_internal.lock_apart(bigint, text, int) is
  'Locks a job and one of its timers or waits, unless somebody else is at them.';

-- sql/apart/end_apart.sql

-- Ends a job of which a step can have no answer, with the error that the database gave: it is told
-- there, and holds up nobody. Where that is refused too, or the error may pass, nothing is written
-- in its rows, but the step is put off: a timer or a timeout by two minutes (ten seconds where it
-- may pass), a wait that a signal has come for until prune looks at it again. Returns whether the
-- job has ended.
-- Locks: messages; the caller has locked the job and the step. Writes: messages; and as end_jobs.

create function ratchet_internal.end_apart(
  p_now timestamptz, p_step ratchet_internal.messages, p_problem jsonb, p_is_due boolean
) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_error json := json_build_object('code', 598, 'message',
    'the engine could not answer a step: ' || (p_problem ->> 'message'));
  v_may_pass boolean := (p_problem -> 'may_pass')::boolean;
begin
  if not v_may_pass and ratchet_internal.try_apart(p_now, 'end', p_step, v_error) is null
  then
    return true;
  end if;
  update ratchet_internal.messages
  set due_at = case when p_is_due then p_now + case when v_may_pass
      then interval '10 seconds' else interval '2 minutes' end else due_at end,
    attempt = case when p_is_due then attempt else 1 end,
    key = case when p_is_due then key else E'\x1faside ' || key end
  where job_id = p_step.job_id and address = p_step.address and position = p_step.position;
  return false;
end $$;
comment on function ratchet_internal.end_apart(
  timestamptz, ratchet_internal.messages, jsonb, boolean) is
  'Ends a job of which a step can have no answer, or puts the step off.';

-- sql/apart/due_apart.sql

-- Fires the due timers and timeouts of the worker's workflow routes one by one. A job of which one
-- cannot be fired ends, or has it put off.
-- Locks: jobs in id order, messages, never waiting. Writes: as fire_due and end_apart. Returns the
-- steps that could not be fired.

create function ratchet_internal.due_apart(p_worker bigint, p_now timestamptz)
returns table (job_id bigint, problem text, is_ended boolean)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_due record;
  v_step ratchet_internal.messages;
  v_problem jsonb;
begin
  for v_due in
    select m.job_id, m.address, m.position
    from ratchet_internal.worker_routes r
    cross join lateral (
      select job_id, address, position from ratchet_internal.messages
      where queue = r.queue and workflow = r.workflow and namespace = r.namespace
        and worker_id is null and kind in ('timer', 'wait', 'result') and due_at <= p_now
      order by due_at limit 1000) m
    where r.worker_id = p_worker and r.workflow <> ''
    order by m.job_id, m.address, m.position
  loop
    v_step := ratchet_internal.lock_apart(v_due.job_id, v_due.address, v_due.position);
    continue when v_step.due_at > p_now or v_step.due_at is null;
    v_problem := ratchet_internal.try_apart(p_now, 'due', v_step);
    continue when v_problem is null;
    return query select v_due.job_id, v_problem ->> 'message',
      ratchet_internal.end_apart(p_now, v_step, v_problem, true);
  end loop;
end $$;
comment on function ratchet_internal.due_apart(bigint, timestamptz) is
  'Fires due timers one by one; returns the steps that could not be fired.';

-- sql/apart/waits_apart.sql

-- Delivers new signals key by key, and where that fails wait by wait: the oldest signal to the
-- oldest wait that can have it. A job whose wait cannot be answered ends, or has the wait put off.
-- Locks: jobs, messages, signals, never waiting. Writes: as deliver_signals and end_apart. Returns
-- the waits that could not be answered.

create function ratchet_internal.waits_apart(p_now timestamptz)
returns table (job_id bigint, problem text, is_ended boolean)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_key ratchet_internal.messages;
  v_wait record;
  v_step ratchet_internal.messages;
  v_problem jsonb;
begin
  for v_key.key, v_key.namespace in
    (select key, namespace from ratchet_internal.signals where is_new order by id limit 500)
    union
    (select key, namespace from ratchet_internal.messages
      where kind = 'wait' and attempt = 0 order by job_id limit 500)
  loop
    v_problem := ratchet_internal.try_apart(p_now, 'match', v_key);
    continue when v_problem is null;
    for v_wait in
      select m.job_id, m.address, m.position from ratchet_internal.messages m
      join ratchet.jobs_attributes a
        on a.job_id = any (array[m.job_id]) and a.address = m.address and a.position = m.position
      where m.key = v_key.key and m.namespace = v_key.namespace and m.kind = 'wait'
      order by a.created_at, m.job_id, m.address, m.position limit 1000
    loop
      v_step := ratchet_internal.lock_apart(v_wait.job_id, v_wait.address, v_wait.position);
      continue when v_step.job_id is null;
      v_problem := ratchet_internal.try_apart(p_now, 'pair', v_step);
      continue when v_problem is null;
      return query select v_wait.job_id, v_problem ->> 'message',
        ratchet_internal.end_apart(p_now, v_step, v_problem, false);
    end loop;
    perform ratchet_internal.try_apart(p_now, 'match', v_key);
  end loop;
end $$;
comment on function ratchet_internal.waits_apart(timestamptz) is
  'Delivers signals wait by wait; returns the waits that could not be answered.';

-- sql/apart/workers_apart.sql

-- Frees the work of lost workers one by one. Where a job that has been lost too often cannot be
-- failed, the worker's work is freed all the same, and that job is run once more.
-- Locks: workers, skipping what others hold; as release_worker. Writes: as release_worker. Returns
-- the problems.

create function ratchet_internal.workers_apart(p_worker bigint, p_now timestamptz)
returns table (job_id bigint, problem text, is_ended boolean)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_dead bigint;
  v_problem jsonb;
begin
  for v_dead in
    select id from ratchet_internal.workers where expires_at < p_now and id <> p_worker
    order by id for update skip locked
  loop
    v_problem := ratchet_internal.try_apart(p_now, 'release', null, p_worker => v_dead);
    continue when v_problem is null;
    perform ratchet_internal.release_worker(v_dead, p_now, true, false);
    return query select null::bigint,
      'what a lost worker held is run once more: ' || (v_problem ->> 'message'), false;
  end loop;
end $$;
comment on function ratchet_internal.workers_apart(bigint, timestamptz) is
  'Frees the work of lost workers one by one; returns what could not be failed.';

-- sql/apart/set_aside.sql

-- For a worker whose exchange was answered with an error. The reason may be nothing of its own, but
-- something that the exchange does for others: a user's trigger on one of the public tables raises,
-- or waits for a lock, for one job whose timer is due, whose signal has come, or whose worker is
-- lost. This does all that one by one, each in a subtransaction, which no exchange pays for: what
-- can be done is done; a job that cannot be answered ends with the error, or is put off. After that
-- the exchange may be repeated. The one that failed may still be ending: it is waited for, since
-- what it has locked would be skipped.
-- Locks: worker (for update); then jobs and messages, never waiting. What triggers lock is waited
-- for, 200 ms each time. Writes: as an exchange.
-- Raises: WF401, WF605. Returns what was set aside; a worker role is told no more than how much.

create function ratchet.set_aside(p_worker bigint)
returns table (namespace text, workflow_id text, problem text, is_ended boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_now timestamptz := ratchet_internal.write_time();
begin
  perform from ratchet_internal.workers where id = p_worker
    and ratchet_internal.is_own(role_name) for update;
  perform ratchet_internal.lock_worker(p_worker);
  return query
  with aside as materialized (
    select * from ratchet_internal.workers_apart(p_worker, v_now)
    union all
    select * from ratchet_internal.waits_apart(v_now)
    union all
    select * from ratchet_internal.due_apart(p_worker, v_now))
  select j.namespace, j.key, case when ratchet_internal.limited_role() is null then a.problem
    else 'something of another job was refused' end, a.is_ended
  from aside a
  left join ratchet.jobs j on j.id = any (array[a.job_id])
    and ratchet_internal.limited_role() is null;
end $$;
comment on function ratchet.set_aside(bigint) is
  'After a refused exchange: does what it does for others one by one, and sets aside what fails; '
  'returns that.';

-- sql/dispatch/open_exchange.sql

-- How every exchange begins: all that it may have to wait for is locked before it changes anything,
-- in the one order that everybody keeps. One that takes work (p_takes) then frees the work of
-- workers that are gone, delivers signals and fires schedules, before it writes anything.
-- p_jobs are those of functions that failed, of threads that end and of cancellations.
-- An exchange that only reports activities locks no job here: reports of several workers for one
-- job run side by side. One that only ends jobs locks none either: end_jobs does, in the same
-- order. One that does more than one of these locks the jobs of all before any message.
-- Locks: the worker (key share), jobs, messages. Raises: WF401, WF605. Returns the exchange's time.

create function ratchet_internal.open_exchange(
  p_worker bigint, p_takes boolean, p_jobs bigint[], p_end_jobs bigint[], p_activity_jobs bigint[],
  p_plan_jobs bigint[], p_plan_kinds text[], p_plan_options json[]
) returns timestamptz
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now constant timestamptz := ratchet_internal.write_time();
  v_is_news constant boolean := ratchet_internal.lock_worker(p_worker)
    and p_takes and coalesce(ratchet_internal.next_news(p_worker, v_now) = 0, false);
begin
  if coalesce(p_jobs, p_plan_jobs) is not null
    or p_end_jobs is not null and (p_activity_jobs is not null or v_is_news)
  then
    perform ratchet_internal.lock_jobs(p_jobs || p_plan_jobs || p_end_jobs || p_activity_jobs,
      p_plan_jobs, p_plan_kinds, p_plan_options);
  end if;
  if v_is_news then
    perform ratchet_internal.reap_workers(p_worker, v_now);
    perform ratchet_internal.deliver_signals(v_now);
    perform ratchet_internal.fire_schedules(v_now);
  end if;
  return v_now;
end $$;
comment on function ratchet_internal.open_exchange(
  bigint, boolean, bigint[], bigint[], bigint[], bigint[], text[], json[]) is
  'Locks what an exchange may wait for, frees the work of lost workers, delivers signals and '
  'fires schedules.';

-- sql/dispatch/exchange.sql

-- The one call between a worker and the engine: hands in all that is finished, receives new work.
-- Everything in one call is one commit. Parallel arrays, one group a kind of report; null groups
-- cost nothing. Repeating a call after an error changes nothing that has been recorded.
--   step      local steps that ran in the worker's process, with their results; or a cancellation
--             that has reached its function: its input is an array of the positions it rejected
--   plan      steps that somebody else must answer, and operations on the data of a job, which
--             this call carries out and answers
--   activity  reports of activities that were claimed
--   end       jobs whose main function returned (error null), or of which one failed for good
--   failure   threads whose function failed and may be run again, or is blocked
--   thread    threads that end without their job: a hook returned (input null), or the main
--             function goes on as new with these arguments
--   delivery  answers whose order of delivery must be kept
-- p_is_idle: nothing is left to do here; be notified. Null: as before; a worker that is notified
-- anyway takes nothing when it reports, unless the report made something ready, and does nothing
-- for others.
-- Rooms: how many turns and activities to take.
-- Locks: worker (key share), jobs in id order, messages, attributes; waits at most 2 s for a lock
-- (55P03).
-- Raises: WF401 worker lost, WF605 not READ COMMITTED. Wakes: idle workers, programs that wait.

create function ratchet.exchange(
  p_worker bigint, p_turn_room int, p_activity_room int, p_is_idle boolean default false,
  p_step_jobs bigint[] default null, p_step_addresses text[] default null,
  p_step_positions int[] default null, p_step_kinds text[] default null,
  p_step_names text[] default null, p_step_deliveries int[] default null,
  p_step_failed boolean[] default null, p_step_inputs json[] default null,
  p_step_values json[] default null, p_plan_jobs bigint[] default null,
  p_plan_addresses text[] default null, p_plan_positions int[] default null,
  p_plan_kinds text[] default null, p_plan_names text[] default null,
  p_plan_inputs json[] default null, p_plan_queues text[] default null,
  p_plan_delays bigint[] default null, p_plan_attempts int[] default null,
  p_plan_held boolean[] default null, p_plan_failed boolean[] default null,
  p_plan_options json[] default null, p_activity_jobs bigint[] default null,
  p_activity_addresses text[] default null, p_activity_positions int[] default null,
  p_activity_attempts int[] default null, p_activity_failed boolean[] default null,
  p_activity_codes int[] default null, p_activity_values json[] default null,
  p_end_jobs bigint[] default null, p_end_addresses text[] default null,
  p_end_results json[] default null, p_end_errors json[] default null,
  p_failure_jobs bigint[] default null, p_failure_addresses text[] default null,
  p_failure_errors json[] default null, p_failure_blocked boolean[] default null,
  p_failure_forgotten int[] default null, p_thread_jobs bigint[] default null,
  p_thread_addresses text[] default null, p_thread_inputs json[] default null,
  p_delivery_jobs bigint[] default null, p_delivery_addresses text[] default null,
  p_delivery_positions int[] default null, p_delivery_orders int[] default null
) returns setof ratchet.work language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set lock_timeout = '2s' set jit = off
set enable_seqscan = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_takes boolean := p_is_idle is not null
    or coalesce(p_plan_jobs, p_activity_jobs, p_failure_jobs, p_thread_jobs) is not null;
  v_now constant timestamptz := ratchet_internal.open_exchange(p_worker, v_takes, p_failure_jobs
    || p_thread_jobs || case when 'cancel' = any (p_step_kinds) then p_step_jobs end, p_end_jobs,
    p_activity_jobs, p_plan_jobs, p_plan_kinds, p_plan_options);
  v_written bigint := 0;
begin
  if p_step_jobs is not null then
    v_written := ratchet_internal.record_steps(p_worker, v_now, p_step_jobs,
      p_step_addresses, p_step_positions, p_step_kinds, p_step_names, p_step_deliveries,
      p_step_failed, p_step_inputs, p_step_values);
  end if;
  if p_delivery_jobs is not null then
    perform ratchet_internal.record_deliveries(p_worker, p_delivery_jobs, p_delivery_addresses,
      p_delivery_positions, p_delivery_orders);
  end if;
  if p_plan_jobs is not null then
    v_written := v_written + ratchet_internal.schedule_steps(p_worker, v_now, p_plan_jobs,
      p_plan_addresses, p_plan_positions, p_plan_kinds, p_plan_names, p_plan_inputs,
      p_plan_queues, p_plan_delays, p_plan_attempts, p_plan_held, p_plan_failed, p_plan_options);
    if p_plan_kinds && array['search', 'entity'] then return query select *
      from ratchet_internal.data_answers(p_plan_jobs, p_plan_addresses, p_plan_positions); end if;
  end if;
  if p_failure_jobs is not null or 'terminate' = any (p_plan_kinds)
    or v_written < cardinality(p_step_jobs || p_plan_jobs) then
    return query select * from ratchet_internal.lost_jobs(p_worker, p_step_jobs || p_plan_jobs
      || p_failure_jobs, p_step_addresses || p_plan_addresses || p_failure_addresses);
  end if;
  if p_activity_jobs is not null then
    perform ratchet_internal.finish_activities(p_worker, v_now, p_activity_jobs,
      p_activity_addresses, p_activity_positions, p_activity_attempts, p_activity_failed,
      p_activity_codes, p_activity_values);
  end if;
  v_takes := ratchet_internal.finish_turns(p_worker, v_now, p_end_jobs, p_end_addresses,
    p_end_results, p_end_errors, p_failure_jobs, p_failure_addresses, p_failure_errors,
    p_failure_blocked, p_failure_forgotten, p_thread_jobs, p_thread_addresses, p_thread_inputs)
    or v_takes;
  if v_takes then return query
    select * from ratchet_internal.claim(p_worker, v_now, p_turn_room, p_activity_room, p_is_idle);
  end if;
end $$;
comment on function ratchet.exchange is
  'The one call between a worker and the engine: hands in all that is finished, receives new work.';

-- sql/dispatch/peek.sql

-- For an idle worker whom nobody has notified: whether it should exchange, or when to peek again.
-- Writes nothing, so that an idle fleet costs no commits. That is also why it may see a row as free
-- which somebody is taking at this moment: the exchange that follows finds nothing then. What is
-- wrong with the worker (its lease is lost, it belongs to another role) the exchange says too.

create function ratchet.peek(p_worker bigint) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_ready ratchet_internal.readiness;
begin
  if not exists (
    select from ratchet_internal.workers
    where id = p_worker and ratchet_internal.is_own(role_name))
  then
    return 0;
  end if;
  v_ready := ratchet_internal.look(p_worker, v_now);
  if v_ready.has_due or v_ready.has_turns or v_ready.has_activities
    or ratchet_internal.next_news(p_worker, v_now) = 0
  then
    return 0;
  end if;
  return ratchet_internal.next_look(p_worker, v_now, false);
end $$;
comment on function ratchet.peek(bigint) is
  'For an idle worker: 0 when there is something to exchange for (its lease being lost is one), '
  'else the milliseconds after which to peek again.';

-- Workers: registration, leases, and what a worker needs besides exchange.

-- sql/dispatch/add_routes.sql

-- Adds to what a worker serves. A route may name the instance that serves it (guid), and what that
-- says of itself (profile). A rate that was set for the route holds for this worker too. A route
-- that is given twice is served once, under the last policy given.
-- Idempotent. Writes: worker_routes, members. Raises: WF101, WF104, WF105, WF401.

create function ratchet.add_routes(p_worker bigint, p_routes json) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.lock_worker(p_worker);
  if json_typeof(p_routes) is distinct from 'array' then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'routes'),
      'Give an array of objects with namespace, queue and, for workflows, workflow.');
  end if;
  perform ratchet_internal.check_readable(p_routes, 'routes');
  if exists (select from json_array_elements(p_routes) e where json_typeof(e.value) <> 'object')
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'routes'),
      'Each route is an object with namespace, queue and, for workflows, workflow.');
  end if;
  perform ratchet_internal.check_name(coalesce(r.namespace, 'durable'), 'namespace'),
    ratchet_internal.check_name(r.queue, 'queue'),
    ratchet_internal.check_name(coalesce(r.workflow, '-'), 'workflow'),
    ratchet_internal.check_name(coalesce(r.guid, '-'), 'guid')
  from json_to_recordset(p_routes)
    as r (namespace text, queue text, workflow text, guid text);
  perform ratchet_internal.check_routes(p_routes);
  insert into ratchet_internal.worker_routes (worker_id, namespace, queue, workflow, retry,
    throttle_ms, opens_at)
  select distinct on (2, 3, 4) p_worker, coalesce(r.namespace, 'durable'), r.queue,
    coalesce(r.workflow, ''), case when json_typeof(r.retry) = 'object' then r.retry end,
    nullif(t.rate, 0), case when t.rate < 0 then 'infinity' when t.rate > 0 then '-infinity'
      end::timestamptz
  from rows from (json_to_recordset(p_routes)
      as (namespace text, queue text, workflow text, retry json))
    with ordinality as r (namespace, queue, workflow, retry, at)
  left join lateral (
    select t.rate from ratchet_internal.throttles t
    where t.namespace = r.namespace and t.is_engine = (coalesce(r.workflow, '') <> '')
      and t.queue in (r.queue, '')
    order by t.queue desc limit 1) t on true
  order by 2, 3, 4, json_typeof(r.retry) = 'object' desc nulls last, r.at desc
  on conflict (worker_id, queue, workflow, namespace)
    do update set retry = excluded.retry where excluded.retry is not null;
  insert into ratchet_internal.members (worker_id, guid, namespace, queue, workflow, profile,
    joined_at)
  select p_worker, r.guid, coalesce(r.namespace, 'durable'), r.queue, coalesce(r.workflow, ''),
    r.profile, ratchet_internal.now()
  from json_to_recordset(p_routes)
    as r (namespace text, queue text, workflow text, guid text, profile json)
  where r.guid is not null
  on conflict do nothing;
end $$;
comment on function ratchet.add_routes(bigint, json) is
  'Adds routes, objects with namespace, queue, workflow and retry, to what a worker serves.';

-- sql/dispatch/remove_routes.sql

-- Takes routes from what a worker serves; what it holds of them it keeps. A route that names an
-- instance (guid) goes when no other instance of the process serves it.
-- Writes: worker_routes, members. Raises: WF401. Idempotent.

create function ratchet.remove_routes(p_worker bigint, p_routes json) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.lock_worker(p_worker);
  delete from ratchet_internal.members m
  using json_to_recordset(p_routes) as r (namespace text, queue text, workflow text, guid text)
  where m.worker_id = p_worker and m.guid = r.guid and m.queue = r.queue
    and m.namespace = coalesce(r.namespace, 'durable') and m.workflow = coalesce(r.workflow, '');
  delete from ratchet_internal.worker_routes s
  using json_to_recordset(p_routes) as r (namespace text, queue text, workflow text)
  where s.worker_id = p_worker and s.queue = r.queue
    and s.namespace = coalesce(r.namespace, 'durable') and s.workflow = coalesce(r.workflow, '')
    and not exists (select from ratchet_internal.members m
      where (m.worker_id, m.queue, m.workflow, m.namespace)
        = (s.worker_id, s.queue, s.workflow, s.namespace));
end $$;
comment on function ratchet.remove_routes(bigint, json) is
  'Takes routes from what a worker serves; what it holds of them it keeps.';

-- sql/dispatch/register_worker.sql

-- Registers a running worker process and what it serves: an array of routes, each {"namespace",
-- "queue", "workflow"}; without a workflow it serves the activities of the queue. The row is its
-- lease: call heartbeat well within lease_seconds, from a thread that user code cannot block.
-- Writes: workers, worker_routes. Raises: WF101, WF104, WF105.

create function ratchet.register_worker(
  p_name text, p_routes json, p_lease_seconds int default 30
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_id bigint;
begin
  perform ratchet_internal.check_name(p_name, 'worker');
  if p_lease_seconds is null or p_lease_seconds not between 1 and 3600 then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'lease_seconds', 'value', p_lease_seconds),
      'Give a lease from 1 to 3600 seconds.');
  end if;
  insert into ratchet_internal.workers (name, role_name, lease_seconds, started_at, expires_at)
  values (p_name, ratchet_internal.limited_role(), p_lease_seconds, v_now,
    v_now + make_interval(secs => p_lease_seconds))
  returning id into v_id;
  perform ratchet.add_routes(v_id, p_routes);
  return v_id;
end $$;
comment on function ratchet.register_worker(text, json, int) is
  'Registers a worker process and the routes it serves; returns its number, which every later '
  'call names.';

-- sql/dispatch/heartbeat.sql

-- Extends the lease of everything a worker holds. Never brings a lost lease back.
-- Locks: the worker. Returns whether the worker is still registered.

create function ratchet.heartbeat(p_worker bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update ratchet_internal.workers
  set expires_at = ratchet_internal.now() + make_interval(secs => lease_seconds)
  where id = p_worker and ratchet_internal.is_own(role_name);
  return found;
end $$;
comment on function ratchet.heartbeat(bigint) is
  'Extends a worker''s lease; false when the lease was lost and the worker must register anew.';

-- sql/dispatch/unregister_worker.sql

-- Ends a worker that stops on purpose: what it holds is free for others in the same commit.
-- Idempotent. Locks: the worker, messages. Wakes: idle workers.

create function ratchet.unregister_worker(p_worker bigint) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
  select ratchet_internal.release_worker(id, ratchet_internal.write_time(), false)
  from ratchet_internal.workers
  where id = p_worker and ratchet_internal.is_own(role_name)
$$;
comment on function ratchet.unregister_worker(bigint) is
  'Hands back everything a worker holds and forgets the worker.';

-- sql/dispatch/evict.sql

-- Gives threads back that only wait, so that they need not stay in the worker's memory. A thread
-- with an answer the worker does not know yet (p_known counts the answered steps it knows) is kept:
-- it is not among those returned. Also kept is one that waits for nothing the engine knows of. A
-- thread that the worker has not held any more, because its job was stopped or has ended, is
-- returned too: it may be forgotten.
-- Locks: the worker, for update: no exchange of it is in flight; messages, skipping what others
-- hold.
-- Writes: messages. Raises: WF401, WF605; 55P03 when exchanges of the worker leave no gap for 10 s.

create function ratchet.evict(
  p_worker bigint, p_jobs bigint[], p_known int[], p_addresses text[] default null
) returns table (job_id bigint, address text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
set lock_timeout = '10s'
as $$
#variable_conflict use_column
begin
  perform from ratchet_internal.workers where id = p_worker
    and ratchet_internal.is_own(role_name) for update;
  perform ratchet_internal.lock_worker(p_worker);
  return query
  with turn as materialized (
    select given.job_id, held.address, held.position, given.known
    from unnest(p_jobs, p_known, p_addresses) as given (job_id, known, address)
    cross join lateral (
      select m.address, m.position from ratchet_internal.messages m where m.job_id = given.job_id
        and m.address = coalesce(given.address, '') and m.position = 0
        and ratchet_internal.is_held_by(m.worker_id, p_worker)
      limit 1 for update skip locked) held)
  delete from ratchet_internal.messages held using turn
  -- A position written here would do as the whole condition of an index scan: of all threads.
  where held.job_id = any (array[turn.job_id]) and held.address = turn.address
    and held.position = turn.position and turn.known = (
      select count(*) from ratchet.jobs_attributes a
      where a.job_id = turn.job_id and ratchet_internal.thread_of(a.address) = turn.address
        and a.kind not in ('patch', 'marker')
        and ratchet_internal.is_final(a.ledger))
    and (
      select true from ratchet_internal.messages open where open.job_id = turn.job_id
        and open.address = turn.address and open.position > 0 limit 1)
    and (
      select true from ratchet_internal.messages told where told.job_id = turn.job_id
        and told.address = turn.address and told.position < 0 limit 1) is null
  returning held.job_id, held.address;
  return query
  select distinct given.job_id, coalesce(given.address, '')
  from unnest(p_jobs, p_addresses) as given (job_id, address)
  where (
      select true from ratchet_internal.messages held where held.job_id = given.job_id
        and held.address = coalesce(given.address, '') and held.position = 0) is null
    and (select true from ratchet.jobs j where j.id = given.job_id and j.status > 0) is null;
end $$;
comment on function ratchet.evict(bigint, bigint[], int[], text[]) is
  'Gives threads that only wait back, so that memory can be freed; returns the threads to forget.';

-- sql/dispatch/history.sql

-- The recorded steps of threads, to rebuild their functions from; without addresses, those of whole
-- jobs, all generations and hooks. Also an open step is listed (is_done false).

create function ratchet.history(p_jobs bigint[], p_addresses text[] default null)
returns table (
  job_id bigint, address text, "position" int, kind text, name text, delivery int,
  is_done boolean, is_failed boolean, value text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
  select a.job_id, a.address, a.position, a.kind,
    ratchet_internal.step_name(a.address, a.field), a.delivery,
    ratchet_internal.is_final(a.ledger), a.is_failed, a.value
  from (
    select distinct given.job_id, given.address
    from unnest(p_jobs, p_addresses) as given (job_id, address)
    where given.job_id = any (ratchet_internal.visible_jobs(p_jobs))) thread
  cross join lateral (
    select * from ratchet.jobs_attributes
    where job_id = thread.job_id and address = thread.address
    union all
    -- What belongs to the thread: # and what comes before the next character.
    select * from ratchet.jobs_attributes
    where job_id = thread.job_id and address >= thread.address || '#'
      and address < thread.address || '$'
    union all
    select * from ratchet.jobs_attributes
    where job_id = thread.job_id and p_addresses is null) a
  where a.kind not in ('attribute', 'marker')
  order by a.job_id, a.address, a.position
$$;
comment on function ratchet.history(bigint[], text[]) is
  'The recorded steps of threads, or of whole jobs, in the order of the calls.';

-- sql/dispatch/held_work.sql

-- Everything a worker holds, as the exchange that claimed it returned it: for a worker whose
-- exchange got no answer and that does not know whether it was carried out. Turns come as kind turn
-- or careful. An exchange of the worker that the server still carries out is waited for.
-- Locks: the worker, for update. Raises: WF401, WF605; 55P03 after 10 s.

create function ratchet.held_work(p_worker bigint) returns setof ratchet.work
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
set lock_timeout = '10s'
as $$
begin
  perform from ratchet_internal.workers where id = p_worker
    and ratchet_internal.is_own(role_name) for update;
  perform ratchet_internal.lock_worker(p_worker);
  return query
  select case when m.kind = 'activity' then 'activity'
      when m.options is not null then 'careful' else 'turn' end,
    m.job_id, m.address, m.position,
    case m.kind when 'activity' then m.attempt else coalesce(hook.attempt, j.attempt) end,
    j.namespace, j.key, case m.kind when 'activity' then j.workflow else m.workflow end, m.queue,
    case m.kind when 'activity' then ratchet_internal.step_name(a.address, a.field)
      else j.entity end,
    case m.kind when 'activity' then a.input else coalesce(hook.input, j.input) end,
    case m.kind when 'activity' then m.options else coalesce(hook.options, j.options) end,
    false, m.kind = 'turn' and j.cancel_requested_at is not null
      and hook.is_shielded is not true,
    case when m.kind = 'activity' then j.queue when j.origin_id is not null then (
      select key from ratchet.jobs where id = j.origin_id) end, j.expire_seconds
  from ratchet_internal.messages m
  join ratchet.jobs j on j.id = any (array[m.job_id])
  left join lateral (
    select input, options, attempt, is_shielded from ratchet.threads
    where job_id = m.job_id and address = m.address limit 1) hook on true
  left join lateral (
    select address, field, input from ratchet.jobs_attributes
    where job_id = m.job_id and address = m.address and position = m.position limit 1) a on true
  where m.worker_id = p_worker and m.kind in ('turn', 'activity');
end $$;
comment on function ratchet.held_work(bigint) is
  'Everything a worker holds, for a worker that does not know whether its last exchange was '
  'carried out.';

-- The single-item protocol for psql, bash and other languages.

-- sql/dispatch/claim_activity.sql

-- Single-item worker protocol, for psql, bash and other languages: takes the oldest due activity of
-- the worker's routes, or no row. Report it with complete or fail and the attempt given here; until
-- then the worker's heartbeat keeps it.
-- Locks: worker (key share), messages. Writes: messages. Raises: WF401, WF605.

create function ratchet.claim_activity(p_worker bigint)
returns table (
  job_id bigint, "position" int, attempt int, workflow_id text, namespace text, queue text,
  name text, args json, address text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
set lock_timeout = '2s'
as $$
#variable_conflict use_column
declare
  v_now timestamptz := ratchet_internal.write_time();
begin
  perform ratchet_internal.lock_worker(p_worker);
  perform ratchet_internal.reap_workers(p_worker, v_now);
  return query
  select w.job_id, w.position, w.attempt, w.workflow_id, w.namespace, w.queue, w.name, w.input,
    w.address
  from ratchet_internal.look(p_worker, v_now) l
  cross join lateral ratchet_internal.claim_activities(p_worker, 1, v_now, l.heads) w;
end $$;
comment on function ratchet.claim_activity(bigint) is
  'Takes the oldest due activity of the worker''s queues; no row when there is none.';

-- sql/dispatch/report_activity.sql

-- One report of the single-item protocol. Raises: WF401, WF402 when the claim has moved on, WF501,
-- WF605. Repeating a report that counted is a no-op as long as the step's job is kept.

create function ratchet_internal.report_activity(
  p_worker bigint, p_job bigint, p_address text, p_position int, p_attempt int, p_is_failed boolean,
  p_code int, p_value json
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  perform ratchet_internal.lock_worker(p_worker);
  perform ratchet_internal.check_size(p_value, 'result');
  v_count := ratchet_internal.finish_activities(p_worker, ratchet_internal.write_time(),
    array[p_job], array[p_address], array[p_position], array[p_attempt], array[p_is_failed],
    array[p_code], array[p_value]);
  -- A statement of its own: it sees the report that the one before waited for.
  if v_count = 0 and not exists (
      select from ratchet.jobs_attributes a
      left join lateral (
        select kind, worker_id, attempt from ratchet_internal.messages
        where job_id = p_job and address = p_address and position = p_position limit 1) again
        on again.kind = 'activity' and again.worker_id is null
      where a.job_id = p_job and a.address = p_address and a.position = p_position
        and a.is_failed = p_is_failed and a.value is not distinct from p_value::text
        and least(p_attempt, 99) = case when ratchet_internal.is_final(a.ledger)
          then a.ledger / 1000000000000 % 100 else again.attempt end)
  then
    perform ratchet_internal.raise_error('WF402', 'stale claim',
      jsonb_build_object('job_id', p_job::text, 'position', p_position, 'attempt', p_attempt),
      'The step was answered, or claimed by another worker; drop this result.');
  end if;
end $$;
comment on function ratchet_internal.report_activity(
  bigint, bigint, text, int, int, boolean, int, json) is
  'Reports one activity; raises WF402 when its claim has moved on.';

-- sql/dispatch/complete.sql

-- Single-item worker protocol: an activity succeeded. Raises: WF401, WF402, WF501.
-- Idempotent: the same report may be repeated.

create function ratchet.complete(
  p_worker bigint, p_job bigint, p_position int, p_attempt int, p_result json default null,
  p_address text default ''
) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
  select ratchet_internal.report_activity(p_worker, p_job, p_address, p_position, p_attempt, false,
    null, p_result)
$$;
comment on function ratchet.complete(bigint, bigint, int, int, json, text) is
  'Reports the result of an activity that was claimed with the given attempt.';

-- sql/dispatch/fail.sql

-- Single-item worker protocol: an activity failed. It is tried again as its policy says unless
-- p_code is 598 (fatal), 597 or 596 (timeout). Raises: WF401, WF402.

create function ratchet.fail(
  p_worker bigint, p_job bigint, p_position int, p_attempt int, p_message text,
  p_code int default null, p_address text default ''
) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
  select ratchet_internal.report_activity(p_worker, p_job, p_address, p_position, p_attempt, true,
    p_code,
    json_build_object('message', p_message, 'code', coalesce(p_code, 599)))
$$;
comment on function ratchet.fail(bigint, bigint, int, int, text, int, text) is
  'Reports the failure of an activity; it is retried unless the code is 596, 597 or 598.';

-- sql/dispatch/put_back.sql

-- Gives a claimed activity back that this worker cannot run, to be taken again after a delay. The
-- claim does not count as an attempt. Does nothing when the claim is no longer the worker's.
-- Locks: worker (key share), the message. Writes: messages. Raises: WF401. Idempotent.

create function ratchet.put_back(
  p_worker bigint, p_job_id bigint, p_position int, p_attempt int, p_address text default '',
  p_delay_ms int default 500
) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.lock_worker(p_worker);
  update ratchet_internal.messages
  set worker_id = null, attempt = attempt - 1,
    due_at = ratchet_internal.write_time() + make_interval(secs => greatest(p_delay_ms, 0) / 1000.0)
  where job_id = p_job_id and address = p_address and position = p_position
    and worker_id = p_worker and attempt = p_attempt and kind = 'activity';
end $$;
comment on function ratchet.put_back(bigint, bigint, int, int, text, int) is
  'Gives a claimed activity back without counting it as an attempt.';

-- sql/dispatch/commit_activity.sql

-- Reports the success of an activity inside the transaction that holds the activity's own writes:
-- both are committed, or neither is. Unlike complete it accepts no repetition: whoever is not the
-- one that answers the step may not commit its writes. Its locks keep the claim from moving on
-- until the commit, which should follow at once.
-- Locks: the worker (key share), the message. Writes: messages, attributes. Raises: WF401, WF402
-- when the claim has moved on, WF501, WF605. Wakes: idle workers.

create function ratchet.commit_activity(
  p_worker bigint, p_job bigint, p_position int, p_attempt int, p_result json default null,
  p_address text default ''
) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
as $$
begin
  perform ratchet_internal.lock_worker(p_worker);
  perform ratchet_internal.check_size(p_result, 'result');
  if ratchet_internal.finish_activities(p_worker, ratchet_internal.write_time(), array[p_job],
    array[p_address], array[p_position], array[p_attempt], array[false], array[null::int],
    array[p_result]) = 0
  then
    perform ratchet_internal.raise_error('WF402', 'stale claim',
      jsonb_build_object('job_id', p_job::text, 'position', p_position, 'attempt', p_attempt),
      'The step was answered, or claimed by another worker: roll this transaction back.');
  end if;
end $$;
comment on function ratchet.commit_activity(bigint, bigint, int, int, json, text) is
  'Reports the result of an activity in the transaction that holds its writes, just before COMMIT.';

-- Reading and stopping jobs.

-- sql/job/find_job.sql

-- The job of a workflow id; an id that was reserved has none once its time is over. Raises: WF201.

create function ratchet_internal.find_job(p_id text, p_namespace text) returns ratchet.jobs
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_job ratchet.jobs;
begin
  select * into v_job from ratchet.jobs where key = p_id and namespace = p_namespace;
  if not found
    or v_job.status = -1 and v_job.pending_until <= ratchet_internal.now() then
    perform ratchet_internal.raise_error('WF201', 'job not found',
      jsonb_build_object('workflow_id', left(p_id, 512), 'namespace', left(p_namespace, 512)),
      'It was never started in this namespace, or it finished and was removed.');
  end if;
  return v_job;
end $$;
comment on function ratchet_internal.find_job(text, text) is
  'The job of a workflow id; raises WF201 when there is none.';

-- sql/job/status.sql

-- The semaphore of a job. Raises: WF201.

create function ratchet.status(p_id text, p_namespace text default 'durable') returns int
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select (ratchet_internal.find_job(p_id, p_namespace)).status $$;
comment on function ratchet.status(text, text) is
  'The semaphore of a job: > 0 running, 0 ended by itself, < 0 stopped from outside.';

-- sql/job/result.sql

-- What a finished job returned; null where nobody is to get the error with which it was stopped.
-- Raises: WF201, WF303 while it runs, WF304 with the error when it failed.

create function ratchet.result(p_id text, p_namespace text default 'durable') returns json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job ratchet.jobs := ratchet_internal.find_job(p_id, p_namespace);
begin
  if v_job.finished_at is null and v_job.returned_at is null then
    perform ratchet_internal.raise_error('WF303', 'job is not finished',
      jsonb_build_object('workflow_id', p_id), 'Wait for it: ratchet.await_result.');
  elsif v_job.error is not null and not v_job.is_silent then
    raise exception using errcode = 'WF304', message = 'job failed',
      detail = v_job.error::text, hint = 'The detail is the error the job ended with.';
  end if;
  return v_job.result;
end $$;
comment on function ratchet.result(text, text) is
  'What a finished job returned; raises WF304 with its error when it failed, WF303 while it runs.';

-- sql/job/await_result.sql

-- Waits for the end of a job by looking again and again, for scripts and psql; programs use
-- watch_jobs and notifications. Holds no lock; its snapshot holds back vacuum, so keep the timeout
-- short.
-- Raises: as result; WF504 when the timeout passes first, WF605 not READ COMMITTED.

create function ratchet.await_result(
  p_id text, p_timeout interval default '30 seconds', p_namespace text default 'durable'
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_until timestamptz := ratchet_internal.now() + least(p_timeout, interval '1 day');
  v_job ratchet.jobs;
  v_pause float8 := 0.005;
begin
  perform ratchet_internal.check_isolation();
  loop
    v_job := ratchet_internal.find_job(p_id, p_namespace);
    exit when v_job.finished_at is not null or v_job.returned_at is not null;
    if ratchet_internal.now() >= v_until then
      perform ratchet_internal.raise_error('WF504', 'result wait timed out',
        jsonb_build_object('workflow_id', p_id, 'timeout', p_timeout),
        'The job goes on; wait longer or look at it later.');
    end if;
    perform pg_sleep(least(v_pause, extract(epoch from v_until - ratchet_internal.now())));
    v_pause := least(v_pause * 1.5, 0.25);
  end loop;
  return ratchet.result(p_id, p_namespace);
end $$;
comment on function ratchet.await_result(text, interval, text) is
  'Waits for a job to finish and returns its result; raises WF504 after the timeout (default 30'
  ' seconds, at most a day).';

-- sql/job/watch_jobs.sql

-- For programs that wait for results: returns those of the given jobs that have a result or an
-- error, and marks the others so that the commit that ends one sends a notification on the
-- channel ratchet_results. Ids that do not exist come with status null; a job whose error nobody is
-- to get comes without it.
-- Locks: the jobs that have not ended, in id order. Writes: jobs.

create function ratchet.watch_jobs(p_namespace text, p_ids text[])
returns table (workflow_id text, job_id bigint, status int, result json, error json)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
  if exists (
    select from ratchet.jobs
    where namespace = p_namespace and key = any (p_ids) and finished_at is null
      and not is_watched)
  then
    with running as materialized (
      select id from ratchet.jobs
      where namespace = p_namespace and key = any (p_ids) and finished_at is null
        and not is_watched
      order by id + 0 for no key update)
    update ratchet.jobs j set is_watched = true from running where j.id = any (array[running.id]);
  end if;
  return query
  select given.id, j.id, j.status, j.result, case when not j.is_silent then j.error end
  from unnest(p_ids) as given (id)
  left join lateral (
    select * from ratchet.jobs where key = given.id and namespace = p_namespace
      and (status <> -1 or pending_until > ratchet_internal.now()) limit 1) j on true
  where j.id is null or j.finished_at is not null or j.returned_at is not null;
end $$;
comment on function ratchet.watch_jobs(text, text[]) is
  'Returns which of the jobs have finished, and asks for a notification on ratchet_results '
  'when the others do.';

-- sql/job/cancel_reserved.sql

-- Ends an id that was reserved as a job that saw its cancellation first: whoever waits gets the
-- error. Locks: the job. Writes and wakes: as interrupt_jobs. Returns whether it was reserved.

create function ratchet_internal.cancel_reserved(p_id text, p_namespace text, p_now timestamptz)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job bigint;
begin
  select id into v_job from ratchet.jobs
  where key = p_id and namespace = p_namespace and status = -1 and pending_until > p_now
  for update;
  if not found then return false; end if;
  perform ratchet_internal.interrupt_jobs(p_now, array[v_job], array[p_id],
    array[json_build_object('reason', 'Workflow cancelled', 'code', 598)]);
  return true;
end $$;
comment on function ratchet_internal.cancel_reserved(text, text, timestamptz) is
  'Ends an id that was reserved as a job that was cancelled; returns whether it was.';

-- sql/job/cancel.sql

-- Asks a job to cancel itself, in the caller's transaction: its function and its open hooks see
-- CancelledFailure at their next durable call, waiting ones at once, and those that would be run
-- again later are now; so do later generations and hooks, but for those that are part of a clean-up
-- (threads.is_shielded). No-op on a finished or unknown job. Word of it is for any worker of the
-- workflow, which passes it on: an address would tie a worker to this transaction.
-- Locks: the job. Writes: jobs, messages. Wakes: idle workers. Returns whether the job was running.

create function ratchet.cancel(p_id text, p_namespace text default 'durable') returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_job ratchet.jobs;
begin
  update ratchet.jobs set cancel_requested_at = coalesce(cancel_requested_at, v_now),
    updated_at = v_now
  where key = p_id and namespace = p_namespace and status > 0
  returning * into v_job;
  if not found then
    return ratchet_internal.cancel_reserved(p_id, p_namespace, v_now);
  end if;
  if v_job.version is not null then return true; end if; -- a graph has nobody to ask
  insert into ratchet_internal.messages (job_id, address, position, kind, namespace, queue,
    workflow, due_at)
  select v_job.id, thread.address, -1, 'result', v_job.namespace, thread.queue, thread.workflow,
    v_now
  from (
    select ratchet_internal.main_address(v_job.generation) as address, v_job.queue, v_job.workflow
    where v_job.returned_at is null
    union all
    select address, queue, workflow from ratchet.threads
    where job_id = v_job.id and ended_at is null and not is_shielded) thread
  where not exists (select from ratchet.jobs_attributes
    where job_id = v_job.id and address = thread.address || '#cancel')
  order by thread.address
  on conflict do nothing;
  update ratchet_internal.messages set due_at = v_now
  where job_id = v_job.id and position = 0 and worker_id is null and due_at > v_now;
  perform pg_notify('ratchet', '')
  where exists (select from ratchet_internal.workers where is_idle);
  return true;
end $$;
comment on function ratchet.cancel(text, text) is
  'Asks a job to cancel itself cooperatively; returns whether it was running.';

-- sql/job/terminate.sql

-- Stops a job at once, in the caller's transaction; none of its code runs again. Its queued work
-- goes, late results are dropped, whoever waits for it gets the error; its pending tasks are
-- cancelled; its children go on.
-- Options: stack (text of the error), throw (false: who waits gets nothing instead of the error),
-- expire (seconds for which the job is kept).
-- Locks: the job (for update), then messages. Raises: WF104 bad option, WF201 unknown, WF302
-- finished (p_suppress: false), WF605 not READ COMMITTED. Wakes: programs that wait, idle workers.
-- Idempotent with p_suppress.

create function ratchet.terminate(
  p_id text, p_namespace text default 'durable', p_reason text default null,
  p_code int default 410, p_suppress boolean default false, p_options json default null
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_job ratchet.jobs := ratchet_internal.find_job(p_id, p_namespace);
  v_options json := ratchet_internal.readable(p_options);
begin
  perform ratchet_internal.check_isolation();
  if v_options is not null and (json_typeof(v_options) <> 'object' or exists (
    select from json_each(v_options) where key not in ('stack', 'throw', 'expire')
      or key = 'expire' and not ratchet_internal.number_of(v_options, key, -1) between 0 and 1e13))
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('workflow_id', p_id),
      'Options are stack (text), throw (true or false) and expire (seconds, at most 1e13).');
  end if;
  perform from ratchet.jobs where id = v_job.id for update;
  if ratchet_internal.interrupt_jobs(ratchet_internal.write_time(), array[v_job.id], array[p_id],
    array[json_build_object('reason', p_reason, 'code', p_code, 'stack', v_options ->> 'stack',
      'throw', v_options -> 'throw', 'expire', v_options -> 'expire')]) is null
  then
    if not p_suppress then
      perform ratchet_internal.raise_error('WF302', 'job already finished',
        jsonb_build_object('workflow_id', p_id), 'There is nothing left to stop.');
    end if;
    return false;
  end if;
  return true;
end $$;
comment on function ratchet.terminate(text, text, text, int, boolean, json) is
  'Stops a job at once; returns whether this call stopped it.';

-- sql/job/flush.sql

-- Removes a finished job at once, before its retention ends; with p_expired_only, only if its own
-- time has passed and prune has not come by yet. Nothing happens while it runs.
-- Locks: the job. Writes: jobs, attributes. Raises: WF605. Returns whether it removed one.

create function ratchet.flush(
  p_id text, p_namespace text default 'durable', p_expired_only boolean default false
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job bigint;
begin
  perform ratchet_internal.check_isolation();
  delete from ratchet.jobs
  where key = p_id and namespace = p_namespace and status <= 0
    and (not p_expired_only
      or finished_at < ratchet_internal.now() - make_interval(secs => least(expire_seconds, 1e10)))
  returning id into v_job;
  delete from ratchet.jobs_attributes where job_id = v_job;
  return v_job is not null;
end $$;
comment on function ratchet.flush(text, text, boolean) is
  'Removes a finished job at once; returns whether there was one.';

-- Repeating calls of Virtual: schedules with terms of their own.

-- sql/schedule/is_schedule_over.sql

-- Whether nothing will come of a schedule any more: it has ended, or its last run failed where that
-- is the end, and that run is over.

create function ratchet_internal.is_schedule_over(p_schedule ratchet.schedules) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(j.status, 0) <= 0
    and (p_schedule.next_at = 'infinity' or p_schedule.stops_on_failure and j.error is not null)
  from (values (p_schedule.last_key, p_schedule.namespace)) as last (key, namespace)
  left join ratchet.jobs j on j.key = last.key and j.namespace = last.namespace
$$;
comment on function ratchet_internal.is_schedule_over(ratchet.schedules) is
  'Whether nothing will come of a schedule any more.';

-- sql/schedule/start_cron.sql

-- Starts a repeating call of Virtual: a schedule whose runs do not overlap and that ends with a
-- failed one. p_rule is a cron expression, with all its fields; where it is none, the interval
-- counts, from the end of each run. One of the same id that is over is replaced.
-- Locks: the id, the schedule. Writes: schedules. Wakes: an idle worker.
-- Raises: as create_schedule; WF108 when there is neither. Returns false while the id runs.

create function ratchet.start_cron(
  p_id text, p_queue text, p_args json, p_rule text, p_every interval, p_delay interval,
  p_max_runs bigint, p_namespace text, p_options json
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kept ratchet.schedules;
  v_is_cron boolean := p_rule ~ '^\s*(@|\S+(\s+\S+){4,5}\s*$)'
    and (ratchet_internal.read_cron(p_rule)).months is not null;
begin
  perform ratchet_internal.check_isolation();
  perform pg_advisory_xact_lock(hashtextextended(p_namespace || chr(10) || p_id, 2027));
  select * into v_kept from ratchet.schedules
  where key = p_id and namespace = p_namespace for update;
  if v_kept.id is not null and not ratchet_internal.is_schedule_over(v_kept) then
    return false;
  end if;
  delete from ratchet.schedules where id = v_kept.id;
  if not v_is_cron and p_every is null then
    perform ratchet_internal.raise_error('WF108', 'invalid cron expression',
      jsonb_build_object('cron', left(p_rule, 200)),
      'Give a cron expression of five or six fields, or a duration such as 5 minutes.');
  end if;
  perform ratchet.create_schedule(p_id, 'call', p_args => p_args, p_queue => p_queue,
    p_cron => case when v_is_cron then p_rule end,
    p_every => case when not v_is_cron then greatest(p_every, '1 second') end,
    p_delay => case when not v_is_cron then coalesce(p_delay, '0') end,
    p_catch_up => case when v_is_cron then 'skip' else 'one' end,
    p_overlap => case when v_is_cron then 'skip' else 'wait' end, p_from_end => not v_is_cron,
    p_stop_on_failure => true, p_max_runs => p_max_runs, p_options => p_options,
    p_namespace => p_namespace);
  return true;
end $$;
comment on function ratchet.start_cron(
  text, text, json, text, interval, interval, bigint, text, json) is
  'Starts a repeating call of Virtual; false while one of the same id runs.';

-- sql/schedule/stop_cron.sql

-- Stops a repeating call of Virtual, and the run that is under way.
-- Locks: the schedule, then the job. Writes: schedules, jobs, messages. Raises: WF605.
-- Wakes: programs that wait. Idempotent. Returns whether it was running.

create function ratchet.stop_cron(p_id text, p_namespace text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kept ratchet.schedules;
begin
  perform ratchet_internal.check_isolation();
  select * into v_kept from ratchet.schedules
  where key = p_id and namespace = p_namespace for update;
  if v_kept.id is null then return false; end if;
  delete from ratchet.schedules where id = v_kept.id;
  if ratchet_internal.is_schedule_over(v_kept) then return false; end if;
  if exists (select from ratchet.jobs
    where key = v_kept.last_key and namespace = p_namespace and status > 0)
  then
    perform ratchet.terminate(v_kept.last_key, p_namespace, p_suppress => true);
  end if;
  return true;
end $$;
comment on function ratchet.stop_cron(text, text) is
  'Stops a repeating call of Virtual; returns whether it was running.';

-- sql/graph/pipe/pipe.sql

-- The mapping language: values as JavaScript has them, its functions family by family, the programs
-- that expressions are compiled to, and what runs them. See graph/pipe/README.md.

-- sql/graph/pipe/value/pipe_fail.sql

-- Ends the evaluation of an expression. Every error that an expression makes goes through here, so
-- that the activity it belongs to can be failed by one code. It returns a value so that it can
-- stand where a value is computed.
-- Raises: WF107.

create function ratchet_internal.pipe_fail(p_function text, p_reason text) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using errcode = 'WF107', message = 'expression failed',
    detail = jsonb_build_object('function', left(p_function, 200), 'reason', p_reason)::text,
    hint = 'Correct the expression, or check the values that reach it.';
end $$;
comment on function ratchet_internal.pipe_fail(text, text) is
  'Raises WF107 with the function that failed and the reason in detail.';

-- sql/graph/pipe/value/pipe_check_size.sql

-- Refuses a value that would be larger than an expression may make, before it is made: 16 MiB of
-- text, or as many items in a list as p_limit says.
-- Raises: WF506.

create function ratchet_internal.pipe_check_size(
  p_function text, p_size float8, p_limit float8 default 16777216
) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_size > p_limit then
    raise exception using errcode = 'WF506', message = 'expression too large',
      detail = jsonb_build_object('function', p_function, 'size', p_size::text,
        'limit', p_limit::text)::text,
      hint = 'Let the expression make smaller values, or compute this in a worker.';
  end if;
end $$;
comment on function ratchet_internal.pipe_check_size(text, float8, float8) is
  'Raises WF506 if a value of this size is more than an expression may make.';

-- sql/graph/pipe/value/pipe_kind.sql

-- The kind of a value while it is evaluated: undefined, null, boolean, number, text, list, object,
-- date. SQL NULL is undefined; what JSON cannot hold is an object with the key "$" (README.md).
-- It has no search_path of its own so that it can be inlined: its body is bound when it is created.

create function ratchet_internal.pipe_kind(p_value jsonb) returns text
language sql immutable parallel safe
return case jsonb_typeof(p_value)
  when 'string' then 'text' when 'array' then 'list' when 'number' then 'number'
  when 'boolean' then 'boolean' when 'null' then 'null'
  when 'object' then
    case when not p_value ? '$' then 'object'
      when p_value = '{"$": "undefined"}' then 'undefined'
      when p_value in ('{"$": "NaN"}', '{"$": "Infinity"}', '{"$": "-Infinity"}', '{"$": "-0"}')
        then 'number'
      when p_value -> '$' = '"date"' and p_value ? 'value' and p_value - '$' - 'value' = '{}'
        then 'date'
      else 'object' end
  else 'undefined' end;
comment on function ratchet_internal.pipe_kind(jsonb) is
  'The kind of a value: undefined, null, boolean, number, text, list, object or date.';

-- sql/graph/pipe/value/pipe_is_true.sql

-- Whether a value counts as true: all but false, 0, NaN, empty text, null and undefined.

create function ratchet_internal.pipe_is_true(p_value jsonb) returns boolean
language sql immutable parallel safe
return case jsonb_typeof(p_value)
  when 'boolean' then p_value = 'true'
  when 'string' then p_value <> '""'
  when 'number' then p_value <> '0'
  when 'array' then true
  when 'object' then
    p_value not in ('{"$": "undefined"}', '{"$": "NaN"}', '{"$": "-0"}')
  else false end;
comment on function ratchet_internal.pipe_is_true(jsonb) is
  'Whether a value counts as true.';

-- sql/graph/pipe/value/pipe_digits_number.sql

-- A row of digits in a radix as a number; NaN when a digit does not belong to the radix. More than
-- 1,100 digits are infinite in any radix, so that long text costs nothing.

create function ratchet_internal.pipe_digits_number(p_digits text, p_radix int) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_digits text := ltrim(lower(p_digits), '0');
  v_number numeric := 0;
  v_digit int;
begin
  for i in 1..least(length(v_digits), 1100) loop
    v_digit := strpos('0123456789abcdefghijklmnopqrstuvwxyz', substr(v_digits, i, 1)) - 1;
    if v_digit < 0 or v_digit >= p_radix then return 'NaN'; end if;
    v_number := v_number * p_radix + v_digit;
  end loop;
  if length(v_digits) > 1100 then return 'Infinity'; end if;
  return ratchet_internal.pipe_double(v_number);
end $$;
comment on function ratchet_internal.pipe_digits_number(text, int) is
  'A row of digits in a radix as a number; NaN when a digit does not belong to the radix.';

-- sql/graph/pipe/value/pipe_double.sql

-- A decimal number as the nearest IEEE double: too large becomes infinite, too small becomes zero,
-- where a cast would raise. The limits are half way to the neighbours that doubles do not have.

create function ratchet_internal.pipe_double(p_number numeric) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if abs(p_number) < 1.797693134862315807e308 then
    if abs(p_number) > 2.4703282292062328e-324 then return p_number::float8; end if;
    return case when p_number < 0 then '-0'::float8 else 0 end;
  end if;
  return case when p_number < 0 then '-Infinity'::float8 else 'Infinity' end;
end $$;
comment on function ratchet_internal.pipe_double(numeric) is
  'The IEEE double nearest to a decimal number; infinite or zero out of range.';

-- sql/graph/pipe/value/pipe_exact.sql

-- The exact decimal value of a double, from its bits: what rounding to digits and the arithmetic
-- at the edges of the range need. Not for NaN and infinities.

create function ratchet_internal.pipe_exact(p_number float8) returns numeric
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_bits bigint := ('x' || encode(float8send(abs(p_number)), 'hex'))::bit(64)::bigint;
  v_exponent int := (v_bits >> 52)::int;
  v_mantissa numeric := v_bits & 4503599627370495;
  v_digits text;
begin
  if v_exponent = 0 then
    v_exponent := 1;
  else
    v_mantissa := v_mantissa + 4503599627370496;
  end if;
  v_exponent := v_exponent - 1075;
  if v_exponent >= 0 then
    v_mantissa := v_mantissa * power(2::numeric, v_exponent);
  elsif v_mantissa <> 0 then
    -- m / 2^k is m * 5^k / 10^k: whole numbers only, so nothing is rounded.
    v_digits := trunc(v_mantissa * power(5::numeric, -v_exponent))::text;
    v_digits := lpad(v_digits, greatest(length(v_digits), 1 - v_exponent), '0');
    v_mantissa := (left(v_digits, v_exponent) || '.' || right(v_digits, -v_exponent))::numeric;
  end if;
  return case when p_number < 0 then -v_mantissa else v_mantissa end;
end $$;
comment on function ratchet_internal.pipe_exact(float8) is
  'The exact decimal value of a finite double.';

-- sql/graph/pipe/value/pipe_from_number.sql

-- A number as a value: what JSON cannot hold becomes a tagged object.

create function ratchet_internal.pipe_from_number(p_number float8) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_number = 0 then
    return case when p_number::text = '-0' then '{"$": "-0"}'::jsonb else '0' end;
  end if;
  if p_number in ('NaN', 'Infinity', '-Infinity') then
    return jsonb_build_object('$', p_number::text);
  end if;
  return to_jsonb(p_number);
end $$;
comment on function ratchet_internal.pipe_from_number(float8) is
  'A number as a value; NaN, infinities and -0 are tagged.';

-- sql/graph/pipe/value/pipe_int32.sql

-- A value as a signed 32-bit number: fractions are cut off, modulo 2^32; NaN and infinities are 0.

create function ratchet_internal.pipe_int32(p_value jsonb) returns bigint
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_number float8 := trunc(ratchet_internal.pipe_number(p_value));
  v_bits bigint;
begin
  if v_number in ('NaN', 'Infinity', '-Infinity') then return 0; end if;
  if abs(v_number) < 9e15 then
    v_bits := v_number::bigint & 4294967295;
  else
    v_bits := mod(ratchet_internal.pipe_exact(v_number), 4294967296)::bigint & 4294967295;
  end if;
  return case when v_bits > 2147483647 then v_bits - 4294967296 else v_bits end;
end $$;
comment on function ratchet_internal.pipe_int32(jsonb) is
  'A value as a signed 32-bit number (ToInt32 of JavaScript).';

-- sql/graph/pipe/value/pipe_integer.sql

-- A value as a whole number, for positions and counts: undefined is p_default, NaN is 0, fractions
-- are cut off; it may be infinite.

create function ratchet_internal.pipe_integer(p_value jsonb, p_default float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_number float8;
begin
  if p_value is null or p_value = '{"$": "undefined"}' then return p_default; end if;
  v_number := trunc(ratchet_internal.pipe_number(p_value));
  return case when v_number = 'NaN' then 0 else v_number end;
end $$;
comment on function ratchet_internal.pipe_integer(jsonb, float8) is
  'A value as a whole number, for positions and counts.';

-- sql/graph/pipe/value/pipe_is_equal.sql

-- Loose equality: null equals undefined and nothing else; booleans become numbers, text that meets
-- a number becomes one, a list, object or date that meets a scalar becomes text.

create function ratchet_internal.pipe_is_equal(p_a jsonb, p_b jsonb) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_a text := ratchet_internal.pipe_kind(p_a);
  v_b text := ratchet_internal.pipe_kind(p_b);
begin
  if v_a = v_b then return ratchet_internal.pipe_is_same(p_a, p_b); end if;
  if v_a in ('null', 'undefined') or v_b in ('null', 'undefined') then
    return v_a in ('null', 'undefined') and v_b in ('null', 'undefined');
  end if;
  if v_a in ('list', 'object', 'date') and v_b in ('list', 'object', 'date') then
    return false;
  end if;
  if v_a in ('list', 'object', 'date') then
    return ratchet_internal.pipe_is_equal(to_jsonb(ratchet_internal.pipe_text(p_a)), p_b);
  end if;
  if v_b in ('list', 'object', 'date') then
    return ratchet_internal.pipe_is_equal(p_a, to_jsonb(ratchet_internal.pipe_text(p_b)));
  end if;
  return ratchet_internal.pipe_is_same(
    ratchet_internal.pipe_from_number(ratchet_internal.pipe_number(p_a)),
    ratchet_internal.pipe_from_number(ratchet_internal.pipe_number(p_b)));
end $$;
comment on function ratchet_internal.pipe_is_equal(jsonb, jsonb) is
  'Loose equality of two values.';

-- sql/graph/pipe/value/pipe_is_same.sql

-- Strict equality: the same kind and the same value. NaN is not itself, and two lists, objects or
-- dates are never the same, however alike: they are compared by identity, which values do not have.

create function ratchet_internal.pipe_is_same(p_a jsonb, p_b jsonb) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := ratchet_internal.pipe_kind(p_a);
  v_number float8;
begin
  if v_kind <> ratchet_internal.pipe_kind(p_b) then return false; end if;
  if v_kind = 'number' then
    v_number := ratchet_internal.pipe_number(p_a);
    return v_number <> 'NaN' and v_number = ratchet_internal.pipe_number(p_b);
  end if;
  return case when v_kind in ('list', 'object', 'date') then false
    when v_kind = 'undefined' then true else p_a = p_b end;
end $$;
comment on function ratchet_internal.pipe_is_same(jsonb, jsonb) is
  'Strict equality of two values.';

-- sql/graph/pipe/value/pipe_items.sql

-- The items of a list as an array; undefined ones are SQL NULL.

create function ratchet_internal.pipe_items(p_list jsonb) returns jsonb[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return array(
    select nullif(value, '{"$": "undefined"}')
    from jsonb_array_elements(p_list) with ordinality as i (value, at) order by at);
end $$;
comment on function ratchet_internal.pipe_items(jsonb) is 'The items of a list as an array.';

-- sql/graph/pipe/value/pipe_join.sql

-- The items of a list as text with p_separator between them; null and undefined are empty.
-- Lists in lists end at a depth of 100.
-- Raises: WF506.

create function ratchet_internal.pipe_join(
  p_list jsonb, p_separator text, p_depth int default 0
) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.pipe_check_size('array.join', p_depth, 100),
    ratchet_internal.pipe_check_size('array.join',
      jsonb_array_length(p_list)::float8 * length(p_separator));
  return coalesce((
    select string_agg(
      case jsonb_typeof(value) when 'string' then value #>> '{}' when 'null' then ''
        else case when value = '{"$": "undefined"}' then ''
          else ratchet_internal.pipe_text(value, p_depth + 1) end end, p_separator order by at)
    from jsonb_array_elements(p_list) with ordinality as i (value, at)), '');
end $$;
comment on function ratchet_internal.pipe_join(jsonb, text, int) is
  'The items of a list as one text.';

-- sql/graph/pipe/value/pipe_keys.sql

-- The keys that a value owns, in order: of an object those that are array indexes by number, then
-- the others as jsonb keeps them; of a list and a text their positions; of anything else none.

create function ratchet_internal.pipe_keys(p_value jsonb) returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case ratchet_internal.pipe_kind(p_value)
    when 'object' then array(
      select key from jsonb_object_keys(p_value) with ordinality as k (key, at)
      order by case when key ~ '^(0|[1-9][0-9]{0,9})$' and key::bigint < 4294967295
        then key::bigint end nulls last, at)
    when 'list' then array(
      select (at - 1)::text from generate_series(1, jsonb_array_length(p_value)) as at)
    when 'text' then array(
      select (at - 1)::text from generate_series(1, length(p_value #>> '{}')) as at)
    else '{}' end;
end $$;
comment on function ratchet_internal.pipe_keys(jsonb) is
  'The keys that a value owns: of an object, or positions of a list or a text.';

-- sql/graph/pipe/value/pipe_list.sql

-- An array of values as a list; SQL NULL becomes the tagged undefined.

create function ratchet_internal.pipe_list(p_items jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(coalesce(value, '{"$": "undefined"}') order by at), '[]')
    from unnest(p_items) with ordinality as i (value, at));
end $$;
comment on function ratchet_internal.pipe_list(jsonb[]) is 'An array of values as a list.';

-- sql/graph/pipe/value/pipe_member.sql

-- One own property of a value: of an object by its key; of a list or a text by its position, or its
-- length. Undefined when there is none.

create function ratchet_internal.pipe_member(p_value jsonb, p_key text) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := ratchet_internal.pipe_kind(p_value);
begin
  if v_kind = 'object' then
    return nullif(p_value -> p_key, '{"$": "undefined"}');
  end if;
  if v_kind not in ('list', 'text') then return null; end if;
  if p_key = 'length' then
    return case v_kind when 'list' then to_jsonb(jsonb_array_length(p_value))
      else to_jsonb(length(p_value #>> '{}')) end;
  end if;
  if p_key !~ '^(0|[1-9][0-9]{0,8})$' then return null; end if;
  if v_kind = 'list' then
    return nullif(p_value -> p_key::int, '{"$": "undefined"}');
  end if;
  return to_jsonb(nullif(substr(p_value #>> '{}', p_key::int + 1, 1), ''));
end $$;
comment on function ratchet_internal.pipe_member(jsonb, text) is
  'One own property of a value, or undefined.';

-- sql/graph/pipe/value/pipe_number.sql

-- A value as a number: undefined is NaN, null 0, a list is read through its text, a date is its
-- milliseconds, another object NaN.

create function ratchet_internal.pipe_number(p_value jsonb) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type text := jsonb_typeof(p_value);
  v_number numeric;
begin
  if v_type = 'number' then
    v_number := p_value::numeric;
    if abs(v_number) < 1e300 and (abs(v_number) > 1e-300 or v_number = 0) then
      return v_number::float8;
    end if;
    return ratchet_internal.pipe_double(v_number);
  end if;
  if v_type = 'string' then
    return ratchet_internal.pipe_text_number(p_value #>> '{}');
  end if;
  return case v_type
    when 'boolean' then p_value::boolean::int
    when 'null' then 0
    when 'array' then
      ratchet_internal.pipe_text_number(ratchet_internal.pipe_text(p_value))
    else case ratchet_internal.pipe_kind(p_value)
      when 'number' then (p_value ->> '$')::float8
      when 'date' then
        coalesce(ratchet_internal.pipe_parse_iso(p_value ->> 'value'), 'NaN')
      else 'NaN' end
    end;
end $$;
comment on function ratchet_internal.pipe_number(jsonb) is
  'A value as a number (ToNumber of JavaScript).';

-- sql/graph/pipe/value/pipe_number_text.sql

-- A number as JavaScript writes it: the shortest digits that read back as it, plain between 1e-6
-- and 1e21, with an exponent beyond. Postgres leaves out digits that stand for just the middle
-- between two numbers, though they read back as the even one of them. There are such between 2^53
-- and 1e40 only (beyond, the middle has more digits): one digit less, rounded down or up.

create function ratchet_internal.pipe_number_text(p_number float8) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := p_number::text;
  v_digits text;
  v_point int;
  v_shorter bigint;
begin
  if p_number = 0 then return '0'; end if;
  if strpos(v_text, 'e') = 0 then return v_text; end if;
  v_digits := replace(ltrim(split_part(v_text, 'e', 1), '-'), '.', '');
  v_point := split_part(v_text, 'e', 2)::int + 1;
  if abs(p_number) between 9007199254740992 and 1e40 and length(v_digits) > 1 then
    for v_more in 0..1 loop
      v_shorter := left(v_digits, -1)::bigint + v_more;
      if (v_shorter || 'e' || v_point - length(v_digits) + 1)::numeric::float8 = abs(p_number) then
        v_point := v_point + length(v_shorter::text) - length(v_digits) + 1;
        v_digits := rtrim(v_shorter::text, '0');
        exit;
      end if;
    end loop;
  end if;
  return case when p_number < 0 then '-' else '' end || case
    when v_point between 1 and 21 then
      case when length(v_digits) <= v_point then rpad(v_digits, v_point, '0')
        else left(v_digits, v_point) || '.' || substr(v_digits, v_point + 1) end
    when v_point between -5 and 0 then '0.' || repeat('0', -v_point) || v_digits
    else left(v_digits, 1)
      || case when length(v_digits) > 1 then '.' || substr(v_digits, 2) else '' end
      || 'e' || case when v_point > 0 then '+' else '-' end || abs(v_point - 1) end;
end $$;
comment on function ratchet_internal.pipe_number_text(float8) is
  'A number as JavaScript writes it.';

-- sql/graph/pipe/value/pipe_order.sql

-- Whether p_a comes before p_b (-1), after it (1) or neither (0); null when one of them is not a
-- number. Two texts are compared by UTF-16 unit, everything else by number. Bytes are in the order
-- of units unless there are characters above U+FFFF: their units come before U+E000.

create function ratchet_internal.pipe_order(p_a jsonb, p_b jsonb) returns int
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_a float8;
  v_b float8;
  v_text_a text collate "C";
  v_text_b text collate "C";
begin
  if jsonb_typeof(p_a) = 'number' and jsonb_typeof(p_b) = 'number' then
    v_a := ratchet_internal.pipe_number(p_a);
    v_b := ratchet_internal.pipe_number(p_b);
    return case when v_a < v_b then -1 when v_a > v_b then 1 else 0 end;
  end if;
  if ratchet_internal.pipe_kind(p_a) in ('text', 'list', 'object')
    and ratchet_internal.pipe_kind(p_b) in ('text', 'list', 'object') then
    v_text_a := ratchet_internal.pipe_text(p_a);
    v_text_b := ratchet_internal.pipe_text(p_b);
    if octet_length(v_text_a) > length(v_text_a) and octet_length(v_text_b) > length(v_text_b)
      and v_text_a || v_text_b ~ '[\U00010000-\U0010FFFF]'
    then
      v_text_a := regexp_replace(v_text_a, '([\uE000-\uFFFF])', E'\U0010FFFF\\1', 'g');
      v_text_b := regexp_replace(v_text_b, '([\uE000-\uFFFF])', E'\U0010FFFF\\1', 'g');
    end if;
    return bttextcmp(v_text_a, v_text_b);
  end if;
  v_a := ratchet_internal.pipe_number(p_a);
  v_b := ratchet_internal.pipe_number(p_b);
  return case when v_a = 'NaN' or v_b = 'NaN' then null
    when v_a < v_b then -1 when v_a > v_b then 1 else 0 end;
end $$;
comment on function ratchet_internal.pipe_order(jsonb, jsonb) is
  'How two values compare: -1, 0, 1, or null when one is not a number.';

-- sql/graph/pipe/value/pipe_position.sql

-- A value as a position in something of length p_length, from 0 to p_length: negative ones count
-- from the end, undefined is p_default.

create function ratchet_internal.pipe_position(
  p_value jsonb, p_default float8, p_length int
) returns int
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_at float8 := ratchet_internal.pipe_integer(p_value, p_default);
begin
  return case when v_at < 0 then greatest(p_length + v_at, 0) else least(v_at, p_length) end;
end $$;
comment on function ratchet_internal.pipe_position(jsonb, float8, int) is
  'A value as a position from 0 to the length; negative ones count from the end.';

-- sql/graph/pipe/value/pipe_text.sql

-- A value as text: items of a list joined by commas, [object Object] for an object, the long
-- English form for a date. p_depth is how many lists it is in.

create function ratchet_internal.pipe_text(p_value jsonb, p_depth int default 0) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := ratchet_internal.pipe_kind(p_value);
begin
  return case v_kind
    when 'text' then p_value #>> '{}'
    when 'number' then
      ratchet_internal.pipe_number_text(ratchet_internal.pipe_number(p_value))
    when 'list' then ratchet_internal.pipe_join(p_value, ',', p_depth)
    when 'object' then '[object Object]'
    when 'date' then
      ratchet_internal.pipe_date_text('date.toString', ratchet_internal.pipe_number(p_value))
    when 'boolean' then p_value #>> '{}'
    else v_kind end;
end $$;
comment on function ratchet_internal.pipe_text(jsonb, int) is
  'A value as text (ToString of JavaScript).';

-- sql/graph/pipe/value/pipe_text_number.sql

-- Text as a number: trimmed decimal, exponent, 0x/0o/0b, Infinity; empty text is 0, other text NaN.
-- The size of the exponent is looked at first, because a cast would raise.

create function ratchet_internal.pipe_text_number(p_text text) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := ratchet_internal.pipe_trim(p_text, 'both');
  v_parts text[];
  v_exponent float8;
begin
  if v_text = '' then return 0; end if;
  if v_text ~ '^[-+]?Infinity$' then return v_text::float8; end if;
  if v_text ~* '^0[xob][0-9a-f]+$' then
    return ratchet_internal.pipe_digits_number(substr(v_text, 3),
      case lower(substr(v_text, 2, 1)) when 'x' then 16 when 'o' then 8 else 2 end);
  end if;
  v_parts := regexp_match(v_text,
    '^[-+]?(?:([0-9]+)\.?([0-9]*)|\.([0-9]+))(?:[eE]([-+]?[0-9]+))?$');
  if v_parts is null then return 'NaN'; end if;
  if length(v_text) < 100 and coalesce(length(v_parts[4]), 0) < 3 then
    return v_text::float8;
  end if;
  v_exponent := case when ltrim(v_parts[4], '+-0') = '' then 0
    when length(ltrim(v_parts[4], '+-0')) > 9 then sign(left(v_parts[4], 8)::float8) * 1e9
    else v_parts[4]::float8 end;
  v_exponent := coalesce(v_exponent, 0) + case
    when ltrim(v_parts[1], '0') <> '' then length(ltrim(v_parts[1], '0'))
    else length(ltrim(coalesce(v_parts[3], v_parts[2]), '0'))
      - length(coalesce(v_parts[3], v_parts[2])) end;
  if v_text !~ '^[^eE]*[1-9]' or v_exponent < -330 then
    return case when v_text like '-%' then '-0'::float8 else 0 end;
  end if;
  if v_exponent > 310 then
    return case when v_text like '-%' then '-Infinity'::float8 else 'Infinity' end;
  end if;
  return ratchet_internal.pipe_double(v_text::numeric);
end $$;
comment on function ratchet_internal.pipe_text_number(text) is
  'Text as a number, as JavaScript reads it; NaN when it is not one.';

-- sql/graph/pipe/value/pipe_trim.sql

-- Text without the white space of JavaScript at its start, its end or both: more characters than
-- Postgres has in \s in every locale.

create function ratchet_internal.pipe_trim(p_text text, p_side text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_blanks constant text := E'\t\n\u000b\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005'
    || E'\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';
begin
  return case p_side when 'start' then ltrim(p_text, c_blanks)
    when 'end' then rtrim(p_text, c_blanks) else btrim(p_text, c_blanks) end;
end $$;
comment on function ratchet_internal.pipe_trim(text, text) is
  'Text without the white space of JavaScript at its start, its end or both.';

-- sql/graph/pipe/call/pipe_arithmetic.sql

-- math.add, subtract, multiply, divide over all operands, lists flattened one level. A text operand
-- turns the sum so far into text, as + does.
-- Raises: WF107.

create function ratchet_internal.pipe_arithmetic(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_args jsonb[] := p_args;
  v_number float8 := 0;
  v_text text;
  v_arg jsonb;
begin
  foreach v_arg in array p_args loop
    continue when jsonb_typeof(v_arg) is distinct from 'array';
    v_args := array(
      select nullif(i.value, '{"$": "undefined"}')
      from unnest(p_args) with ordinality as a (value, at)
      cross join lateral jsonb_array_elements(case jsonb_typeof(a.value) when 'array' then a.value
        else jsonb_build_array(coalesce(a.value, '{"$": "undefined"}')) end)
        with ordinality as i (value, place)
      order by a.at, i.place);
    exit;
  end loop;
  if p_function = 'math.add' then
    foreach v_arg in array v_args loop
      if jsonb_typeof(v_arg) = 'number' and v_text is null then
        v_number := ratchet_internal.pipe_sum(v_number, ratchet_internal.pipe_number(v_arg));
      elsif v_text is not null
        or ratchet_internal.pipe_kind(v_arg) in ('text', 'list', 'object', 'date') then
        v_text := coalesce(v_text, ratchet_internal.pipe_number_text(v_number))
          || ratchet_internal.pipe_text(v_arg);
      else
        v_number := ratchet_internal.pipe_sum(v_number, ratchet_internal.pipe_number(v_arg));
      end if;
    end loop;
    return coalesce(to_jsonb(v_text), ratchet_internal.pipe_from_number(v_number));
  end if;
  if cardinality(v_args) = 0 then
    return ratchet_internal.pipe_fail(p_function, 'there are no operands');
  elsif cardinality(v_args) = 1 and p_function <> 'math.multiply' then
    return v_args[1];
  end if;
  v_number := ratchet_internal.pipe_number(v_args[1]);
  for i in 2..cardinality(v_args) loop
    v_number := case p_function
      when 'math.subtract' then
        ratchet_internal.pipe_sum(v_number, -ratchet_internal.pipe_number(v_args[i]))
      when 'math.multiply' then
        ratchet_internal.pipe_product(v_number, ratchet_internal.pipe_number(v_args[i]))
      else ratchet_internal.pipe_quotient(v_number, ratchet_internal.pipe_number(v_args[i])) end;
  end loop;
  return ratchet_internal.pipe_from_number(v_number);
end $$;
comment on function ratchet_internal.pipe_arithmetic(text, jsonb[]) is
  'add, subtract, multiply and divide over all operands.';

-- sql/graph/pipe/call/pipe_assign.sql

-- A copy of an object or list with the properties of another value: keys of an object, positions of
-- a list or text.
-- Raises: WF506.

create function ratchet_internal.pipe_assign(p_target jsonb, p_source jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_target jsonb := p_target;
  v_entry jsonb;
begin
  if ratchet_internal.pipe_kind(p_target) = 'object'
    and ratchet_internal.pipe_kind(p_source) = 'object' then return p_target || p_source; end if;
  for v_entry in
    select value from jsonb_array_elements(
      ratchet_internal.pipe_object_read('object.entries', array[p_source])) as e (value)
  loop
    v_target := ratchet_internal.pipe_put('object.assign', v_target, v_entry ->> 0, v_entry -> 1);
  end loop;
  return v_target;
end $$;
comment on function ratchet_internal.pipe_assign(jsonb, jsonb) is
  'A copy of an object or list with the properties of another value.';

-- sql/graph/pipe/call/pipe_bits.sql

-- Whole numbers of 32 bits: bitwise.*, unary.bitwise_not, math.imul and clz32.

create function ratchet_internal.pipe_bits(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_a bigint := ratchet_internal.pipe_int32(p_args[1]);
  v_b bigint := ratchet_internal.pipe_int32(p_args[2]);
  v_shift int := v_b & 31;
  v_bits bigint;
begin
  v_bits := case p_function
    when 'bitwise.and' then v_a & v_b
    when 'bitwise.or' then v_a | v_b
    when 'bitwise.xor' then v_a # v_b
    when 'bitwise.leftShift' then v_a << v_shift
    when 'bitwise.rightShift' then v_a >> v_shift
    when 'bitwise.unsignedRightShift' then (v_a & 4294967295) >> v_shift
    when 'unary.bitwise_not' then ~v_a
    when 'math.imul' then (v_a * v_b) & 4294967295
    when 'math.clz32' then 32 - length(ltrim(v_a::bit(32)::text, '0')) end;
  if p_function <> 'bitwise.unsignedRightShift' then
    v_bits := v_bits & 4294967295;
    if v_bits > 2147483647 then v_bits := v_bits - 4294967296; end if;
  end if;
  return to_jsonb(v_bits);
end $$;
comment on function ratchet_internal.pipe_bits(text, jsonb[]) is
  'Arithmetic on whole numbers of 32 bits.';

-- sql/graph/pipe/call/pipe_change_case.sql

-- Text in upper or lower case, by the full rules of Unicode as in JavaScript: ß becomes SS. A
-- server without ICU has to do with the rules of its own collation.

create function ratchet_internal.pipe_change_case(p_text text, p_is_upper boolean) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if octet_length(p_text) = length(p_text) then
    return case when p_is_upper then upper(p_text collate "C") else lower(p_text collate "C") end;
  end if;
  if exists (select from pg_collation where collname = 'und-x-icu') then
    return case when p_is_upper then upper(p_text collate "und-x-icu")
      else lower(p_text collate "und-x-icu") end;
  end if;
  return case when p_is_upper then upper(p_text collate "default")
    else lower(p_text collate "default") end;
end $$;
comment on function ratchet_internal.pipe_change_case(text, boolean) is
  'Text in upper or lower case.';

-- sql/graph/pipe/call/pipe_choose.sql

-- Choosing one of the operands, all of which have been evaluated: conditional.ternary and nullish,
-- logical.and and or, unary.not.

create function ratchet_internal.pipe_choose(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_first jsonb := p_args[1];
  v_is_true boolean := ratchet_internal.pipe_is_true(v_first);
begin
  return case p_function
    when 'conditional.ternary' then case when v_is_true then p_args[2] else p_args[3] end
    when 'conditional.nullish' then case
      when v_first is null or v_first in ('null', '{"$": "undefined"}') then p_args[2]
      else v_first end
    when 'logical.and' then case when v_is_true then p_args[2] else v_first end
    when 'logical.or' then case when v_is_true then v_first else p_args[2] end
    else to_jsonb(not v_is_true) end;
end $$;
comment on function ratchet_internal.pipe_choose(text, jsonb[]) is
  'Choosing one of the operands: ternary, nullish, and, or; not.';

-- sql/graph/pipe/call/pipe_collate.sql

-- The place of each text in dictionary order, the same for equal texts. By the collation of the
-- Unicode standard, as in JavaScript; a server without ICU has to do with its own collation.

create function ratchet_internal.pipe_collate(p_texts text[]) returns int[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from pg_collation where collname = 'en-US-x-icu') then
    return array(
      select rank() over (order by value collate "en-US-x-icu")
      from unnest(p_texts) with ordinality as t (value, at) order by at);
  end if;
  return array(
    select rank() over (order by lower(value), value desc)
    from unnest(p_texts) with ordinality as t (value, at) order by at);
end $$;
comment on function ratchet_internal.pipe_collate(text[]) is
  'The place of each text in dictionary order.';

-- sql/graph/pipe/call/pipe_compare.sql

-- Comparing two values: conditional.* and number.gt/gte/lt/lte.

create function ratchet_internal.pipe_compare(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text := split_part(p_function, '.', 2);
begin
  return to_jsonb(coalesce(case v_name
    when 'gte' then ratchet_internal.pipe_order(p_args[1], p_args[2]) >= 0
    when 'lte' then ratchet_internal.pipe_order(p_args[1], p_args[2]) <= 0
    when 'gt' then ratchet_internal.pipe_order(p_args[1], p_args[2]) > 0
    when 'lt' then ratchet_internal.pipe_order(p_args[1], p_args[2]) < 0
    when 'greater_than_or_equal' then ratchet_internal.pipe_order(p_args[1], p_args[2]) >= 0
    when 'less_than_or_equal' then ratchet_internal.pipe_order(p_args[1], p_args[2]) <= 0
    when 'greater_than' then ratchet_internal.pipe_order(p_args[1], p_args[2]) > 0
    when 'less_than' then ratchet_internal.pipe_order(p_args[1], p_args[2]) < 0
    when 'equality' then ratchet_internal.pipe_is_equal(p_args[1], p_args[2])
    when 'eq' then ratchet_internal.pipe_is_equal(p_args[1], p_args[2])
    when 'inequality' then not ratchet_internal.pipe_is_equal(p_args[1], p_args[2])
    when 'neq' then not ratchet_internal.pipe_is_equal(p_args[1], p_args[2])
    when 'strict_equality' then ratchet_internal.pipe_is_same(p_args[1], p_args[2])
    when 'strict_inequality' then not ratchet_internal.pipe_is_same(p_args[1], p_args[2])
    end, false));
end $$;
comment on function ratchet_internal.pipe_compare(text, jsonb[]) is
  'Comparing two values: equality and order.';

-- sql/graph/pipe/call/pipe_concat.sql

-- string.concat: all operands as one text, null and undefined as empty text.

create function ratchet_internal.pipe_concat(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := '';
  v_arg jsonb;
begin
  foreach v_arg in array p_args loop
    if jsonb_typeof(v_arg) = 'string' then
      v_text := v_text || (v_arg #>> '{}');
    elsif v_arg <> 'null' and v_arg <> '{"$": "undefined"}' then
      v_text := v_text || ratchet_internal.pipe_text(v_arg);
    end if;
  end loop;
  return to_jsonb(v_text);
end $$;
comment on function ratchet_internal.pipe_concat(text, jsonb[]) is
  'All operands as one text; null and undefined are empty.';

-- sql/graph/pipe/call/pipe_define.sql

-- A copy of an object with properties defined by descriptors. One that is not enumerable is
-- invisible to mapping and storage, so it is left out; a property that is there already stays as
-- visible as it was, unless the descriptor says otherwise.
-- Raises: WF107.

create function ratchet_internal.pipe_define(
  p_function text, p_target jsonb, p_descriptors jsonb
) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_target jsonb := p_target;
  v_key text;
  v_descriptor jsonb;
  v_value jsonb;
begin
  if ratchet_internal.pipe_kind(p_descriptors) in ('undefined', 'null') then
    return ratchet_internal.pipe_fail(p_function, 'the properties are not an object');
  end if;
  foreach v_key in array ratchet_internal.pipe_keys(p_descriptors) loop
    v_descriptor := ratchet_internal.pipe_member(p_descriptors, v_key);
    if ratchet_internal.pipe_kind(v_descriptor) not in ('object', 'list', 'date') then
      return ratchet_internal.pipe_fail(p_function, 'a property description is not an object');
    elsif ratchet_internal.pipe_kind(v_descriptor -> 'get') = 'object' then
      return ratchet_internal.pipe_fail(p_function, 'a getter is not a function');
    end if;
    v_value := case when v_descriptor ? 'value' then v_descriptor -> 'value'
      when ratchet_internal.pipe_has(p_target, v_key) then
        ratchet_internal.pipe_member(p_target, v_key) end;
    if ratchet_internal.pipe_is_true(case when v_descriptor ? 'enumerable'
      then v_descriptor -> 'enumerable'
      else to_jsonb(ratchet_internal.pipe_has(p_target, v_key)) end) then
      v_target := ratchet_internal.pipe_put(p_function, v_target, v_key, v_value);
    elsif jsonb_typeof(v_target) = 'object' then
      v_target := v_target - v_key;
    end if;
  end loop;
  return v_target;
end $$;
comment on function ratchet_internal.pipe_define(text, jsonb, jsonb) is
  'A copy of an object with properties defined by descriptors.';

-- sql/graph/pipe/call/pipe_digits.sql

-- A number with so many digits: number.toFixed, toExponential, toPrecision. What is rounded is the
-- exact value of the double, halves away from zero: 1.005 is a little less than that.
-- Raises: WF107.

create function ratchet_internal.pipe_digits(
  p_function text, p_number float8, p_digits jsonb
) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_digits float8 := ratchet_internal.pipe_integer(p_digits, 0);
  v_is_given boolean := coalesce(p_digits <> '{"$": "undefined"}', false);
  v_is_finite boolean := p_number not in ('NaN', 'Infinity', '-Infinity');
  v_sign text := case when p_number < 0 then '-' else '' end;
  v_least int := case p_function when 'number.toPrecision' then 1 else 0 end;
begin
  if p_function <> 'number.toFixed' and not v_is_finite
    or p_function = 'number.toPrecision' and not v_is_given then
    return ratchet_internal.pipe_number_text(p_number);
  end if;
  if v_digits not between v_least and 100 and (v_is_given or v_least = 0) then
    perform ratchet_internal.pipe_fail(p_function,
      format('the number of digits is not from %s to 100', v_least));
  end if;
  if p_function = 'number.toFixed' then
    if not v_is_finite or abs(p_number) >= 1e21 then
      return ratchet_internal.pipe_number_text(p_number);
    end if;
    return v_sign || round(ratchet_internal.pipe_exact(abs(p_number)), v_digits::int)::text;
  end if;
  return v_sign || ratchet_internal.pipe_scientific(p_function, abs(p_number),
    case when p_function = 'number.toPrecision' then v_digits - 1
      when v_is_given then v_digits end::int);
end $$;
comment on function ratchet_internal.pipe_digits(text, float8, jsonb) is
  'A number with a given number of digits.';

-- sql/graph/pipe/call/pipe_fround.sql

-- The nearest single-precision number; infinite or zero out of its range, where a cast would raise.

create function ratchet_internal.pipe_fround(x float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_step constant float8 := power(2::float8, -149);
begin
  if x = 0 or abs(x) = 'Infinity' then return x; end if;
  if abs(x) >= 3.4028235677973366e38 then return x * 'Infinity'::float8; end if;
  if abs(x) >= 1.1754943508222875e-38 then return x::float4::float8; end if;
  -- Subnormal: a multiple of the smallest step. Rounding of float8 is to even, as it must be.
  return case when x < 0 then -(round(-x / c_step) * c_step) else round(x / c_step) * c_step end;
end $$;
comment on function ratchet_internal.pipe_fround(float8) is
  'The nearest single-precision number.';

-- sql/graph/pipe/call/pipe_has.sql

-- Whether a value owns a key; lists and texts own their positions and length.

create function ratchet_internal.pipe_has(p_value jsonb, p_key text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case ratchet_internal.pipe_kind(p_value)
    when 'object' then p_value ? p_key
    when 'list' then p_key = 'length' or p_key ~ '^(0|[1-9][0-9]{0,8})$'
      and case when p_key ~ '^[0-9]{1,9}$' then p_key::int < jsonb_array_length(p_value) end
    when 'text' then ratchet_internal.pipe_member(p_value, p_key) is not null
    else false end;
end $$;
comment on function ratchet_internal.pipe_has(jsonb, text) is 'Whether a value owns a key.';

-- sql/graph/pipe/call/pipe_hypot.sql

-- The root of the sum of the squares, scaled by the largest so that no square is out of range. An
-- infinite operand wins over one that is not a number.

create function ratchet_internal.pipe_hypot(p_args jsonb[]) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_numbers float8[] := array(
    select abs(ratchet_internal.pipe_number(value)) from unnest(p_args) as a (value));
  v_largest float8;
  v_sum float8 := 0;
  v_share float8;
begin
  if 'Infinity'::float8 = any (v_numbers) then return 'Infinity'; end if;
  if 'NaN'::float8 = any (v_numbers) then return 'NaN'; end if;
  v_largest := (select max(number) from unnest(v_numbers) as n (number));
  if coalesce(v_largest, 0) = 0 then return 0; end if;
  for i in 1..cardinality(v_numbers) loop
    v_share := ratchet_internal.pipe_quotient(v_numbers[i], v_largest);
    v_sum := v_sum + ratchet_internal.pipe_product(v_share, v_share);
  end loop;
  return ratchet_internal.pipe_product(sqrt(v_sum), v_largest);
end $$;
comment on function ratchet_internal.pipe_hypot(jsonb[]) is
  'The root of the sum of the squares of the operands.';

-- sql/graph/pipe/call/pipe_is_even.sql

-- Whether a finite number is a multiple of two. Halving a number below 1 could be out of range.

create function ratchet_internal.pipe_is_even(p_number float8) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if abs(p_number) < 1 then return p_number = 0; end if;
  return trunc(p_number / 2) * 2 = p_number;
end $$;
comment on function ratchet_internal.pipe_is_even(float8) is
  'Whether a finite number is a multiple of two.';

-- sql/graph/pipe/call/pipe_json.sql

-- json.stringify and json.parse. Keys are written as jsonb keeps them, with those that are numbers
-- first; with a list of keys as replacer, only these, in its order.
-- Raises: WF107, WF506.

create function ratchet_internal.pipe_json(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[];
  v_indent text := '';
begin
  if p_function = 'json.parse' then
    return ratchet_internal.pipe_parse_json(ratchet_internal.pipe_text(p_args[1]));
  end if;
  if jsonb_typeof(p_args[2]) = 'array' then
    v_keys := array(
      select ratchet_internal.pipe_text(value)
      from jsonb_array_elements(p_args[2]) with ordinality as k (value, at)
      where ratchet_internal.pipe_kind(value) in ('text', 'number')
      group by 1 order by min(at));
  end if;
  case ratchet_internal.pipe_kind(p_args[3])
    when 'text' then v_indent := left(p_args[3] #>> '{}', 10);
    when 'number' then
      v_indent := repeat(' ',
        greatest(least(ratchet_internal.pipe_integer(p_args[3], 0), 10), 0)::int);
    else null;
  end case;
  return to_jsonb(ratchet_internal.pipe_write_json(p_args[1], v_keys, v_indent, E'\n'));
end $$;
comment on function ratchet_internal.pipe_json(text, jsonb[]) is
  'Values as JSON text, and back.';

-- sql/graph/pipe/call/pipe_list_change.sql

-- Lists made from a list: array.concat, push, unshift, reverse, sort, splice. The list itself stays
-- as it is: push gives the longer list, unshift the new length, splice what it took out.
-- Raises: WF107.

create function ratchet_internal.pipe_list_change(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_source jsonb := p_args[1];
  v_length int;
  v_from int;
  v_count float8;
begin
  if p_function = 'array.concat' and jsonb_typeof(v_source) = 'string' then
    return to_jsonb(v_source #>> '{}' || ratchet_internal.pipe_text(p_args[2]));
  elsif jsonb_typeof(v_source) is distinct from 'array' then
    return ratchet_internal.pipe_fail(p_function, 'the first argument is not a list');
  end if;
  case p_function
    when 'array.concat' then
      return v_source || case when jsonb_typeof(p_args[2]) = 'array' then p_args[2]
        else jsonb_build_array(coalesce(p_args[2], '{"$": "undefined"}')) end;
    when 'array.push' then
      return v_source || ratchet_internal.pipe_list(p_args[2:]);
    when 'array.unshift' then
      return to_jsonb(jsonb_array_length(v_source) + cardinality(p_args[2:]));
    when 'array.reverse' then
      return coalesce((
        select jsonb_agg(value order by at desc)
        from jsonb_array_elements(v_source) with ordinality as i (value, at)), '[]');
    when 'array.sort' then
      return ratchet_internal.pipe_sort(v_source,
        case when p_args[2] is null or p_args[2] = '{"$": "undefined"}' then true
          else p_args[2] = '"ASCENDING"' end);
    else
      v_length := jsonb_array_length(v_source);
      v_from := ratchet_internal.pipe_position(p_args[2], 0, v_length);
      v_count := case when cardinality(p_args) = 2 then v_length
        when cardinality(p_args) < 2 then 0
        else ratchet_internal.pipe_integer(p_args[3], 0) end;
      return ratchet_internal.pipe_list((ratchet_internal.pipe_items(v_source))[v_from + 1 :
        least(v_from + greatest(v_count, 0), v_length)::int]);
  end case;
end $$;
comment on function ratchet_internal.pipe_list_change(text, jsonb[]) is
  'Lists made from a list: concat, push, unshift, reverse, sort, splice.';

-- sql/graph/pipe/call/pipe_list_find.sql

-- string.includes, indexOf and lastIndexOf when they are given a list. includes finds NaN and
-- undefined; the others do not find NaN.

create function ratchet_internal.pipe_list_find(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_item jsonb;
begin
  if p_function <> 'string.includes' then
    return ratchet_internal.pipe_list_read(replace(p_function, 'string', 'array'), p_args);
  end if;
  foreach v_item in array (ratchet_internal.pipe_items(p_args[1]))[
    ratchet_internal.pipe_position(p_args[3], 0, jsonb_array_length(p_args[1])) + 1 :]
  loop
    if ratchet_internal.pipe_is_same(v_item, p_args[2])
      or v_item = '{"$": "NaN"}' and p_args[2] = '{"$": "NaN"}' then return 'true'; end if;
  end loop;
  return 'false';
end $$;
comment on function ratchet_internal.pipe_list_find(text, jsonb[]) is
  'includes, indexOf and lastIndexOf of a list.';

-- sql/graph/pipe/call/pipe_list_read.sql

-- Reading a list, or a text as a list of characters: array.get, length, indexOf, lastIndexOf, join,
-- slice, pop, shift.
-- Raises: WF107.

create function ratchet_internal.pipe_list_read(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_source jsonb := p_args[1];
  v_type text := jsonb_typeof(v_source);
  v_length int;
  v_from int;
begin
  if p_function = 'array.get' then
    return ratchet_internal.pipe_member(v_source,
      case when ratchet_internal.pipe_is_true(p_args[2])
        then ratchet_internal.pipe_text(p_args[2]) else '0' end);
  elsif p_function = 'array.length' then
    return ratchet_internal.pipe_member(v_source, 'length');
  elsif v_type = 'string' and p_function in ('array.indexOf', 'array.lastIndexOf') then
    return ratchet_internal.pipe_text_find(replace(p_function, 'array', 'string'), p_args);
  elsif v_type = 'string' and p_function = 'array.slice' then
    return ratchet_internal.pipe_text_cut('string.slice', p_args);
  elsif v_type is distinct from 'array' then
    return ratchet_internal.pipe_fail(p_function, 'the first argument is not a list');
  elsif p_function = 'array.join' then
    return to_jsonb(ratchet_internal.pipe_join(v_source,
      case when p_args[2] is null or p_args[2] = '{"$": "undefined"}' then ','
        else ratchet_internal.pipe_text(p_args[2]) end));
  end if;
  v_length := jsonb_array_length(v_source);
  case p_function
    when 'array.pop' then
      return nullif(v_source -> -1, '{"$": "undefined"}');
    when 'array.shift' then
      return nullif(v_source -> 0, '{"$": "undefined"}');
    when 'array.slice' then
      v_from := ratchet_internal.pipe_position(p_args[2], 0, v_length);
      return ratchet_internal.pipe_list((ratchet_internal.pipe_items(v_source))[v_from + 1 :
        ratchet_internal.pipe_position(p_args[3], v_length, v_length)]);
    when 'array.indexOf' then
      v_from := ratchet_internal.pipe_position(p_args[3], 0, v_length);
      return to_jsonb(coalesce((
        select min(at) - 1
        from jsonb_array_elements(v_source) with ordinality as i (value, at)
        where at > v_from and ratchet_internal.pipe_is_same(value, p_args[2])), -1));
    else
      v_from := greatest(least(ratchet_internal.pipe_integer(p_args[3], v_length), v_length),
        -v_length - 1);
      if v_from < 0 then v_from := v_length + v_from; end if;
      return to_jsonb(coalesce((
        select max(at) - 1
        from jsonb_array_elements(v_source) with ordinality as i (value, at)
        where at <= v_from + 1 and ratchet_internal.pipe_is_same(value, p_args[2])), -1));
  end case;
end $$;
comment on function ratchet_internal.pipe_list_read(text, jsonb[]) is
  'Reading a list, or a text as a list of characters.';

-- sql/graph/pipe/call/pipe_logarithm.sql

-- exp, expm1, log, log10, log1p, log2 of a number, not NaN. expm1 and log1p keep their digits
-- near 0 by correcting for what 1 + x rounds off; log2 is exact for powers of two.

create function ratchet_internal.pipe_logarithm(p_name text, x float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_near float8;
  v_bits bigint;
  v_exponent int;
begin
  if p_name in ('exp', 'expm1') then
    v_near := case when x > 709.782712893384 then 'Infinity' when x < -745.1332191019411 then 0
      else exp(x) end;
    return case when p_name = 'exp' then v_near
      when abs(x) < 1e-17 then x
      when abs(x) < 1e-5 then x + x * x / 2 + x * x * x / 6
      when abs(x) > 0.5 then v_near - 1
      else (v_near - 1) * (x / ln(v_near)) end;
  end if;
  if p_name = 'log1p' then
    if abs(x) < 1e-300 then return x; end if;
    if x > 1e17 then return ln(x); end if;
    if x <= -1 then return case when x = -1 then '-Infinity' else 'NaN' end; end if;
    v_near := 1 + x;
    return case when v_near = 1 then x else ln(v_near) * (x / (v_near - 1)) end;
  end if;
  if x <= 0 then return case when x = 0 then '-Infinity' else 'NaN' end; end if;
  if x = 'Infinity' then return x; end if;
  if p_name = 'log' then return ln(x); end if;
  if p_name = 'log10' then return log(x); end if;
  -- x is m * 2^e with m near 1: the exponent comes from the bits, and only m has a logarithm.
  v_near := case when x < 1e-300 then x * 1.8014398509481984e16 else x end;
  v_bits := ('x' || encode(float8send(v_near), 'hex'))::bit(64)::bigint;
  v_exponent := (v_bits >> 52)::int - 1023;
  v_near := v_near / power(2::float8, v_exponent);
  if v_near > 1.4142135623730951 then
    v_near := v_near / 2;
    v_exponent := v_exponent + 1;
  end if;
  return case when x < 1e-300 then v_exponent - 54 else v_exponent end
    + ln(v_near) / 0.6931471805599453::float8;
end $$;
comment on function ratchet_internal.pipe_logarithm(text, float8) is
  'exp, expm1, log, log10, log1p and log2 of a number.';

-- sql/graph/pipe/call/pipe_math.sql

-- Functions of one number: math.abs to math.trunc. Postgres raises outside of a function's domain
-- and out of range; here that is NaN, infinite or zero, as IEEE has it.

create function ratchet_internal.pipe_math(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text := substr(p_function, 6);
  x float8 := ratchet_internal.pipe_number(p_args[1]);
  v_is_infinite boolean := abs(x) = 'Infinity';
begin
  if x = 'NaN' then return '{"$": "NaN"}'; end if;
  if x = 0 and v_name in ('abs', 'cos', 'cosh', 'acos', 'acosh', 'exp', 'log', 'log10', 'log2')
    then x := 0; end if;
  return ratchet_internal.pipe_from_number(case v_name
    when 'abs' then abs(x)
    when 'ceil' then ceil(x)
    when 'floor' then floor(x)
    when 'trunc' then trunc(x)
    when 'round' then ratchet_internal.pipe_round(x)
    when 'sign' then case when x > 0 then 1 when x < 0 then -1 else x end
    when 'fround' then ratchet_internal.pipe_fround(x)
    when 'sqrt' then case when x < 0 then 'NaN' else sqrt(x) end
    when 'cbrt' then cbrt(x)
    when 'sin' then case when v_is_infinite then 'NaN' else sin(x) end
    when 'cos' then case when v_is_infinite then 'NaN' else cos(x) end
    when 'tan' then case when v_is_infinite then 'NaN' else tan(x) end
    when 'asin' then case when abs(x) > 1 then 'NaN' else asin(x) end
    when 'acos' then case when abs(x) > 1 then 'NaN' else acos(x) end
    when 'atan' then atan(x)
    when 'sinh' then sinh(x)
    when 'cosh' then cosh(x)
    when 'tanh' then tanh(x)
    when 'asinh' then asinh(x)
    when 'acosh' then case when x < 1 then 'NaN' else acosh(x) end
    when 'atanh' then case when abs(x) > 1 then 'NaN' else atanh(x) end
    else ratchet_internal.pipe_logarithm(v_name, x) end);
end $$;
comment on function ratchet_internal.pipe_math(text, jsonb[]) is 'Functions of one number.';

-- sql/graph/pipe/call/pipe_math_many.sql

-- Functions of several numbers: math.atan2, hypot, max, min, pow, random; number.max, min, pow,
-- round.

create function ratchet_internal.pipe_math_many(p_function text, p_args jsonb[]) returns jsonb
language plpgsql volatile parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text := split_part(p_function, '.', 2);
  v_a float8;
  v_b float8;
  v_arg jsonb;
begin
  if v_name in ('max', 'min') then
    v_a := case v_name when 'max' then '-Infinity' else 'Infinity' end;
    foreach v_arg in array p_args loop
      v_b := ratchet_internal.pipe_number(v_arg);
      -- Of the two zeros the negative one is the smaller.
      v_a := case when v_a = 'NaN' or v_b = 'NaN' then 'NaN'
        when v_a = 0 and v_b = 0 then
          case when ((v_b::text = '-0') = (v_name = 'min')) then v_b else v_a end
        when (v_b > v_a) = (v_name = 'max') then v_b else v_a end;
    end loop;
    return ratchet_internal.pipe_from_number(v_a);
  elsif v_name = 'random' then
    return to_jsonb(random());
  elsif v_name = 'hypot' then
    return ratchet_internal.pipe_from_number(ratchet_internal.pipe_hypot(p_args));
  end if;
  v_a := ratchet_internal.pipe_number(p_args[1]);
  if v_name = 'round' then
    return ratchet_internal.pipe_from_number(
      case when v_a = 'NaN' then v_a else ratchet_internal.pipe_round(v_a) end);
  end if;
  v_b := ratchet_internal.pipe_number(p_args[2]);
  return ratchet_internal.pipe_from_number(
    case when v_name = 'pow' then ratchet_internal.pipe_power(v_a, v_b)
      when v_a = 'NaN' or v_b = 'NaN' then 'NaN' else atan2(v_a, v_b) end);
end $$;
comment on function ratchet_internal.pipe_math_many(text, jsonb[]) is
  'Functions of several numbers: atan2, hypot, max, min, pow, random.';

-- sql/graph/pipe/call/pipe_number_call.sql

-- number.isFinite, isEven, isOdd, isInteger, isNaN, parseFloat, parseInt, toFixed, toExponential,
-- toPrecision; unary.positive and negative.
-- Raises: WF107.

create function ratchet_internal.pipe_number_call(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_number boolean := ratchet_internal.pipe_kind(p_args[1]) = 'number';
  v_number float8;
  v_is_finite boolean;
begin
  case p_function
    when 'number.parseFloat' then
      return ratchet_internal.pipe_from_number(
        ratchet_internal.pipe_parse_float(ratchet_internal.pipe_text(p_args[1])));
    when 'number.parseInt' then
      return ratchet_internal.pipe_from_number(ratchet_internal.pipe_parse_int(
        ratchet_internal.pipe_text(p_args[1]), ratchet_internal.pipe_int32(p_args[2])));
    when 'unary.positive' then
      return ratchet_internal.pipe_from_number(ratchet_internal.pipe_number(p_args[1]));
    when 'unary.negative' then
      return ratchet_internal.pipe_from_number(-ratchet_internal.pipe_number(p_args[1]));
    else
      v_number := ratchet_internal.pipe_number(p_args[1]);
  end case;
  v_is_finite := v_number not in ('NaN', 'Infinity', '-Infinity');
  case p_function
    when 'number.isFinite' then return to_jsonb(v_is_number and v_is_finite);
    when 'number.isNaN' then return to_jsonb(v_is_number and v_number = 'NaN');
    when 'number.isInteger' then
      return to_jsonb(v_is_number and v_is_finite and trunc(v_number) = v_number);
    when 'number.isEven' then
      return to_jsonb(v_is_finite and ratchet_internal.pipe_is_even(v_number));
    when 'number.isOdd' then
      return to_jsonb(v_is_finite and not ratchet_internal.pipe_is_even(v_number));
    else
      if not v_is_number then
        return ratchet_internal.pipe_fail(p_function, 'the first argument is not a number');
      end if;
      return to_jsonb(ratchet_internal.pipe_digits(p_function, v_number, p_args[2]));
  end case;
end $$;
comment on function ratchet_internal.pipe_number_call(text, jsonb[]) is
  'Asking about, reading and writing numbers.';

-- sql/graph/pipe/call/pipe_object_change.sql

-- Objects made from others: object.set, create, fromEntries, assign, defineProperty,
-- defineProperties. What they are given is not changed.
-- Raises: WF107.

create function ratchet_internal.pipe_object_change(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := ratchet_internal.pipe_kind(p_args[1]);
  v_target jsonb := case when v_kind in ('undefined', 'null') then '{}' else p_args[1] end;
begin
  case p_function
    when 'object.set' then
      return ratchet_internal.pipe_put(p_function, v_target,
        ratchet_internal.pipe_text(p_args[2]), p_args[3]);
    when 'object.create' then
      v_target := '{}';
      for i in 1..cardinality(p_args) by 2 loop
        v_target := v_target || jsonb_build_object(ratchet_internal.pipe_text(p_args[i]),
          coalesce(p_args[i + 1], '{"$": "undefined"}'));
      end loop;
    when 'object.assign' then
      for i in 2..cardinality(p_args) loop
        v_target := ratchet_internal.pipe_assign(v_target, p_args[i]);
      end loop;
    when 'object.fromEntries' then
      if v_kind <> 'list' or exists (
        select from jsonb_array_elements(p_args[1]) as e (value)
        where ratchet_internal.pipe_kind(value) not in ('list', 'object', 'date')) then
        return ratchet_internal.pipe_fail(p_function, 'the argument is not a list of pairs');
      end if;
      v_target := coalesce((
        select jsonb_object_agg(
          ratchet_internal.pipe_text(ratchet_internal.pipe_member(value, '0')),
          coalesce(ratchet_internal.pipe_member(value, '1'), '{"$": "undefined"}') order by at)
        from jsonb_array_elements(p_args[1]) with ordinality as e (value, at)), '{}');
    else
      if v_kind not in ('object', 'list', 'date') then
        return ratchet_internal.pipe_fail(p_function, 'the first argument is not an object');
      end if;
      return ratchet_internal.pipe_define(p_function, v_target,
        case p_function when 'object.defineProperties' then p_args[2]
          else jsonb_build_object(ratchet_internal.pipe_text(p_args[2]),
            coalesce(p_args[3], '{"$": "undefined"}')) end);
  end case;
  return v_target;
end $$;
comment on function ratchet_internal.pipe_object_change(text, jsonb[]) is
  'Objects made from others: set, create, fromEntries, assign, defineProperty.';

-- sql/graph/pipe/call/pipe_object_read.sql

-- Reading an object, or the positions of a list or text: object.get, keys, values, entries,
-- getOwnPropertyNames, getOwnPropertySymbols, getOwnPropertyDescriptor.

create function ratchet_internal.pipe_object_read(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_source jsonb := p_args[1];
  v_key text;
  v_keys text[];
begin
  if p_function in ('object.get', 'object.getOwnPropertyDescriptor') then
    v_key := ratchet_internal.pipe_text(p_args[2]);
    if p_function = 'object.get' then
      return ratchet_internal.pipe_member(v_source, v_key);
    elsif not ratchet_internal.pipe_has(v_source, v_key) then
      return null;
    end if;
    return jsonb_build_object(
      'value', coalesce(ratchet_internal.pipe_member(v_source, v_key), '{"$": "undefined"}'),
      'writable', ratchet_internal.pipe_kind(v_source) <> 'text',
      'enumerable', v_key <> 'length' or ratchet_internal.pipe_kind(v_source) = 'object',
      'configurable', ratchet_internal.pipe_kind(v_source) = 'object'
        or ratchet_internal.pipe_kind(v_source) = 'list' and v_key <> 'length');
  end if;
  v_keys := ratchet_internal.pipe_keys(v_source);
  return case p_function
    when 'object.keys' then to_jsonb(v_keys)
    when 'object.getOwnPropertySymbols' then '[]'
    when 'object.getOwnPropertyNames' then to_jsonb(v_keys
      || case when ratchet_internal.pipe_kind(v_source) in ('list', 'text') then '{length}'::text[]
        else '{}' end)
    else (
      select coalesce(jsonb_agg(case p_function when 'object.values' then value
        else jsonb_build_array(key, value) end order by at), '[]')
      from (
        select key, at, coalesce(case jsonb_typeof(v_source) when 'object' then v_source -> key
          when 'array' then v_source -> (at::int - 1)
          else to_jsonb(substr(v_source #>> '{}', at::int, 1)) end, '{"$": "undefined"}') as value
        from unnest(v_keys) with ordinality as k (key, at)) e) end;
end $$;
comment on function ratchet_internal.pipe_object_read(text, jsonb[]) is
  'Reading an object: get, keys, values, entries and its properties.';

-- sql/graph/pipe/call/pipe_object_trait.sql

-- Asking about an object: object.hasOwnProperty, propertyIsEnumerable, isPrototypeOf, isFrozen,
-- isSealed, isExtensible; and freeze, seal, preventExtensions, which leave a value as it is.
-- Raises: WF107.

create function ratchet_internal.pipe_object_trait(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := ratchet_internal.pipe_kind(p_args[1]);
  v_is_compound boolean := v_kind in ('object', 'list', 'date');
  v_key text;
begin
  case p_function
    when 'object.freeze', 'object.seal', 'object.preventExtensions' then return p_args[1];
    when 'object.isFrozen', 'object.isSealed' then return to_jsonb(not v_is_compound);
    when 'object.isExtensible' then return to_jsonb(v_is_compound);
    when 'object.isPrototypeOf' then
      if v_kind in ('undefined', 'null')
        and ratchet_internal.pipe_kind(p_args[2]) in ('object', 'list', 'date') then
        return ratchet_internal.pipe_fail(p_function, 'the first argument is not an object');
      end if;
      return 'false';
    else
      if v_kind in ('undefined', 'null') then
        return ratchet_internal.pipe_fail(p_function, 'the first argument is not an object');
      end if;
      v_key := ratchet_internal.pipe_text(p_args[2]);
      return to_jsonb(ratchet_internal.pipe_has(p_args[1], v_key)
        and not (p_function = 'object.propertyIsEnumerable' and v_key = 'length'
          and v_kind <> 'object'));
  end case;
end $$;
comment on function ratchet_internal.pipe_object_trait(text, jsonb[]) is
  'Asking about an object: which keys it owns, whether it may be changed.';

-- sql/graph/pipe/call/pipe_parse_float.sql

-- The longest number at the start of a text, after white space; NaN when there is none.

create function ratchet_internal.pipe_parse_float(p_text text) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_start text := substring(ratchet_internal.pipe_trim(p_text, 'start') from
    '^[-+]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)');
begin
  return case when v_start is null then 'NaN'
    else ratchet_internal.pipe_text_number(v_start) end;
end $$;
comment on function ratchet_internal.pipe_parse_float(text) is
  'The number at the start of a text, or NaN.';

-- sql/graph/pipe/call/pipe_parse_int.sql

-- The longest whole number in a radix at the start of a text, after white space; NaN when there is
-- none or no such radix. Radix 0 is 10, or 16 after 0x.

create function ratchet_internal.pipe_parse_int(p_text text, p_radix bigint) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := ratchet_internal.pipe_trim(p_text, 'start');
  v_radix int := p_radix;
  v_digits text;
  v_number float8;
begin
  v_digits := ltrim(left(v_text, 1), '+-') || substr(v_text, 2);
  if v_radix in (0, 16) and v_digits ~* '^0x' then
    v_digits := substr(v_digits, 3);
    v_radix := 16;
  end if;
  if v_radix = 0 then v_radix := 10; end if;
  if v_radix not between 2 and 36 then return 'NaN'; end if;
  v_digits := substring(v_digits from '^[0-9a-zA-Z]*');
  v_digits := substring(lower(v_digits) from
    format('^[%s]+', left('0123456789abcdefghijklmnopqrstuvwxyz', v_radix)));
  if v_digits is null then return 'NaN'; end if;
  v_number := ratchet_internal.pipe_digits_number(v_digits, v_radix);
  return case when left(v_text, 1) = '-' then -v_number else v_number end;
end $$;
comment on function ratchet_internal.pipe_parse_int(text, bigint) is
  'The whole number in a radix at the start of a text, or NaN.';

-- sql/graph/pipe/call/pipe_parse_json.sql

-- JSON text as a value. Only here can text be malformed in ways that cannot be asked about before.
-- Raises: WF107.

create function ratchet_internal.pipe_parse_json(p_text text) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if ratchet_internal.pipe_trim(p_text, 'both') ~ '^-0(\.0*)?([eE][-+]?[0-9]+)?$' then
    return '{"$": "-0"}';
  end if;
  return p_text::jsonb;
exception
  when invalid_text_representation or untranslatable_character or numeric_value_out_of_range
    or statement_too_complex or program_limit_exceeded then
    return ratchet_internal.pipe_fail('json.parse', 'the text is not JSON that can be stored');
end $$;
comment on function ratchet_internal.pipe_parse_json(text) is
  'JSON text as a value.';

-- sql/graph/pipe/call/pipe_pattern.sql

-- A regular expression of JavaScript in the dialect of Postgres: what . \d \w \s \b mean, brackets
-- that are empty, braces that are literal, escapes that Postgres does not have.
-- Raises: WF107.

create function ratchet_internal.pipe_pattern(p_pattern text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_blanks constant text := '\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';
  -- Digits are octal after a zero, and wherever there is no group to refer to.
  c_octal constant text := case when p_pattern ~ '\(' then '\\0[0-7]{0,2}'
    else '\\[0-3][0-7]{0,2}|\\[4-7][0-7]?' end;
  v_tokens text[] := array(
    select coalesce(m[1], '') from regexp_matches(p_pattern, '(' || c_octal
      || '|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\c[a-zA-Z]|\\.|\(\?<?[=!:]|\(\?|\[\^?\]|\[\^?|'
      || '\{[0-9]+(?:,[0-9]*)?\}|.)', 'g') as m);
  v_token text;
  v_last text;
  v_is_class boolean := false;
  v_pattern text := '';
begin
  if right(p_pattern, 1) = '\' and p_pattern !~ '(^|[^\\])(\\\\)+$' then
    perform ratchet_internal.pipe_fail('string.search', 'the pattern ends with \');
  elsif p_pattern ~ '^[*+?]' then
    perform ratchet_internal.pipe_fail('string.search', 'the pattern begins with a quantifier');
  end if;
  foreach v_token in array v_tokens loop
    -- Beside a class of characters a hyphen is no range.
    if v_is_class and v_token ~ '^\\[dwsDWS]$' and v_last = '-' then
      v_pattern := left(v_pattern, -1) || '\-';
    elsif v_is_class and v_token = '-' and v_last ~ '^\\[dwsDWS]$' then
      v_token := '\-';
    end if;
    v_pattern := v_pattern || case
      when v_token = '\c' then '\\c'
      when v_token = '\d' then case when v_is_class then '0-9' else '[0-9]' end
      when v_token = '\w' then
        case when v_is_class then '0-9A-Za-z_' else '[0-9A-Za-z_]' end
      when v_token = '\s' then
        case when v_is_class then c_blanks else '[' || c_blanks || ']' end
      when v_token = '\D' and not v_is_class then '[^0-9]'
      when v_token = '\W' and not v_is_class then '[^0-9A-Za-z_]'
      when v_token = '\S' and not v_is_class then '[^' || c_blanks || ']'
      when v_token = '\b' then case when v_is_class then '\b' else '\y' end
      when v_token = '\B' and not v_is_class then '\Y'
      when v_token ~ '^\\[0-7]+$' and (left(v_token, 2) = '\0' or '(' <> all (v_tokens))
        then '\u' || lpad(to_hex((
          select sum(digit::int * 8 ^ (at - 1))::int
          from string_to_table(reverse(substr(v_token, 2)), null)
            with ordinality as each (digit, at))), 4, '0')
      when v_token ~ '^\\[^a-zA-Z0-9]$' or v_token ~ '^\\([fnrtvDWS]|u....|c.)$'
        or v_token ~ '^\\[1-9]$' and '(' = any (v_tokens)
        then v_token
      when v_token ~ '^\\x..' then '\u00' || substr(v_token, 3)
      when v_token ~ '^\\' then substr(v_token, 2)
      when v_is_class then
        case when left(v_token, 1) = '[' then '\[' || substr(v_token, 2) else v_token end
      when v_token = '[]' then '(?:(?!))'
      when v_token = '[^]' then '[\s\S]'
      -- Options and named groups: this is malformed, and refused as such.
      when v_token = '(?' then '(*'
      when v_token = '.' then '[^\n\r\u2028\u2029]'
      when v_token in ('{', '}') or v_token = ']' then '\' || v_token
      else v_token end;
    if v_is_class then v_is_class := right(v_token, 1) <> ']' or left(v_token, 1) = '\';
    else v_is_class := v_token in ('[', '[^'); end if;
    v_last := v_token;
  end loop;
  return v_pattern;
end $$;
comment on function ratchet_internal.pipe_pattern(text) is
  'A regular expression of JavaScript in the dialect of Postgres.';

-- sql/graph/pipe/call/pipe_power.sql

-- A power, as JavaScript has it: x^0 is 1 even for NaN, and 1 to an infinite power is NaN.
-- Whether it is out of range is asked of the logarithm first, because Postgres raises.

create function ratchet_internal.pipe_power(p_base float8, p_exponent float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_whole boolean := trunc(p_exponent) = p_exponent;
  v_is_odd boolean;
  v_size float8;
  v_sign float8 := 1;
begin
  if p_exponent = 0 then return 1; end if;
  if p_base = 'NaN' or p_exponent = 'NaN' then return 'NaN'; end if;
  if p_exponent in ('Infinity', '-Infinity') then
    return case when abs(p_base) = 1 then 'NaN'::float8
      when (abs(p_base) > 1) = (p_exponent > 0) then 'Infinity' else 0 end;
  end if;
  v_is_odd := v_is_whole and abs(p_exponent) < 9007199254740992
    and p_exponent::bigint % 2 <> 0;
  if v_is_odd and (p_base < 0 or p_base::text = '-0') then v_sign := -1; end if;
  if p_base = 0 or abs(p_base) = 'Infinity' then
    return v_sign * case when (p_base = 0) = (p_exponent > 0) then 0
      else 'Infinity'::float8 end;
  end if;
  if p_base < 0 and not v_is_whole then return 'NaN'; end if;
  v_size := ratchet_internal.pipe_product(p_exponent, ln(abs(p_base)));
  if v_size < -745.2 then return v_sign * 0; end if;
  if v_size > 709.8 then return v_sign * 'Infinity'::float8; end if;
  if abs(v_size) < 708 then return v_sign * power(abs(p_base), p_exponent); end if;
  -- Near the edges: the root is in range, and its square is taken as IEEE has it.
  return v_sign * ratchet_internal.pipe_product(
    power(abs(p_base), p_exponent / 2), power(abs(p_base), p_exponent / 2));
end $$;
comment on function ratchet_internal.pipe_power(float8, float8) is
  'A power of a double; infinite or zero out of range.';

-- sql/graph/pipe/call/pipe_product.sql

-- A product of two doubles, as IEEE has it: infinite or zero out of range, where Postgres raises.

create function ratchet_internal.pipe_product(p_a float8, p_b float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if (abs(p_a) between 1e-150 and 1e150 or p_a = 0)
    and (abs(p_b) between 1e-150 and 1e150 or p_b = 0) then return p_a * p_b; end if;
  if p_a in ('NaN', 'Infinity', '-Infinity') or p_b in ('NaN', 'Infinity', '-Infinity')
    or p_a = 0 or p_b = 0 then return p_a * p_b; end if;
  return case when sign(p_a) = sign(p_b) then 1 else -1 end * ratchet_internal.pipe_double(
    ratchet_internal.pipe_exact(abs(p_a)) * ratchet_internal.pipe_exact(abs(p_b)));
end $$;
comment on function ratchet_internal.pipe_product(float8, float8) is
  'A product of two doubles; infinite or zero out of range.';

-- sql/graph/pipe/call/pipe_put.sql

-- A copy of an object or list with one property set. A list may grow, up to a million items; its
-- other properties, and those of scalars, do not exist as values and are dropped.
-- Raises: WF107, WF506.

create function ratchet_internal.pipe_put(
  p_function text, p_target jsonb, p_key text, p_value jsonb
) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := ratchet_internal.pipe_kind(p_target);
  v_value jsonb := coalesce(p_value, '{"$": "undefined"}');
  v_missing int;
  v_length float8;
begin
  if v_kind = 'object' then
    return p_target || jsonb_build_object(p_key, v_value);
  end if;
  if v_kind = 'list' and p_key = 'length' then
    v_length := ratchet_internal.pipe_number(p_value);
    if v_length not between 0 and 4294967295 or v_length <> trunc(v_length) then
      return ratchet_internal.pipe_fail(p_function, 'the length is not a whole number');
    end if;
    perform ratchet_internal.pipe_check_size(p_function, v_length, 1000000);
    return ratchet_internal.pipe_list((ratchet_internal.pipe_items(p_target)
      || array_fill(null::jsonb, array[greatest(v_length - jsonb_array_length(p_target), 0)::int])
      )[1:v_length::int]);
  end if;
  if v_kind <> 'list' or p_key !~ '^(0|[1-9][0-9]{0,9})$' or p_key::bigint >= 4294967295 then
    return p_target;
  end if;
  perform ratchet_internal.pipe_check_size(p_function, p_key::float8, 1000000);
  v_missing := p_key::int - jsonb_array_length(p_target);
  if v_missing < 0 then return jsonb_set(p_target, array[p_key], v_value); end if;
  return p_target || ratchet_internal.pipe_list(array_fill(null::jsonb, array[v_missing]))
    || jsonb_build_array(v_value);
end $$;
comment on function ratchet_internal.pipe_put(text, jsonb, text, jsonb) is
  'A copy of an object or list with one property set.';

-- sql/graph/pipe/call/pipe_quotient.sql

-- A quotient of two doubles, as IEEE has it. A zero divisor gives NaN, whatever is divided.

create function ratchet_internal.pipe_quotient(p_a float8, p_b float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_b = 0 or p_a = 'NaN' or p_b = 'NaN' then return 'NaN'; end if;
  if abs(p_a) between 1e-150 and 1e150 and abs(p_b) between 1e-150 and 1e150 or p_a = 0 then
    return p_a / p_b;
  end if;
  if p_b in ('Infinity', '-Infinity') then
    return case when p_a in ('Infinity', '-Infinity') then 'NaN'::float8
      when sign(p_a) = sign(p_b) then 0 else '-0' end;
  end if;
  if p_a in ('Infinity', '-Infinity') then return p_a * sign(p_b); end if;
  return case when sign(p_a) = sign(p_b) then 1 else -1 end * ratchet_internal.pipe_double(
    div(ratchet_internal.pipe_exact(abs(p_a)) * 1e400, ratchet_internal.pipe_exact(abs(p_b)))
      * 1e-400);
end $$;
comment on function ratchet_internal.pipe_quotient(float8, float8) is
  'A quotient of two doubles; NaN when the divisor is 0.';

-- sql/graph/pipe/call/pipe_replace.sql

-- Text with the first occurrence of p_needle replaced. In the replacement $$ is a dollar sign, $&
-- what was found, $` what comes before it and $' what comes after.
-- Raises: WF506.

create function ratchet_internal.pipe_replace(
  p_text text, p_needle text, p_replacement text
) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $body$
declare
  v_at int := strpos(p_text, p_needle);
  v_new text := p_replacement;
  v_marks int;
begin
  if v_at = 0 then return p_text; end if;
  if strpos(v_new, '$') > 0 then
    v_marks := length(v_new) - length(replace(v_new, '$', ''));
    perform ratchet_internal.pipe_check_size('string.replace',
      v_marks::float8 * octet_length(p_text) + octet_length(v_new));
    v_new := coalesce((
      select string_agg(case m[1] when '$$' then '$' when '$&' then p_needle
        when '$`' then left(p_text, v_at - 1)
        when '$''' then substr(p_text, v_at + length(p_needle)) else m[1] end, '' order by at)
      from regexp_matches(v_new, '(\$[$&`'']|[^$]+|\$)', 'g') with ordinality as r (m, at)), '');
  end if;
  return left(p_text, v_at - 1) || v_new || substr(p_text, v_at + length(p_needle));
end $body$;
comment on function ratchet_internal.pipe_replace(text, text, text) is
  'Text with the first occurrence of another text replaced.';

-- sql/graph/pipe/call/pipe_round.sql

-- The nearest whole number, halves towards positive infinity; small negatives are -0. Not floor of
-- x + 0.5: that sum would itself be rounded.

create function ratchet_internal.pipe_round(x float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_floor float8 := floor(x);
begin
  if abs(x) >= 4503599627370496 or v_floor = x then return x; end if;
  if x < 0 and x >= -0.5 then return '-0'; end if;
  return case when x - v_floor >= 0.5 then v_floor + 1 else v_floor end;
end $$;
comment on function ratchet_internal.pipe_round(float8) is
  'The nearest whole number, halves towards positive infinity.';

-- sql/graph/pipe/call/pipe_scientific.sql

-- A number that is not negative as one digit, p_digits more and an exponent (as many as it needs
-- when p_digits is null). toPrecision writes it plainly unless the exponent is below -6 or does not
-- fit.

create function ratchet_internal.pipe_scientific(
  p_function text, p_number float8, p_digits int
) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_exact numeric;
  v_exponent int := 0;
  v_digits text;
begin
  if p_digits is null then
    v_exact := ratchet_internal.pipe_number_text(p_number)::numeric;
  else
    v_exact := ratchet_internal.pipe_exact(p_number);
  end if;
  if v_exact = 0 then
    v_digits := repeat('0', 1 + coalesce(p_digits, 0));
  else
    v_digits := replace(v_exact::text, '.', '');
    v_exponent := length(split_part(v_exact::text, '.', 1)) - 1;
    if v_exact < 1 then v_exponent := length(ltrim(v_digits, '0')) - length(v_digits); end if;
    v_digits := trunc(round(
      v_exact * ('1e' || coalesce(p_digits, 17) - v_exponent)::numeric))::text;
    if length(v_digits) > 1 + coalesce(p_digits, 17) then
      v_exponent := v_exponent + 1;
      v_digits := left(v_digits, -1);
    end if;
    if p_digits is null then v_digits := coalesce(nullif(rtrim(v_digits, '0'), ''), '0'); end if;
  end if;
  if p_function = 'number.toPrecision' and v_exponent between -6 and p_digits then
    if v_exponent < 0 then return '0.' || repeat('0', -v_exponent - 1) || v_digits; end if;
    return left(v_digits, v_exponent + 1)
      || case when p_digits > v_exponent then '.' || substr(v_digits, v_exponent + 2)
        else '' end;
  end if;
  return left(v_digits, 1)
    || case when length(v_digits) > 1 then '.' || substr(v_digits, 2) else '' end
    || 'e' || case when v_exponent < 0 then '-' else '+' end || abs(v_exponent);
end $$;
comment on function ratchet_internal.pipe_scientific(text, float8, int) is
  'A number as digits and an exponent, or plainly where toPrecision wants it.';

-- sql/graph/pipe/call/pipe_search.sql

-- Where a regular expression first matches a text, or -1. Only where matters, so the differences of
-- the two dialects in what a match takes do not; the others are translated. Words are made of
-- ASCII, as in JavaScript, whatever the locale of the database.
-- Raises: WF107, WF506.

create function ratchet_internal.pipe_search(p_text text, p_pattern text) returns int
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.pipe_check_size('string.search', length(p_pattern), 1000);
  return regexp_instr(p_text collate "C", ratchet_internal.pipe_pattern(p_pattern)) - 1;
exception
  when invalid_regular_expression then
    perform ratchet_internal.pipe_fail('string.search', 'the pattern is not a regular expression');
end $$;
comment on function ratchet_internal.pipe_search(text, text) is
  'Where a regular expression first matches a text, or -1.';

-- sql/graph/pipe/call/pipe_sort.sql

-- A list in order: numbers by size, texts as a dictionary would have them (a, b, C), null before
-- everything, undefined after everything in either direction. A list with other values is sorted by
-- what they are as numbers.

create function ratchet_internal.pipe_sort(p_list jsonb, p_is_ascending boolean) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_items jsonb[] := ratchet_internal.pipe_items(p_list);
  v_texts text[];
  v_places int[];
  v_numbers float8[];
begin
  if not exists (
    select from unnest(v_items) as i (value) where jsonb_typeof(value) not in ('string', 'null'))
  then
    v_texts := array(
      select case jsonb_typeof(value) when 'string' then value #>> '{}' end
      from unnest(v_items) with ordinality as i (value, at) order by at);
    v_places := ratchet_internal.pipe_collate(v_texts);
    v_numbers := array(
      select case when value = 'null' then '-Infinity'::float8 else place end
      from unnest(v_items, v_places) with ordinality as i (value, place, at) order by at);
  else
    v_numbers := array(
      select case when value = 'null' then '-Infinity'
        else ratchet_internal.pipe_number(value) end
      from unnest(v_items) with ordinality as i (value, at) order by at);
  end if;
  return coalesce((
    select jsonb_agg(coalesce(value, '{"$": "undefined"}') order by value is null,
      case when p_is_ascending then number else -number end, at)
    from unnest(v_items, v_numbers) with ordinality as i (value, number, at)), '[]');
end $$;
comment on function ratchet_internal.pipe_sort(jsonb, boolean) is
  'A list in order: numbers by size, texts as in a dictionary.';

-- sql/graph/pipe/call/pipe_sum.sql

-- A sum of two doubles, as IEEE has it: infinite out of range, where Postgres raises.

create function ratchet_internal.pipe_sum(p_a float8, p_b float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if abs(p_a) < 8e307 and abs(p_b) < 8e307
    or p_a in ('NaN', 'Infinity', '-Infinity') or p_b in ('NaN', 'Infinity', '-Infinity') then
    return p_a + p_b;
  end if;
  return ratchet_internal.pipe_double(
    ratchet_internal.pipe_exact(p_a) + ratchet_internal.pipe_exact(p_b));
end $$;
comment on function ratchet_internal.pipe_sum(float8, float8) is
  'A sum of two doubles; infinite out of range.';

-- sql/graph/pipe/call/pipe_symbol.sql

-- Values that YAML cannot write: symbol.*.

create function ratchet_internal.pipe_symbol(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_function
    when 'symbol.null' then 'null'::jsonb
    when 'symbol.whitespace' then '" "'
    when 'symbol.object' then '{}'
    when 'symbol.array' then '[]'
    when 'symbol.posInfinity' then '{"$": "Infinity"}'
    when 'symbol.negInfinity' then '{"$": "-Infinity"}'
    when 'symbol.NaN' then '{"$": "NaN"}' end;
end $$;
comment on function ratchet_internal.pipe_symbol(text, jsonb[]) is
  'Values that YAML cannot write, such as undefined and NaN.';

-- sql/graph/pipe/call/pipe_text_change.sql

-- Texts made from a text: string.toLowerCase, toUpperCase, trim, trimStart, trimEnd, padStart,
-- padEnd, replace, repeat.
-- Raises: WF107, WF506.

create function ratchet_internal.pipe_text_change(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text;
  v_count float8;
  v_fill text;
begin
  if jsonb_typeof(p_args[1]) is distinct from 'string' then
    return ratchet_internal.pipe_fail(p_function, 'the first argument is not text');
  end if;
  v_text := p_args[1] #>> '{}';
  case p_function
    when 'string.trim' then
      return to_jsonb(ratchet_internal.pipe_trim(v_text, 'both'));
    when 'string.trimStart' then
      return to_jsonb(ratchet_internal.pipe_trim(v_text, 'start'));
    when 'string.trimEnd' then
      return to_jsonb(ratchet_internal.pipe_trim(v_text, 'end'));
    when 'string.toLowerCase' then
      return to_jsonb(ratchet_internal.pipe_change_case(v_text, false));
    when 'string.toUpperCase' then
      return to_jsonb(ratchet_internal.pipe_change_case(v_text, true));
    when 'string.replace' then
      return to_jsonb(ratchet_internal.pipe_replace(v_text,
        ratchet_internal.pipe_text(p_args[2]), ratchet_internal.pipe_text(p_args[3])));
    when 'string.repeat' then
      v_count := ratchet_internal.pipe_integer(p_args[2], 0);
      if v_count < 0 or v_count = 'Infinity' then
        return ratchet_internal.pipe_fail(p_function, 'the count is negative or infinite');
      elsif v_text = '' then
        return '""';
      end if;
      perform ratchet_internal.pipe_check_size(p_function,
        ratchet_internal.pipe_product(octet_length(v_text), v_count));
      return to_jsonb(repeat(v_text, v_count::int));
    else
      v_count := ratchet_internal.pipe_integer(p_args[2], 0) - length(v_text);
      v_fill := case when p_args[3] is null or p_args[3] = '{"$": "undefined"}' then ' '
        else ratchet_internal.pipe_text(p_args[3]) end;
      if v_count <= 0 or v_fill = '' then return to_jsonb(v_text); end if;
      perform ratchet_internal.pipe_check_size(p_function, v_count);
      v_fill := rpad(v_fill, v_count::int, v_fill);
      return to_jsonb(case p_function when 'string.padStart' then v_fill || v_text
        else v_text || v_fill end);
  end case;
end $$;
comment on function ratchet_internal.pipe_text_change(text, jsonb[]) is
  'Texts made from a text: case, trim, pad, replace, repeat.';

-- sql/graph/pipe/call/pipe_text_cut.sql

-- Parts of a text: string.charAt, slice, substring, split. slice takes lists, too.
-- Raises: WF107.

create function ratchet_internal.pipe_text_cut(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text;
  v_separator text;
  v_length int;
  v_from int;
  v_to int;
begin
  if p_function = 'string.slice' and jsonb_typeof(p_args[1]) = 'array' then
    return ratchet_internal.pipe_list_read('array.slice', p_args);
  elsif jsonb_typeof(p_args[1]) is distinct from 'string' then
    return ratchet_internal.pipe_fail(p_function, 'the first argument is not text');
  end if;
  v_text := p_args[1] #>> '{}';
  v_length := length(v_text);
  case p_function
    when 'string.charAt' then
      v_from := greatest(least(ratchet_internal.pipe_integer(p_args[2], 0), v_length), -1);
      return to_jsonb(case when v_from < 0 then '' else substr(v_text, v_from + 1, 1) end);
    when 'string.slice' then
      v_from := ratchet_internal.pipe_position(p_args[2], 0, v_length);
      v_to := ratchet_internal.pipe_position(p_args[3], v_length, v_length);
      return to_jsonb(substr(v_text, v_from + 1, greatest(v_to - v_from, 0)));
    when 'string.substring' then
      v_from := greatest(least(ratchet_internal.pipe_integer(p_args[2], 0), v_length), 0);
      v_to := greatest(least(ratchet_internal.pipe_integer(p_args[3], v_length), v_length), 0);
      return to_jsonb(substr(v_text, least(v_from, v_to) + 1, abs(v_to - v_from)));
    else
      if p_args[2] is null or p_args[2] = '{"$": "undefined"}' then
        return jsonb_build_array(v_text);
      end if;
      perform ratchet_internal.pipe_check_size(p_function, v_length, 4194304);
      v_separator := ratchet_internal.pipe_text(p_args[2]);
      return to_jsonb(case when v_text = '' and v_separator <> '' then array['']
        else string_to_array(v_text, nullif(v_separator, '')) end);
  end case;
end $$;
comment on function ratchet_internal.pipe_text_cut(text, jsonb[]) is
  'Parts of a text: charAt, slice, substring, split.';

-- sql/graph/pipe/call/pipe_text_find.sql

-- Looking into a text: string.includes, indexOf, lastIndexOf, startsWith, endsWith, search.
-- Positions count characters. includes, indexOf and lastIndexOf look into lists, too.
-- Raises: WF107.

create function ratchet_internal.pipe_text_find(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text;
  v_needle text := ratchet_internal.pipe_text(p_args[2]);
  v_length int;
  v_at int;
begin
  if jsonb_typeof(p_args[1]) = 'array'
    and p_function in ('string.includes', 'string.indexOf', 'string.lastIndexOf') then
    return ratchet_internal.pipe_list_find(p_function, p_args);
  elsif jsonb_typeof(p_args[1]) is distinct from 'string' then
    return ratchet_internal.pipe_fail(p_function, 'the first argument is not text');
  end if;
  v_text := p_args[1] #>> '{}';
  v_length := length(v_text);
  if p_function = 'string.search' then
    return to_jsonb(ratchet_internal.pipe_search(v_text,
      case when v_needle = 'undefined' and p_args[2] is null then '' else v_needle end));
  elsif p_function = 'string.lastIndexOf' then
    v_at := case when ratchet_internal.pipe_number(p_args[3]) = 'NaN' then v_length
      else greatest(least(ratchet_internal.pipe_integer(p_args[3], 0), v_length), 0) end;
    v_text := left(v_text, v_at + length(v_needle));
    v_at := strpos(reverse(v_text), reverse(v_needle));
    return to_jsonb(case when v_at = 0 then -1
      else length(v_text) - length(v_needle) - v_at + 1 end);
  elsif p_function = 'string.endsWith' then
    v_at := greatest(least(ratchet_internal.pipe_integer(p_args[3], v_length), v_length), 0);
    return to_jsonb(length(v_needle) <= v_at
      and right(left(v_text, v_at), length(v_needle)) = v_needle);
  end if;
  v_at := greatest(least(ratchet_internal.pipe_integer(p_args[3], 0), v_length), 0);
  if p_function = 'string.startsWith' then
    return to_jsonb(starts_with(substr(v_text, v_at + 1), v_needle));
  end if;
  v_length := strpos(substr(v_text, v_at + 1), v_needle);
  return case when p_function = 'string.includes' then to_jsonb(v_length > 0)
    when v_length = 0 then '-1' else to_jsonb(v_at + v_length - 1) end;
end $$;
comment on function ratchet_internal.pipe_text_find(text, jsonb[]) is
  'Looking into a text: includes, indexOf, lastIndexOf, startsWith, endsWith, search.';

-- sql/graph/pipe/call/pipe_write_json.sql

-- A value as JSON text; null for undefined. p_line is what begins each new line: a line break and
-- the indentation so far. The size is watched as the text grows, since indentation multiplies it.
-- Raises: WF506.

create function ratchet_internal.pipe_write_json(
  p_value jsonb, p_keys text[], p_indent text, p_line text, p_depth int default 0
) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := ratchet_internal.pipe_kind(p_value);
  v_line text := p_line || p_indent;
  v_parts text[] := '{}';
  v_size float8 := 0;
  v_part text;
  v_key text;
  v_item jsonb;
begin
  if p_depth > 100 then
    perform ratchet_internal.pipe_check_size('json.stringify', p_depth, 100);
  end if;
  if v_kind = 'list' then
    for v_item in select value from jsonb_array_elements(p_value) as i (value) loop
      v_part := coalesce(
        ratchet_internal.pipe_write_json(v_item, p_keys, p_indent, v_line, p_depth + 1),
        'null');
      v_parts := v_parts || v_part;
      v_size := v_size + length(v_part) + length(v_line);
      exit when v_size > 16777216;
    end loop;
  elsif v_kind = 'object' then
    foreach v_key in array coalesce(p_keys, ratchet_internal.pipe_keys(p_value)) loop
      v_part := ratchet_internal.pipe_write_json(
        p_value -> v_key, p_keys, p_indent, v_line, p_depth + 1);
      continue when v_part is null;
      v_part := to_jsonb(v_key) || case when p_indent = '' then ':' else ': ' end || v_part;
      v_parts := v_parts || v_part;
      v_size := v_size + length(v_part) + length(v_line);
      exit when v_size > 16777216;
    end loop;
  elsif v_kind = 'number' then
    v_part := ratchet_internal.pipe_number_text(ratchet_internal.pipe_number(p_value));
    return case when v_part in ('NaN', 'Infinity', '-Infinity') then 'null' else v_part end;
  elsif v_kind = 'date' then
    return coalesce(p_value -> 'value', 'null')::text;
  else
    return case when v_kind <> 'undefined' then p_value::text end;
  end if;
  perform ratchet_internal.pipe_check_size('json.stringify', v_size);
  v_part := case when p_indent = '' or v_parts = '{}' then '' else v_line end;
  v_line := case when v_part = '' then '' else p_line end;
  v_part := v_part || array_to_string(v_parts, ',' || v_part) || v_line;
  return case v_kind when 'list' then '[' || v_part || ']' else '{' || v_part || '}' end;
end $$;
comment on function ratchet_internal.pipe_write_json(jsonb, text[], text, text, int) is
  'A value as JSON text, perhaps indented; null for undefined.';

-- sql/graph/pipe/date/pipe_date.sql

-- What a date function is given, as milliseconds since 1970: a date, a number, ISO 8601 text, or
-- text that begins with a whole number of milliseconds. An invalid date is NaN.
-- Raises: WF107.

create function ratchet_internal.pipe_date(p_function text, p_value jsonb) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_time float8;
begin
  case ratchet_internal.pipe_kind(p_value)
    when 'date' then return ratchet_internal.pipe_number(p_value);
    when 'number' then
      v_time := ratchet_internal.pipe_number(p_value);
    when 'text' then
      v_time := ratchet_internal.pipe_parse_iso(p_value #>> '{}');
      if v_time is null then
        v_time := ratchet_internal.pipe_parse_int(p_value #>> '{}', 10);
        if v_time = 'NaN' then
          perform ratchet_internal.pipe_fail(p_function, 'the text is not a date');
        end if;
      end if;
    else
      perform ratchet_internal.pipe_fail(p_function, 'the first argument is not a date');
  end case;
  return case when abs(v_time) <= 8.64e15 then trunc(v_time) + 0 else 'NaN' end;
end $$;
comment on function ratchet_internal.pipe_date(text, jsonb) is
  'What a date function is given, as milliseconds since 1970.';

-- sql/graph/pipe/date/pipe_date_get.sql

-- One part of a date, or all of it as milliseconds: date.get*, valueOf. The zone of the host is
-- UTC.
-- Raises: WF107.

create function ratchet_internal.pipe_date_get(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_time float8 := ratchet_internal.pipe_date(p_function, p_args[1]);
  v_part int := array_position('{FullYear,Month,Date,Hours,Minutes,Seconds,Milliseconds,Day}',
    regexp_replace(p_function, '^date\.get(UTC)?', ''));
begin
  if v_time = 'NaN' then return '{"$": "NaN"}'; end if;
  if p_function = 'date.getTimezoneOffset' then return '0'; end if;
  if v_part is null then return to_jsonb(v_time); end if;
  return to_jsonb((ratchet_internal.pipe_date_parts(v_time))[v_part]);
end $$;
comment on function ratchet_internal.pipe_date_get(text, jsonb[]) is
  'One part of a date, or all of it as milliseconds.';

-- sql/graph/pipe/date/pipe_date_make.sql

-- Dates from nothing or from text: symbol.date, date.now, yyyymmdd, fromISOString, parse, UTC.

create function ratchet_internal.pipe_date_make(p_function text, p_args jsonb[]) returns jsonb
language plpgsql volatile parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now float8 := floor(extract(epoch from ratchet_internal.now()) * 1000);
  v_time float8;
  v_parts float8[] := '{NaN,0,1,0,0,0,0}';
begin
  case p_function
    when 'symbol.date' then return ratchet_internal.pipe_from_date(v_now);
    when 'date.now' then return to_jsonb(v_now);
    when 'date.yyyymmdd' then
      return to_jsonb(split_part(
        ratchet_internal.pipe_date_text('date.toISOString', v_now), 'T', 1));
    when 'date.UTC' then
      for i in 1..7 loop
        continue when p_args[i] is null or p_args[i] = '{"$": "undefined"}';
        v_parts[i] := ratchet_internal.pipe_number(p_args[i]);
      end loop;
      if trunc(v_parts[1]) between 0 and 99 then v_parts[1] := 1900 + trunc(v_parts[1]); end if;
      return ratchet_internal.pipe_from_number(ratchet_internal.pipe_time(v_parts));
    when 'date.parse' then
      return ratchet_internal.pipe_from_number(
        ratchet_internal.pipe_parse_date(ratchet_internal.pipe_text(p_args[1])));
    else
      v_time := case ratchet_internal.pipe_kind(p_args[1])
        when 'text' then ratchet_internal.pipe_parse_date(p_args[1] #>> '{}')
        when 'list' then
          ratchet_internal.pipe_parse_date(ratchet_internal.pipe_text(p_args[1]))
        else ratchet_internal.pipe_number(p_args[1]) end;
      return ratchet_internal.pipe_from_date(v_time);
  end case;
end $$;
comment on function ratchet_internal.pipe_date_make(text, jsonb[]) is
  'Dates from nothing or from text: now, yyyymmdd, parse, fromISOString, UTC.';

-- sql/graph/pipe/date/pipe_date_parts.sql

-- The parts of a date in UTC: year, month (from 0), day, hour, minute, second, millisecond, and the
-- weekday (0 is Sunday). The date is finite.

create function ratchet_internal.pipe_date_parts(p_time float8) returns float8[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_days float8 := floor(p_time / 86400000);
  v_rest float8 := p_time - v_days * 86400000;
  v_era float8 := floor((v_days + 719468) / 146097);
  v_of_era float8 := v_days + 719468 - v_era * 146097;
  v_year float8;
  v_of_year float8;
  v_month float8;
begin
  -- The reverse of pipe_day_number: eras of 400 years, which begin in March.
  v_year := floor((v_of_era - floor(v_of_era / 1460) + floor(v_of_era / 36524)
    - floor(v_of_era / 146096)) / 365);
  v_of_year := v_of_era - (365 * v_year + floor(v_year / 4) - floor(v_year / 100));
  v_month := floor((5 * v_of_year + 2) / 153);
  return array[
    v_year + v_era * 400 + case when v_month >= 10 then 1 else 0 end,
    case when v_month < 10 then v_month + 2 else v_month - 10 end,
    v_of_year - floor((153 * v_month + 2) / 5) + 1,
    floor(v_rest / 3600000), floor(v_rest / 60000) - floor(v_rest / 3600000) * 60,
    floor(v_rest / 1000) - floor(v_rest / 60000) * 60,
    v_rest - floor(v_rest / 1000) * 1000,
    v_days + 4 - floor((v_days + 4) / 7) * 7];
end $$;
comment on function ratchet_internal.pipe_date_parts(float8) is
  'The parts of a date in UTC: year, month from 0, day, time of day, weekday.';

-- sql/graph/pipe/date/pipe_date_set.sql

-- A date with one part, and those after it that are given, set to other values: date.set*. What is
-- out of range rolls over; a part that is left out stays. The zone of the host is UTC.
-- Raises: WF107.

create function ratchet_internal.pipe_date_set(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_time float8 := ratchet_internal.pipe_date(p_function, p_args[1]);
  v_part int := array_position('{FullYear,Month,Date,Hours,Minutes,Seconds,Milliseconds}',
    regexp_replace(p_function, '^date\.set(UTC)?', ''));
  v_number float8 := ratchet_internal.pipe_number(p_args[2]);
  v_parts float8[];
begin
  if v_part is null then
    return ratchet_internal.pipe_from_number(
      case when abs(v_number) <= 8.64e15 then trunc(v_number) + 0 else 'NaN' end);
  end if;
  if v_time = 'NaN' and v_part = 1 then v_time := 0; end if;
  if v_time = 'NaN' then return '{"$": "NaN"}'; end if;
  v_parts := ratchet_internal.pipe_date_parts(v_time);
  v_parts[v_part] := v_number;
  -- Setting the date part ends with the day, setting the time part with the milliseconds.
  for i in v_part + 1 .. case when v_part > 3 then 7 else 3 end loop
    continue when p_args[i - v_part + 2] is null
      or p_args[i - v_part + 2] = '{"$": "undefined"}';
    v_parts[i] := ratchet_internal.pipe_number(p_args[i - v_part + 2]);
  end loop;
  return ratchet_internal.pipe_from_number(ratchet_internal.pipe_time(v_parts[1:7]));
end $$;
comment on function ratchet_internal.pipe_date_set(text, jsonb[]) is
  'A date with parts set to other values, as milliseconds.';

-- sql/graph/pipe/date/pipe_date_text.sql

-- A date as text, in the form of one of the functions date.to*. null is the invalid date where the
-- form has none.

create function ratchet_internal.pipe_date_text(p_function text, p_time float8) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  p float8[];
  v_iso text;
  v_day text;
  v_clock text;
begin
  if p_time = 'NaN' then
    return case when p_function not in ('date.toISOString', 'date.toJSON', 'date.toISOXString')
      then 'Invalid Date' end;
  end if;
  p := ratchet_internal.pipe_date_parts(p_time);
  if p_function in ('date.toISOString', 'date.toJSON', 'date.toISOXString') then
    v_iso := case when p[1] between 0 and 9999 then lpad(p[1]::text, 4, '0')
      else case when p[1] < 0 then '-' else '+' end || lpad(abs(p[1])::text, 6, '0') end
      || format('-%s-%sT%s:%s:%s.%sZ', lpad((p[2] + 1)::text, 2, '0'), lpad(p[3]::text, 2, '0'),
        lpad(p[4]::text, 2, '0'), lpad(p[5]::text, 2, '0'), lpad(p[6]::text, 2, '0'),
        lpad(p[7]::text, 3, '0'));
    return case p_function when 'date.toISOXString'
      then left(v_iso, 1) || translate(substr(v_iso, 2), '-:TZ', '') else v_iso end;
  elsif p_function like 'date.toLocale%' then
    v_day := format('%s/%s/%s', p[2] + 1, p[3], case when p[1] > 0 then p[1] else 1 - p[1] end);
    v_clock := format('%s:%s:%s %s', (p[4]::int + 11) % 12 + 1, lpad(p[5]::text, 2, '0'),
      lpad(p[6]::text, 2, '0'), case when p[4] < 12 then 'AM' else 'PM' end);
    return case p_function when 'date.toLocaleDateString' then v_day
      when 'date.toLocaleTimeString' then v_clock else v_day || ', ' || v_clock end;
  end if;
  v_day := format('%s %s %s %s%s',
    (array['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'])[p[8]::int + 1],
    substr('JanFebMarAprMayJunJulAugSepOctNovDec', p[2]::int * 3 + 1, 3), lpad(p[3]::text, 2, '0'),
    case when p[1] < 0 then '-' else '' end,
    lpad(abs(p[1])::text, greatest(4, length(abs(p[1])::text)), '0'));
  return case p_function when 'date.toDateString' then v_day
    else format('%s %s:%s:%s GMT+0000 (Coordinated Universal Time)', v_day,
      lpad(p[4]::text, 2, '0'), lpad(p[5]::text, 2, '0'), lpad(p[6]::text, 2, '0')) end;
end $$;
comment on function ratchet_internal.pipe_date_text(text, float8) is
  'A date as text, in the form of one of the functions date.to*.';

-- sql/graph/pipe/date/pipe_date_write.sql

-- date.toString, toDateString, toISOString, toISOXString, toJSON, toLocaleString,
-- toLocaleDateString, toLocaleTimeString. The only locale is en-US in its ordinary form.
-- Raises: WF107.

create function ratchet_internal.pipe_date_write(p_function text, p_args jsonb[]) returns jsonb
language plpgsql volatile parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_time float8;
begin
  if p_function = 'date.toISOXString' and not ratchet_internal.pipe_is_true(p_args[1]) then
    v_time := floor(extract(epoch from ratchet_internal.now()) * 1000);
  else
    v_time := ratchet_internal.pipe_date(p_function, p_args[1]);
  end if;
  if p_function like 'date.toLocale%' then
    if coalesce(p_args[2], 'null') not in ('null', '"en-US"', '"en"', '[]', '["en-US"]',
      '{"$": "undefined"}') then
      return ratchet_internal.pipe_fail(p_function, 'the only locale is en-US');
    elsif coalesce(p_args[3], 'null') not in ('null', '{}', '{"timeZone": "UTC"}',
      '{"$": "undefined"}') then
      return ratchet_internal.pipe_fail(p_function, 'there are no options but timeZone UTC');
    end if;
  elsif v_time = 'NaN' then
    if p_function = 'date.toJSON' then return 'null'; end if;
    if p_function in ('date.toISOString', 'date.toISOXString') then
      return ratchet_internal.pipe_fail(p_function, 'the date is invalid');
    end if;
  end if;
  return to_jsonb(ratchet_internal.pipe_date_text(p_function, v_time));
end $$;
comment on function ratchet_internal.pipe_date_write(text, jsonb[]) is 'A date as text.';

-- sql/graph/pipe/date/pipe_day_number.sql

-- Days from 1 January 1970 to a day of the Gregorian calendar; any whole numbers, so that the 32nd
-- is the 1st of the next month. p_month counts from 0.

create function ratchet_internal.pipe_day_number(
  p_year float8, p_month float8, p_day float8
) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_year float8 := p_year + floor(p_month / 12);
  v_month int := p_month - floor(p_month / 12) * 12;
  v_era float8;
  v_of_era float8;
begin
  -- Years begin in March here, so that the leap day is the last of the year.
  if v_month < 2 then v_year := v_year - 1; end if;
  v_era := floor(v_year / 400);
  v_of_era := v_year - v_era * 400;
  return v_era * 146097 + v_of_era * 365 + floor(v_of_era / 4) - floor(v_of_era / 100)
    + floor((153 * ((v_month + 10) % 12) + 2) / 5.0::float8) + p_day - 1 - 719468;
end $$;
comment on function ratchet_internal.pipe_day_number(float8, float8, float8) is
  'Days from 1 January 1970 to a day of the Gregorian calendar.';

-- sql/graph/pipe/date/pipe_from_date.sql

-- Milliseconds since 1970 as a date value: NaN is the invalid date.

create function ratchet_internal.pipe_from_date(p_time float8) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object('$', 'date', 'value', case when abs(p_time) <= 8.64e15
    then ratchet_internal.pipe_date_text('date.toISOString', trunc(p_time)) end);
end $$;
comment on function ratchet_internal.pipe_from_date(float8) is
  'Milliseconds since 1970 as a date value.';

-- sql/graph/pipe/date/pipe_loose_time.sql

-- Puts together what was found in a loosely written date: two or three numbers (with a month name
-- day and year in either order, or one of them; without one month, day, year, or the year first), a
-- time of day, a zone in minutes. Years below 50 are of this century, others below 100 of the last.

create function ratchet_internal.pipe_loose_time(
  p_numbers float8[], p_month int, p_time text[], p_zone float8
) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_day float8;
  v_month float8 := p_month;
  v_year float8;
  v_hour int := p_time[1]::int;
begin
  if v_month is not null and cardinality(p_numbers) = 1
    and p_numbers[1] not between 1 and 31
  then
    v_day := 1;
    v_year := p_numbers[1];
  elsif v_month is not null and cardinality(p_numbers) in (1, 2) then
    v_day := p_numbers[1];
    v_year := coalesce(p_numbers[2], 2001);
    if v_day > 31 and cardinality(p_numbers) = 2 then
      v_day := p_numbers[2];
      v_year := p_numbers[1];
    end if;
  elsif v_month is null and cardinality(p_numbers) in (2, 3) then
    v_month := p_numbers[1];
    v_day := p_numbers[2];
    v_year := coalesce(p_numbers[3], 2001);
    if v_month > 31 and cardinality(p_numbers) = 3 then
      v_year := p_numbers[1];
      v_month := p_numbers[2];
      v_day := p_numbers[3];
    end if;
  else
    return 'NaN';
  end if;
  if v_day not between 1 and 31 or v_month not between 1 and 12 then return 'NaN'; end if;
  if v_year < 50 then v_year := v_year + 2000;
  elsif v_year < 100 then v_year := v_year + 1900; end if;
  if v_hour > 24 or p_time[2]::int > 59 or p_time[3]::int > 59
    or p_time[5] is not null and v_hour not between 1 and 12 then return 'NaN'; end if;
  if p_time[5] is not null then
    v_hour := v_hour % 12 + case p_time[5] when 'pm' then 12 else 0 end;
  end if;
  return ratchet_internal.pipe_time(array[v_year, v_month - 1, v_day, coalesce(v_hour, 0),
    coalesce(p_time[2]::float8, 0) - p_zone, coalesce(p_time[3]::float8, 0),
    rpad(left(coalesce(p_time[4], '0'), 3), 3, '0')::float8]);
end $$;
comment on function ratchet_internal.pipe_loose_time(float8[], int, text[], float8) is
  'Milliseconds since 1970 of what was found in a loosely written date.';

-- sql/graph/pipe/date/pipe_parse_date.sql

-- Text as milliseconds since 1970: ISO 8601, or the loose English forms that JavaScript reads:
-- month names, month/day/year, am and pm, zones, remarks in brackets. NaN when it is neither.

create function ratchet_internal.pipe_parse_date(p_text text) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_zones constant jsonb := '{"ut": 0, "utc": 0, "gmt": 0, "z": 0, "est": -300, "edt": -240,
    "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420}';
  v_text text := lower(regexp_replace(p_text, '\([^()]*\)', ' ', 'g'));
  v_month int;
  v_zone float8 := 0;
  v_time text[];
  v_words text[];
  v_numbers float8[];
begin
  if length(p_text) > 200 then return 'NaN'; end if;
  v_numbers[1] := ratchet_internal.pipe_parse_iso(p_text);
  if v_numbers[1] is not null then return v_numbers[1]; end if;
  if p_text ~* '^[0-9]{4}-[0-9]{2}-[0-9]{2}T' then return 'NaN'; end if;
  v_time := regexp_match(v_text,
    '([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\.([0-9]+))?)?(?:\s*(am|pm)\y)?');
  if v_time is not null then
    v_text := regexp_replace(v_text,
      '[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}(\.[0-9]+)?)?(\s*(am|pm)\y)?', ' @ ');
  end if;
  v_words := regexp_match(v_text, '(?:@|gmt|utc?|z)\s*([-+])([0-9]{2}):?([0-9]{2})?\y');
  if v_words is not null then
    v_zone := (v_words[1] || '1')::int * (v_words[2]::int * 60 + coalesce(v_words[3]::int, 0));
    v_text := regexp_replace(v_text, '((?:@|gmt|utc?|z)\s*)[-+][0-9]{2}:?([0-9]{2})?\y', '\1');
  end if;
  if v_text ~ ':' then return 'NaN'; end if;
  v_words := array(select m[1] from regexp_matches(v_text, '([a-z]+)', 'g') as m);
  for i in 1..cardinality(v_words) loop
    if c_zones ? v_words[i] and v_words[i] <> '' then
      v_zone := v_zone + (c_zones ->> v_words[i])::float8;
    elsif v_words[i] ~ '^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)' then
      v_month := (strpos('janfebmaraprmayjunjulaugsepoctnovdec', left(v_words[i], 3)) + 2) / 3;
    elsif v_words[i] !~ '^(mon|tue|wed|thu|fri|sat|sun|t$)' then
      return 'NaN';
    end if;
  end loop;
  v_numbers := array(select m[1]::float8 from regexp_matches(v_text, '([0-9]{1,9})', 'g') as m);
  return ratchet_internal.pipe_loose_time(v_numbers, v_month, v_time, v_zone);
end $$;
comment on function ratchet_internal.pipe_parse_date(text) is
  'Text as milliseconds since 1970, by the wide rules of JavaScript; NaN when it is no date.';

-- sql/graph/pipe/date/pipe_usual_iso.sql

-- ISO 8601 text as pipe_parse_iso reads it: with separators, with the minutes of the day and of the
-- zone, without blanks. What is no such text comes back as something that is none either.

create function ratchet_internal.pipe_usual_iso(p_text text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := btrim(p_text, E' \t\n\r');
begin
  if length(p_text) > 100 or v_text !~ '^[-+]?[0-9]{4}' then return v_text; end if;
  if v_text ~ '^[0-9]{8}[Tt][0-9]{2}' then
    v_text := regexp_replace(v_text,
      '^([0-9]{4})([0-9]{2})([0-9]{2})[Tt]([0-9]{2})([0-9]{2})?([0-9]{2})?', '\1-\2-\3T\4:\5:\6');
    v_text := regexp_replace(v_text, ':{1,2}(?![0-9:])', '');
  end if;
  v_text := regexp_replace(v_text, '^([-+]?[0-9]+(-[0-9]{2}){2}[Tt ][0-9]{2})(?=\s*([Zz]|[-+]|$))',
    '\1:00');
  if v_text ~ ':' then
    v_text := regexp_replace(v_text, '\s+([Zz]|[-+][0-9]{2}(:?[0-9]{2})?)$', '\1');
    v_text := regexp_replace(v_text, '(:[0-9]{2}([.,][0-9]+)?[-+][0-9]{2})$', '\1:00');
  end if;
  return v_text;
end $$;
comment on function ratchet_internal.pipe_usual_iso(text) is
  'ISO 8601 text with separators and minutes, and without blanks.';

-- sql/graph/pipe/date/pipe_parse_iso.sql

-- ISO 8601 text as milliseconds since 1970; null when it is not ISO 8601, NaN when there is no such
-- date. Without a zone it is UTC. The parts are cut out by position: a regular expression that
-- captures them is fifty times slower than one that only matches. What is less usual is written as
-- the usual first: without separators, blanks around it or before the zone, hours alone.

create function ratchet_internal.pipe_parse_iso(p_text text) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_split int := strpos(translate(p_text, 't ', 'TT') || 'T', 'T');
  v_day text := left(p_text, v_split - 1);
  v_clock text := rtrim(substr(p_text, v_split + 1), 'Zz');
  v_width int := case when left(p_text, 1) in ('-', '+') then 7 else 4 end;
  v_zone text := '';
  v_month int;
  v_date int;
  v_hour int;
  v_minute int;
  v_second int;
  v_offset int := 0;
  v_usual text;
begin
  if p_text is null then return 'NaN'; end if;
  if p_text !~ ('^([-+][0-9]{2})?[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?([Tt ][0-9]{2}:[0-9]{2}'
    || '(:[0-9]{2}([.,][0-9]+)?)?([Zz]|[-+][0-9]{2}:?[0-9]{2})?)?$') then
    v_usual := ratchet_internal.pipe_usual_iso(p_text);
    return case when v_usual <> p_text then ratchet_internal.pipe_parse_iso(v_usual) end;
  end if;
  if v_clock ~ '[-+]' then
    v_zone := replace(substr(v_clock, strpos(translate(v_clock, '+', '-'), '-')), ':', '');
    v_clock := left(v_clock, strpos(translate(v_clock, '+', '-'), '-') - 1);
    v_offset := substr(v_zone, 2, 2)::int * 60 + right(v_zone, 2)::int;
    if substr(v_zone, 2, 2)::int > 23 or right(v_zone, 2)::int > 59 then return 'NaN'; end if;
    if left(v_zone, 1) = '-' then v_offset := -v_offset; end if;
  end if;
  v_month := coalesce(nullif(substr(v_day, v_width + 2, 2), ''), '1');
  v_date := coalesce(nullif(substr(v_day, v_width + 5, 2), ''), '1');
  v_hour := coalesce(nullif(left(v_clock, 2), ''), '0');
  v_minute := coalesce(nullif(substr(v_clock, 4, 2), ''), '0');
  v_second := coalesce(nullif(substr(v_clock, 7, 2), ''), '0');
  if v_month not between 1 and 12 or v_date not between 1 and 31 or v_hour > 24 or v_minute > 59
    or v_second > 59 or v_day like '-000000%'
    or v_hour = 24 and (v_minute > 0 or v_second > 0 or substr(v_clock, 10) ~ '[1-9]') then
    return 'NaN';
  end if;
  return ratchet_internal.pipe_time(array[left(v_day, v_width)::float8, v_month - 1, v_date,
    v_hour, v_minute - v_offset, v_second, rpad(substr(v_clock, 10, 3), 3, '0')::float8]);
end $$;
comment on function ratchet_internal.pipe_parse_iso(text) is
  'ISO 8601 text as milliseconds since 1970; null when it is not ISO 8601.';

-- sql/graph/pipe/date/pipe_time.sql

-- Milliseconds since 1970 of a year, month (from 0), day, hour, minute, second and millisecond in
-- UTC. Parts out of their range roll over. NaN when a part is not a finite number, or the time is
-- further from 1970 than a date may be.

create function ratchet_internal.pipe_time(p_parts float8[]) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_parts float8[];
  v_time float8;
begin
  for i in 1..7 loop
    if p_parts[i] is null or p_parts[i] in ('NaN', 'Infinity', '-Infinity')
      or abs(p_parts[i]) > 1e20 then return 'NaN'; end if;
    v_parts[i] := trunc(p_parts[i]);
  end loop;
  if abs(v_parts[1]) > 1e9 or abs(v_parts[2]) > 1e9 then return 'NaN'; end if;
  v_time := ratchet_internal.pipe_day_number(v_parts[1], v_parts[2], v_parts[3]) * 86400000
    + (v_parts[4] * 3600000 + v_parts[5] * 60000 + v_parts[6] * 1000 + v_parts[7]);
  return case when abs(v_time) > 8.64e15 then 'NaN' else v_time + 0 end;
end $$;
comment on function ratchet_internal.pipe_time(float8[]) is
  'Milliseconds since 1970 of seven parts of a date in UTC; NaN when there is no such date.';

-- sql/graph/pipe/cron/pipe_cron.sql

-- cron.nextDelay: whole seconds until the next tick of a cron expression in UTC, at least the five
-- seconds that timers are exact to; -1 for what is not text. The expressions are those of schedules
-- (sql/schedule), at most 1,000 characters long.
-- Raises: WF107.

create function ratchet_internal.pipe_cron(p_function text, p_args jsonb[]) returns jsonb
language plpgsql volatile parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_rule ratchet_internal.cron_rule;
  v_next timestamptz;
begin
  if jsonb_typeof(p_args[1]) is distinct from 'string' then return '-1'; end if;
  if length(p_args[1] #>> '{}') <= 1000 then
    v_rule := ratchet_internal.read_cron(ratchet_internal.pipe_trim(p_args[1] #>> '{}', 'both'));
  end if;
  if v_rule.months is not null then
    v_next := ratchet_internal.cron_next(v_rule, 'UTC', v_now);
  end if;
  if v_next is null then
    return ratchet_internal.pipe_fail(p_function, 'the text is not a cron expression');
  end if;
  return to_jsonb(greatest(ceil(extract(epoch from v_next - v_now)), 5)::int);
end $$;
comment on function ratchet_internal.pipe_cron(text, jsonb[]) is
  'Seconds until the next tick of a cron expression.';

-- sql/graph/pipe/run/pipe_step.sql

-- Follows a path from a value, one own property at a time: lists have positions and length, texts
-- nothing. The first argument is the value, the others are the steps.

create function ratchet_internal.pipe_step(p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_value jsonb := p_args[1];
begin
  for i in 2..cardinality(p_args) loop
    if jsonb_typeof(v_value) = 'string' then return null; end if;
    v_value := ratchet_internal.pipe_member(v_value, p_args[i] #>> '{}');
  end loop;
  return v_value;
end $$;
comment on function ratchet_internal.pipe_step(jsonb[]) is 'Follows a path from a value.';

-- sql/graph/pipe/run/pipe_members.sql

-- An object of the keys in the first argument and the values in the others; undefined ones are left
-- out.

create function ratchet_internal.pipe_members(p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce((
    select jsonb_object_agg(key, value) filter (where value is not null)
    from rows from (jsonb_array_elements_text(p_args[1]), unnest(p_args[2:])) as m (key, value)),
    '{}');
end $$;
comment on function ratchet_internal.pipe_members(jsonb[]) is
  'An object of keys and values; undefined ones are left out.';

-- sql/graph/pipe/run/pipe_store.sql

-- A value as it is stored: undefined members are dropped, undefined items and numbers that JSON
-- does not have are null, dates are ISO 8601 text, -0 is 0. SQL NULL stays undefined. What is
-- nested around a special value ends at a depth of 100.
-- Raises: WF506.

create function ratchet_internal.pipe_store(p_value jsonb, p_depth int default 0) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_typeof(p_value) not in ('object', 'array') then return p_value; end if;
  case ratchet_internal.pipe_kind(p_value)
    when 'undefined' then return null;
    when 'date' then return p_value -> 'value';
    when 'number' then
      return case when p_value ->> '$' = '-0' then '0'::jsonb else 'null' end;
    else
      if not p_value @? '$.**."$"' then return p_value; end if;
  end case;
  perform ratchet_internal.pipe_check_size('@pipe', p_depth, 100);
  if jsonb_typeof(p_value) = 'array' then
    return (
      select jsonb_agg(ratchet_internal.pipe_store(value, p_depth + 1) order by at)
      from jsonb_array_elements(p_value) with ordinality as i (value, at));
  end if;
  return (
    select coalesce(jsonb_object_agg(key, stored) filter (where stored is not null), '{}')
    from (
      select key, ratchet_internal.pipe_store(value, p_depth + 1) as stored
      from jsonb_each(p_value)) m);
end $$;
comment on function ratchet_internal.pipe_store(jsonb, int) is 'A value as it is stored.';

-- sql/graph/pipe/run/pipe_load.sql

-- The registers with which a program begins: its constants, then the references, group by group.

create function ratchet_internal.pipe_load(p_compiled jsonb, p_data jsonb) returns jsonb[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_parents text[] := p_compiled ->> 'parents';
  v_keys text[] := p_compiled ->> 'keys';
  v_registers jsonb[] := array(
    select nullif(value, '{"$": "undefined"}')
    from jsonb_array_elements(p_compiled -> 'constants') as k (value));
  v_parent jsonb;
begin
  for i in 1..cardinality(v_parents) loop
    v_parent := p_data #> v_parents[i]::text[];
    v_registers := v_registers || array(
      select nullif(v_parent #> array[key], '{"$": "undefined"}')
      from unnest(v_keys[i]::text[]) as k (key));
  end loop;
  return v_registers;
end $$;
comment on function ratchet_internal.pipe_load(jsonb, jsonb) is
  'The registers with which a program begins.';

-- sql/graph/pipe/run/pipe_check_held.sql

-- Refuses a value above 16 MiB, and one with which a program would hold more than 64 MiB. p_made is
-- how much was made since the registers were last added up; the new sum is given back.
-- Raises: WF506.

create function ratchet_internal.pipe_check_held(
  p_function text, p_value jsonb, p_made float8, p_registers jsonb[]
) returns float8
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_made float8 := p_made + pg_column_size(p_value);
begin
  perform ratchet_internal.pipe_check_size(p_function, pg_column_size(p_value));
  if v_made > 33554432 then
    v_made := (select sum(pg_column_size(value)) from unnest(p_registers) as r (value))
      + pg_column_size(p_value);
    perform ratchet_internal.pipe_check_size(p_function, v_made, 67108864);
  end if;
  return v_made;
end $$;
comment on function ratchet_internal.pipe_check_held(text, jsonb, float8, jsonb[]) is
  'Refuses a value that is too large, by itself or with all others of its program.';

-- sql/graph/pipe/pipe_family.sql

-- The function that computes a function of the mapping language, its family; null for one that does
-- not exist. This list is the only one of all functions, the aliases among them.

create function ratchet_internal.pipe_family(p_function text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select f.family
    from (values
      ('compare', 'conditional.(equality|strict_equality|inequality|strict_inequality
        |greater_than|less_than|greater_than_or_equal|less_than_or_equal|eq|neq|gt|gte|lt|lte)
        |number.(gte|lte|gt|lt)'),
      ('choose', 'conditional.(ternary|nullish)|logical.(and|or|not)|unary.not'),
      ('concat', 'string.concat'),
      ('text_find', 'string.(includes|indexOf|lastIndexOf|startsWith|endsWith|search)'),
      ('text_cut', 'string.(split|charAt|slice|substring)'),
      ('text_change', 'string.(toLowerCase|toUpperCase|trim|trimStart|trimEnd|padStart|padEnd
        |replace|repeat)'),
      ('arithmetic', 'math.(add|subtract|multiply|divide)'),
      ('list_read', 'array.(get|length|indexOf|join|lastIndexOf|pop|shift|slice)'),
      ('list_change', 'array.(concat|push|reverse|sort|splice|unshift)'),
      ('object_read', 'object.(get|keys|values|entries|getOwnPropertyNames|getOwnPropertySymbols
        |getOwnPropertyDescriptor)'),
      ('object_change', 'object.(set|create|fromEntries|assign|defineProperty|defineProperties)'),
      ('object_trait', 'object.(freeze|isFrozen|seal|isSealed|preventExtensions|isExtensible
        |hasOwnProperty|isPrototypeOf|propertyIsEnumerable)'),
      ('number', 'number.(isFinite|isEven|isOdd|isInteger|isNaN|parseFloat|parseInt|toFixed
        |toExponential|toPrecision)|unary.(positive|negative)'),
      ('math_many', 'math.(atan2|hypot|max|min|pow|random)|number.(max|min|pow|round)'),
      ('math', 'math.(abs|acos|acosh|asin|asinh|atan|atanh|cbrt|ceil|cos|cosh|exp|expm1|floor
        |fround|log|log10|log1p|log2|round|sign|sin|sinh|sqrt|tan|tanh|trunc)'),
      ('bits', 'bitwise.(and|or|xor|leftShift|rightShift|unsignedRightShift)|unary.bitwise_not
        |math.(clz32|imul)'),
      ('date_get', 'date.(get(UTC)?(Date|Day|FullYear|Hours|Milliseconds|Minutes|Month|Seconds)
        |getTime|getTimezoneOffset|valueOf)'),
      ('date_set', 'date.(set(UTC)?(Date|FullYear|Hours|Milliseconds|Minutes|Month|Seconds)
        |setTime)'),
      ('date_make', 'symbol.date|date.(fromISOString|now|yyyymmdd|parse|UTC)'),
      ('date_write', 'date.(toDateString|toISOString|toISOXString|toJSON|toLocaleDateString
        |toLocaleString|toLocaleTimeString|toString)'),
      ('symbol', 'symbol.(null|undefined|whitespace|object|array|posInfinity|negInfinity|NaN)'),
      ('json', 'json.(stringify|parse)'),
      ('cron', 'cron.nextDelay')) as f (family, names)
    where p_function
      ~ ('^(' || replace(regexp_replace(f.names, '\s+', '', 'g'), '.', '\.') || ')$'));
end $$;
comment on function ratchet_internal.pipe_family(text) is
  'The family of a function of the mapping language; null when there is no such function.';

-- sql/graph/pipe/pipe_apply.sql

-- Calls a function of the mapping language through its family, which was looked up before. It has
-- no search_path of its own so that it can be inlined into the loop of map_run: its body is bound
-- when it is created.

create function ratchet_internal.pipe_apply(
  p_family text, p_function text, p_args jsonb[]
) returns jsonb
language sql volatile
return case p_family
  when 'compare' then ratchet_internal.pipe_compare(p_function, p_args)
  when 'choose' then ratchet_internal.pipe_choose(p_function, p_args)
  when 'concat' then ratchet_internal.pipe_concat(p_function, p_args)
  when 'object_read' then ratchet_internal.pipe_object_read(p_function, p_args)
  when 'object_change' then ratchet_internal.pipe_object_change(p_function, p_args)
  when 'object_trait' then ratchet_internal.pipe_object_trait(p_function, p_args)
  when 'list_read' then ratchet_internal.pipe_list_read(p_function, p_args)
  when 'list_change' then ratchet_internal.pipe_list_change(p_function, p_args)
  when 'arithmetic' then ratchet_internal.pipe_arithmetic(p_function, p_args)
  when 'text_find' then ratchet_internal.pipe_text_find(p_function, p_args)
  when 'text_cut' then ratchet_internal.pipe_text_cut(p_function, p_args)
  when 'text_change' then ratchet_internal.pipe_text_change(p_function, p_args)
  when 'number' then ratchet_internal.pipe_number_call(p_function, p_args)
  when 'math' then ratchet_internal.pipe_math(p_function, p_args)
  when 'math_many' then ratchet_internal.pipe_math_many(p_function, p_args)
  when 'bits' then ratchet_internal.pipe_bits(p_function, p_args)
  when 'date_get' then ratchet_internal.pipe_date_get(p_function, p_args)
  when 'date_set' then ratchet_internal.pipe_date_set(p_function, p_args)
  when 'date_make' then ratchet_internal.pipe_date_make(p_function, p_args)
  when 'date_write' then ratchet_internal.pipe_date_write(p_function, p_args)
  when 'symbol' then ratchet_internal.pipe_symbol(p_function, p_args)
  when 'json' then ratchet_internal.pipe_json(p_function, p_args)
  when 'cron' then ratchet_internal.pipe_cron(p_function, p_args)
  when 'step' then ratchet_internal.pipe_step(p_args)
  when 'object' then ratchet_internal.pipe_members(p_args)
  when 'list' then ratchet_internal.pipe_list(p_args)
  when 'stored_list' then to_jsonb(p_args)
  when 'store' then case when jsonb_typeof(p_args[1]) in ('object', 'array')
    then ratchet_internal.pipe_store(p_args[1]) else p_args[1] end
  when 'fail' then ratchet_internal.pipe_fail(p_args[1] #>> '{}', p_args[2] #>> '{}')
  end;
comment on function ratchet_internal.pipe_apply(text, text, jsonb[]) is
  'Calls a function of the mapping language through its family.';

-- sql/graph/pipe/compile/pipe_program.sql

-- A program while it is being compiled. An expression becomes a straight line of calls over
-- numbered registers: constants and references are loaded before it begins, and each call writes
-- one register. While compiling, operands are numbered from 1000000 (constants), 2000000
-- (references) and 3000000 (results); pipe_finish makes registers of them.

create type ratchet_internal.pipe_program as (
  code int[],
  constants jsonb[],
  paths text[],
  families text[],
  functions text[],
  results int,
  variables int[],
  is_stored boolean,
  operand int,
  cells int[]
);
comment on type ratchet_internal.pipe_program is
  'A program while it is being compiled: its code, and what the code refers to.';

-- sql/graph/pipe/compile/pipe_start.sql

-- An empty program.

create function ratchet_internal.pipe_start(p_is_stored boolean)
returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program;
begin
  v_program.code := '{}';
  v_program.constants := '{}';
  v_program.paths := '{}';
  v_program.families := '{}';
  v_program.functions := '{}';
  v_program.results := 0;
  v_program.variables := '{}';
  v_program.is_stored := p_is_stored;
  return v_program;
end $$;
comment on function ratchet_internal.pipe_start(boolean) is 'An empty program.';

-- sql/graph/pipe/compile/pipe_emit_constant.sql

-- Adds a constant to a program, once however often it occurs. The operand is the constant.

create function ratchet_internal.pipe_emit_constant(
  p_program ratchet_internal.pipe_program, p_value jsonb
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_value jsonb := coalesce(p_value, '{"$": "undefined"}');
  v_at int := array_position(p_program.constants, v_value);
begin
  -- Equal is not the same for numbers: 1.0 and 1 are written differently.
  if v_at is null or p_program.constants[v_at]::text <> v_value::text then
    p_program.constants := p_program.constants || v_value;
    v_at := cardinality(p_program.constants);
  end if;
  p_program.operand := 1000000 + v_at;
  return p_program;
end $$;
comment on function ratchet_internal.pipe_emit_constant(
  ratchet_internal.pipe_program, jsonb) is
  'Adds a constant to a program.';

-- sql/graph/pipe/compile/pipe_emit_call.sql

-- Adds a call to a program: the operand is its result. A function that does not exist becomes a
-- call that fails, so that an expression fails only if it is evaluated.

create function ratchet_internal.pipe_emit_call(
  p_program ratchet_internal.pipe_program, p_family text, p_function text, p_operands int[]
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call int := array_position(p_program.functions, p_function);
begin
  if v_call is null then
    p_program.families := p_program.families || p_family;
    p_program.functions := p_program.functions || p_function;
    v_call := cardinality(p_program.functions);
  end if;
  p_program.results := p_program.results + 1;
  p_program.operand := 3000000 + p_program.results;
  p_program.code := p_program.code
    || array[v_call, p_program.operand, cardinality(p_operands)] || p_operands;
  return p_program;
end $$;
comment on function ratchet_internal.pipe_emit_call(
  ratchet_internal.pipe_program, text, text, int[]) is
  'Adds a call to a program.';

-- sql/graph/pipe/compile/pipe_emit_failure.sql

-- Adds a call that fails, for a row or a function that is wrong: evaluation reaches it or does not.

create function ratchet_internal.pipe_emit_failure(
  p_program ratchet_internal.pipe_program, p_function text, p_reason text
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program :=
    ratchet_internal.pipe_emit_constant(p_program, to_jsonb(p_function));
  v_function int := v_program.operand;
begin
  v_program := ratchet_internal.pipe_emit_constant(v_program, to_jsonb(p_reason));
  return ratchet_internal.pipe_emit_call(v_program, 'fail', '$fail',
    array[v_function, v_program.operand]);
end $$;
comment on function ratchet_internal.pipe_emit_failure(
  ratchet_internal.pipe_program, text, text) is
  'Adds a call that fails to a program.';

-- sql/graph/pipe/compile/map_compile.sql

-- Compiles a map, or a leaf of one, for map_run. What it makes is stored with the graph and run
-- with each activity.

create function ratchet_internal.map_compile(p_maps jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return ratchet_internal.pipe_finish(ratchet_internal.pipe_emit_map(
    ratchet_internal.pipe_start(true), p_maps));
end $$;
comment on function ratchet_internal.map_compile(jsonb) is
  'Compiles a map for map_run.';

-- sql/graph/pipe/compile/pipe_braced.sql

-- What stands between the braces of a reference or function; null for a literal.

create function ratchet_internal.pipe_braced(p_cell jsonb) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := case jsonb_typeof(p_cell) when 'string' then p_cell #>> '{}' end;
begin
  return case when left(v_text, 1) = '{' and right(v_text, 1) = '}' and length(v_text) > 1
    then substr(v_text, 2, length(v_text) - 2) end;
end $$;
comment on function ratchet_internal.pipe_braced(jsonb) is
  'What stands between the braces of a reference or function; null for a literal.';

-- sql/graph/pipe/compile/pipe_emit_cell.sql

-- Adds one cell: a literal, a reference, or a function, which is called with p_arguments.

create function ratchet_internal.pipe_emit_cell(
  p_program ratchet_internal.pipe_program, p_cell jsonb, p_arguments int[] default '{}'
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text := ratchet_internal.pipe_braced(p_cell);
  v_family text;
begin
  if v_name is null then
    return ratchet_internal.pipe_emit_constant(p_program, p_cell);
  elsif left(v_name, 1) <> '@' then
    return ratchet_internal.pipe_emit_reference(p_program, v_name);
  end if;
  v_name := substr(v_name, 2);
  v_family := ratchet_internal.pipe_family(v_name);
  if v_family is null then
    return ratchet_internal.pipe_emit_failure(p_program, v_name, 'there is no such function');
  end if;
  return ratchet_internal.pipe_emit_call(p_program, v_family, v_name, p_arguments);
end $$;
comment on function ratchet_internal.pipe_emit_cell(
  ratchet_internal.pipe_program, jsonb, int[]) is
  'Adds one cell of a row to a program: a literal, a reference or a function.';

-- sql/graph/pipe/compile/pipe_emit_map.sql

-- Adds a map: an object or list of maps, the leaves of which are single values. What a program
-- makes for storage is stored leaf by leaf, where functions made it: plain references and literals
-- are data as they are.

create function ratchet_internal.pipe_emit_map(
  p_program ratchet_internal.pipe_program, p_map jsonb
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program := p_program;
  v_operands int[] := '{}';
  v_item jsonb;
begin
  if jsonb_typeof(p_map) = 'object' and not p_map ? '@pipe' or jsonb_typeof(p_map) = 'array' then
    if jsonb_typeof(p_map) = 'object' then
      v_program := ratchet_internal.pipe_emit_constant(v_program, (
        select coalesce(jsonb_agg(key order by at), '[]')
        from jsonb_object_keys(p_map) with ordinality as k (key, at)));
      v_operands := array[v_program.operand];
    end if;
    for v_item in
      select coalesce(o.value, l.value)
      from (select 1) as always
      left join lateral jsonb_each(case jsonb_typeof(p_map) when 'object' then p_map end)
        with ordinality as o (key, value, at) on true
      left join lateral jsonb_array_elements(case jsonb_typeof(p_map) when 'array' then p_map end)
        with ordinality as l (value, at) on true
      where o.at is not null or l.at is not null order by o.at, l.at
    loop
      v_program := ratchet_internal.pipe_emit_map(v_program, v_item);
      v_operands := v_operands || v_program.operand;
    end loop;
    return case when jsonb_typeof(p_map) = 'object'
      then ratchet_internal.pipe_emit_call(v_program, 'object', '$object', v_operands)
      when v_program.is_stored
      then ratchet_internal.pipe_emit_call(v_program, 'stored_list', '$stored_list', v_operands)
      else ratchet_internal.pipe_emit_call(v_program, 'list', '$list', v_operands) end;
  end if;
  return ratchet_internal.pipe_emit_value(v_program, p_map);
end $$;
comment on function ratchet_internal.pipe_emit_map(ratchet_internal.pipe_program, jsonb) is
  'Adds a map to a program.';

-- sql/graph/pipe/compile/pipe_emit_reduce.sql

-- Adds a loop over a collection: -1 begins it, -2 takes the value of the body as the accumulator
-- and goes on with the next element. p_prior is the collection and the first accumulator. Variables
-- inside mean this loop; those of an outer one are seen only by what was compiled before.

create function ratchet_internal.pipe_emit_reduce(
  p_program ratchet_internal.pipe_program, p_body jsonb, p_prior int[]
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program := p_program;
  v_over int;
  v_first int;
  v_accumulator int := 3000001 + p_program.results;
  v_begin int;
begin
  v_program.results := v_program.results + 5;
  v_program := ratchet_internal.pipe_emit_constant(v_program, null);
  v_over := coalesce(p_prior[1], v_program.operand);
  v_program := ratchet_internal.pipe_emit_constant(v_program, 'null');
  v_first := coalesce(p_prior[2], v_program.operand);
  v_begin := cardinality(v_program.code) + 1;
  -- Results: accumulator, item, key, index, and the keys that are iterated. The last is where to go
  -- when there are no more.
  v_program.code := v_program.code || array[-1, v_accumulator, 7, v_over, v_first,
    v_accumulator + 1, v_accumulator + 2, v_accumulator + 3, v_accumulator + 4, 0];
  v_program.variables := array[v_over, v_accumulator, v_accumulator + 1, v_accumulator + 2,
    v_accumulator + 3];
  v_program := ratchet_internal.pipe_emit_rows(v_program, p_body, array[v_accumulator], null);
  v_program.code := v_program.code || array[-2, v_accumulator, 2, v_program.operand, v_begin];
  v_program.code[v_begin + 9] := cardinality(v_program.code) + 1;
  v_program.variables := p_program.variables;
  v_program.operand := v_accumulator;
  return v_program;
end $$;
comment on function ratchet_internal.pipe_emit_reduce(
  ratchet_internal.pipe_program, jsonb, int[]) is
  'Adds a loop over a collection to a program.';

-- sql/graph/pipe/compile/pipe_emit_reference.sql

-- Adds a reference: what can be followed by the path operator of Postgres is loaded before the
-- program begins; length and numbers that are written oddly are not, since the two languages differ
-- there. Iteration variables are results of the loop they are in.

create function ratchet_internal.pipe_emit_reference(
  p_program ratchet_internal.pipe_program, p_reference text
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program := p_program;
  v_steps text[] := case p_reference when '' then array[''] else string_to_array(p_reference, '.')
    end;
  v_fast int := 1;
  v_operands int[];
begin
  if p_reference ~ '^\$(item|key|index|input|output)' then
    v_program.operand := v_program.variables[
      array_position('{$input,$output,$item,$key,$index}', v_steps[1])];
    if v_program.operand is null then
      return ratchet_internal.pipe_emit_constant(v_program, null);
    end if;
  else
    while v_fast < cardinality(v_steps)
      and v_steps[v_fast + 1] !~ '^(length|\s*[-+][0-9]+|\s+[0-9]+|0[0-9]+)$' loop
      v_fast := v_fast + 1;
    end loop;
    v_operands := array[array_position(v_program.paths, v_steps[1:v_fast]::text)];
    if v_operands[1] is null then
      v_program.paths := v_program.paths || v_steps[1:v_fast]::text;
      v_operands[1] := cardinality(v_program.paths);
    end if;
    v_program.operand := 2000000 + v_operands[1];
  end if;
  if v_fast = cardinality(v_steps) then return v_program; end if;
  v_operands := array[v_program.operand];
  for i in v_fast + 1 .. cardinality(v_steps) loop
    v_program := ratchet_internal.pipe_emit_constant(v_program, to_jsonb(v_steps[i]));
    v_operands := v_operands || v_program.operand;
  end loop;
  return ratchet_internal.pipe_emit_call(v_program, 'step', '$step', v_operands);
end $$;
comment on function ratchet_internal.pipe_emit_reference(
  ratchet_internal.pipe_program, text) is
  'Adds a reference or an iteration variable to a program.';

-- sql/graph/pipe/compile/pipe_emit_row.sql

-- Adds a plain row; its cells are the operands of all cells. Without a row before it each cell
-- stands for itself, except that a function at the start of a nested pipe receives the row around
-- it. After another row the first cell must be a function, which receives that row, or an iteration
-- variable.

create function ratchet_internal.pipe_emit_row(
  p_program ratchet_internal.pipe_program, p_row jsonb, p_prior int[], p_outer int[]
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program := p_program;
  v_name text := ratchet_internal.pipe_braced(p_row -> 0);
  v_cells int[] := '{}';
begin
  if p_prior is not null and coalesce(v_name !~ '^(@|\$(item|key|index|input|output))', true) then
    v_program := ratchet_internal.pipe_emit_failure(v_program, '@pipe',
      'only the first row may begin with a value: the others begin with a function');
    v_program.cells := array[v_program.operand];
    return v_program;
  end if;
  for i in 0..jsonb_array_length(p_row) - 1 loop
    v_program := ratchet_internal.pipe_emit_cell(v_program, p_row -> i,
      case when i = 0 then coalesce(p_prior, p_outer, '{}') else '{}' end);
    v_cells := v_cells || v_program.operand;
  end loop;
  v_program.cells := v_cells;
  return v_program;
end $$;
comment on function ratchet_internal.pipe_emit_row(
  ratchet_internal.pipe_program, jsonb, int[], int[]) is
  'Adds a plain row of a pipe to a program.';

-- sql/graph/pipe/compile/pipe_emit_rows.sql

-- Adds the rows of a pipe; the operand is its value. p_prior is the row before the first one (in
-- the body of a reduce), p_outer the nearest row around a nested pipe: its first function receives
-- that. Which values a function receives depends on the rows alone, so all of this is settled here
-- and nothing of it is left to do at run time.

create function ratchet_internal.pipe_emit_rows(
  p_program ratchet_internal.pipe_program, p_rows jsonb, p_prior int[], p_outer int[]
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program := p_program;
  v_prior int[] := p_prior;
  v_queue int[] := '{}';
  v_row jsonb;
begin
  if jsonb_typeof(p_rows) is distinct from 'array' or p_rows = '[]' then
    return ratchet_internal.pipe_emit_failure(v_program, '@pipe', 'a pipe is a list of rows');
  end if;
  for v_row in
    select value from jsonb_array_elements(p_rows) with ordinality as r (value, at) order by at
  loop
    if jsonb_typeof(v_row) = 'object' and v_row ? '@pipe' then
      v_program := ratchet_internal.pipe_emit_rows(v_program, v_row -> '@pipe', null,
        coalesce(v_prior, p_outer));
      v_queue := v_queue || v_program.operand;
    elsif jsonb_typeof(v_row) = 'object' and v_row ? '@reduce' then
      if v_prior is null then
        return ratchet_internal.pipe_emit_failure(v_program, '@reduce',
          'there is no row before it that names a collection');
      end if;
      v_program := ratchet_internal.pipe_emit_reduce(v_program, v_row -> '@reduce', v_prior);
      v_prior := array[v_program.operand];
    elsif jsonb_typeof(v_row) <> 'array' then
      return ratchet_internal.pipe_emit_failure(v_program, '@pipe',
        'a row is a list, a nested pipe or a reduce');
    else
      if cardinality(v_queue) > 0 then
        v_prior := v_queue;
        v_queue := '{}';
      end if;
      v_program := ratchet_internal.pipe_emit_row(v_program, v_row, v_prior, p_outer);
      v_prior := v_program.cells;
    end if;
  end loop;
  if v_prior is null then
    return ratchet_internal.pipe_emit_failure(v_program, '@pipe',
      'nothing gathers what the nested pipes give');
  elsif cardinality(v_prior) = 0 then
    return ratchet_internal.pipe_emit_constant(v_program, null);
  end if;
  v_program.operand := v_prior[1];
  return v_program;
end $$;
comment on function ratchet_internal.pipe_emit_rows(
  ratchet_internal.pipe_program, jsonb, int[], int[]) is
  'Adds the rows of a pipe to a program.';

-- sql/graph/pipe/compile/pipe_emit_value.sql

-- Adds a single value: a literal, a reference, a function without arguments, or a pipe. An object
-- without a pipe in it is a literal.

create function ratchet_internal.pipe_emit_value(
  p_program ratchet_internal.pipe_program, p_value jsonb
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program;
begin
  if jsonb_typeof(p_value) = 'object' and p_value ? '@pipe' then
    v_program := ratchet_internal.pipe_emit_rows(p_program, p_value -> '@pipe', null, null);
  else
    v_program := ratchet_internal.pipe_emit_cell(p_program, p_value);
    if coalesce(ratchet_internal.pipe_braced(p_value) !~ '^@', true) then
      return v_program;
    end if;
  end if;
  return case when v_program.is_stored then ratchet_internal.pipe_emit_call(v_program, 'store',
    '$store', array[v_program.operand]) else v_program end;
end $$;
comment on function ratchet_internal.pipe_emit_value(ratchet_internal.pipe_program, jsonb) is
  'Adds a single value to a program.';

-- sql/graph/pipe/compile/pipe_finish.sql

-- The finished program, with registers for operands: constants first, then references, then
-- results. References are grouped by all but their last step, so that what they share is looked up
-- once. Lists of names and numbers are kept as array literals, which Postgres reads faster than
-- JSON.
-- Raises: WF506.

create function ratchet_internal.pipe_finish(p_program ratchet_internal.pipe_program)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_constants int := cardinality(p_program.constants);
  v_paths int := cardinality(p_program.paths);
  v_places int[];
  v_parents text[];
  v_keys text[];
  v_code int[];
begin
  perform ratchet_internal.pipe_check_size('@pipe', cardinality(p_program.code), 999999);
  v_places := array(
    select row_number() over (order by (path::text[])[1:cardinality(path::text[]) - 1], at)
    from unnest(p_program.paths) with ordinality as p (path, at) order by at);
  select coalesce(array_agg(parent::text order by parent), '{}'),
    coalesce(array_agg(keys::text order by parent), '{}')
  into v_parents, v_keys
  from (
    select steps[1:cardinality(steps) - 1] as parent,
      array_agg(steps[cardinality(steps)] order by at) as keys
    from (select path::text[] as steps, at
      from unnest(p_program.paths) with ordinality as p (path, at)) s
    group by 1) g;
  v_code := array(
    select case when n < 1000000 then n when n < 2000000 then n - 1000000
      when n < 3000000 then v_constants + v_places[n - 2000000]
      else v_constants + v_paths + n - 3000000 end
    from unnest(p_program.code || p_program.operand) with ordinality as c (n, at) order by at);
  return jsonb_build_object(
    'constants', to_jsonb(p_program.constants),
    'parents', v_parents::text,
    'keys', v_keys::text,
    'families', p_program.families::text,
    'functions', p_program.functions::text,
    'code', v_code[1:cardinality(v_code) - 1]::text,
    'result', v_code[cardinality(v_code)]);
end $$;
comment on function ratchet_internal.pipe_finish(ratchet_internal.pipe_program) is
  'The finished program.';

-- sql/graph/pipe/compile/value_compile.sql

-- Compiles a single value for map_run. Unlike map_compile it leaves an object without a pipe, and a
-- list, as they are. What comes out is a value as it is evaluated, not as it is stored.

create function ratchet_internal.value_compile(p_expression jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return ratchet_internal.pipe_finish(ratchet_internal.pipe_emit_value(
    ratchet_internal.pipe_start(false), p_expression));
end $$;
comment on function ratchet_internal.value_compile(jsonb) is
  'Compiles a single value for map_run.';

-- sql/graph/pipe/compile/pipe_row_references.sql

-- The references in the rows of a pipe or a reduce, with the path from there.

create function ratchet_internal.pipe_row_references(p_rows jsonb)
returns table (reference text[], path text[])
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_typeof(p_rows) is distinct from 'array' then return; end if;
  return query
    select n.reference, array[(m.at - 1)::text, i.step] || n.path
    from jsonb_array_elements(p_rows) with ordinality as m (value, at)
    cross join lateral (
      select (c.at - 1)::text as step, c.value
      from jsonb_array_elements(case jsonb_typeof(m.value) when 'array' then m.value end)
        with ordinality as c (value, at)
      where jsonb_typeof(c.value) = 'string') i
    cross join lateral ratchet_internal.pipe_references(i.value) as n
    union all
    select n.reference, array[(m.at - 1)::text, k.key] || n.path
    from jsonb_array_elements(p_rows) with ordinality as m (value, at)
    cross join (values ('@pipe'), ('@reduce')) as k (key)
    cross join lateral ratchet_internal.pipe_row_references(
      case jsonb_typeof(m.value) when 'object' then m.value -> k.key end) as n;
end $$;
comment on function ratchet_internal.pipe_row_references(jsonb) is
  'The references in the rows of a pipe or a reduce.';

-- sql/graph/pipe/compile/pipe_references.sql

-- The references that an expression reads, each as its steps, with the path in the expression where
-- it stands. Iteration variables are not references. An expression is a single value, a map or the
-- rows of a pipe; literals inside of rows are not searched.

create function ratchet_internal.pipe_references(p_expression jsonb)
returns table (reference text[], path text[])
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text := ratchet_internal.pipe_braced(p_expression);
begin
  if v_name is not null and v_name !~ '^(@|\$(item|key|index|input|output))' then
    return query select case v_name when '' then array[''] else string_to_array(v_name, '.') end,
      '{}'::text[];
  elsif jsonb_typeof(p_expression) = 'object' and p_expression ? '@pipe' then
    return query
      select n.reference, array['@pipe'] || n.path
      from ratchet_internal.pipe_row_references(p_expression -> '@pipe') as n;
  elsif jsonb_typeof(p_expression) = 'object' then
    return query
      select n.reference, array[m.key] || n.path
      from jsonb_each(p_expression) as m
      cross join lateral ratchet_internal.pipe_references(m.value) as n;
  elsif jsonb_typeof(p_expression) = 'array' then
    return query
      select n.reference, array[(m.at - 1)::text] || n.path
      from jsonb_array_elements(p_expression) with ordinality as m (value, at)
      cross join lateral ratchet_internal.pipe_references(m.value) as n;
  end if;
end $$;
comment on function ratchet_internal.pipe_references(jsonb) is
  'The references that an expression reads, and where they stand in it.';

-- sql/graph/pipe/compile/pipe_row_problems.sql

-- What is wrong with the rows of a pipe, or of a reduce, which has a row before its first one.

create function ratchet_internal.pipe_row_problems(
  p_rows jsonb, p_path text[], p_is_reduce boolean
) returns table (path text[], message text)
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_has_prior boolean := p_is_reduce;
  v_has_queue boolean := false;
  v_row jsonb;
  v_path text[];
begin
  if cardinality(p_path) > 200 then
    return query select p_path, 'This is nested too deep: at most 100 levels can be evaluated.';
    return;
  end if;
  if jsonb_typeof(p_rows) is distinct from 'array' or p_rows = '[]' then
    return query select p_path, format('%s needs a list with at least one row.',
      p_path[cardinality(p_path)]);
    return;
  end if;
  for i in 0..jsonb_array_length(p_rows) - 1 loop
    v_row := p_rows -> i;
    v_path := p_path || i::text;
    if jsonb_typeof(v_row) = 'array' then
      if (v_has_prior or v_has_queue) and coalesce(ratchet_internal.pipe_braced(v_row -> 0)
        !~ '^(@|\$(item|key|index|input|output))', true) then
        return query select v_path || '0'::text,
          'Every row but the first must begin with a function or an iteration variable.';
      end if;
      return query
        select n.path, n.message
        from jsonb_array_elements(v_row) with ordinality as c (value, at)
        cross join lateral ratchet_internal.pipe_problems(c.value, v_path || (c.at - 1)::text) as n
        where jsonb_typeof(c.value) = 'string';
      v_has_prior := true;
      v_has_queue := false;
    elsif jsonb_typeof(v_row) = 'object' and v_row ? '@pipe' then
      v_has_queue := true;
      return query select * from ratchet_internal.pipe_row_problems(v_row -> '@pipe',
        v_path || '@pipe'::text, false);
    elsif jsonb_typeof(v_row) = 'object' and v_row ? '@reduce' then
      if not v_has_prior then
        return query select v_path, 'A @reduce needs a row before it that names the collection.';
      end if;
      return query select * from ratchet_internal.pipe_row_problems(v_row -> '@reduce',
        v_path || '@reduce'::text, true);
    else
      return query select v_path, 'A row is a list of cells, a nested @pipe or a @reduce.';
    end if;
  end loop;
  if not v_has_prior then
    return query select p_path, 'A row must gather what the nested pipes give.';
  end if;
end $$;
comment on function ratchet_internal.pipe_row_problems(jsonb, text[], boolean) is
  'What is wrong with the rows of a pipe or a reduce, and where.';

-- sql/graph/pipe/compile/pipe_problems.sql

-- What is wrong with an expression, whatever data it meets: rows in the wrong shape, functions that
-- do not exist. p_path is where the expression stands; each problem has the path to itself.

create function ratchet_internal.pipe_problems(p_expression jsonb, p_path text[])
returns table (path text[], message text)
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text := ratchet_internal.pipe_braced(p_expression);
begin
  if cardinality(p_path) > 200 then
    return query select p_path, 'This is nested too deep: at most 100 levels can be evaluated.';
  elsif v_name ~ '^@' then
    return query
      select p_path, format('There is no function "%s".', left(substr(v_name, 2), 100))
      where ratchet_internal.pipe_family(substr(v_name, 2)) is null;
  elsif jsonb_typeof(p_expression) = 'object' and p_expression ? '@pipe' then
    return query
      select * from ratchet_internal.pipe_row_problems(p_expression -> '@pipe',
        p_path || '@pipe'::text, false);
  elsif jsonb_typeof(p_expression) = 'object' then
    return query
      select n.path, n.message
      from jsonb_each(p_expression) as m
      cross join lateral ratchet_internal.pipe_problems(m.value, p_path || m.key) as n;
  elsif jsonb_typeof(p_expression) = 'array' then
    return query
      select n.path, n.message
      from jsonb_array_elements(p_expression) with ordinality as m (value, at)
      cross join lateral ratchet_internal.pipe_problems(m.value,
        p_path || (m.at - 1)::text) as n;
  end if;
end $$;
comment on function ratchet_internal.pipe_problems(jsonb, text[]) is
  'What is wrong with an expression, and where.';

-- sql/graph/pipe/run/map_run.sql

-- Runs a compiled map, or a compiled single value, over the data it refers to. Null is undefined.
-- Bounded: 1,000,000 calls in loops, 64 MiB of values at a time, 16 MiB each. Numbers are written
-- with all their digits whatever the session wants.
-- Raises: WF107, WF506.

create function ratchet_internal.map_run(p_compiled jsonb, p_data jsonb) returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set extra_float_digits = 1
as $$
declare
  c int[] := p_compiled ->> 'code';
  v_families text[] := p_compiled ->> 'families';
  v_functions text[] := p_compiled ->> 'functions';
  r jsonb[] := ratchet_internal.pipe_load(p_compiled, p_data);
  v_at int := 1;
  v_end int := cardinality(c);
  v_count int;
  v_args jsonb[];
  v_value jsonb;
  v_made float8 := 0;
  v_work float8 := 0;
begin
  while v_at <= v_end loop
    v_count := c[v_at + 2];
    if c[v_at] > 0 then
      if v_count = 2 then
        v_args := array[r[c[v_at + 3]], r[c[v_at + 4]]];
      elsif v_count = 1 then
        v_args := array[r[c[v_at + 3]]];
      else
        v_args := '{}';
        for i in 1..v_count loop v_args[i] := r[c[v_at + 2 + i]]; end loop;
      end if;
      v_value := ratchet_internal.pipe_apply(v_families[c[v_at]], v_functions[c[v_at]], v_args);
      if pg_column_size(v_value) > 16384 then
        v_made := ratchet_internal.pipe_check_held(v_functions[c[v_at]], v_value, v_made, r);
        v_work := v_work + pg_column_size(v_value) / 16384;
      end if;
      r[c[v_at + 1]] := v_value;
      v_at := v_at + 3 + v_count;
      continue;
    end if;
    -- A loop begins (-1) or has run its body (-2). Its operands, from v_at + 3: collection, first
    -- accumulator, item, key, index, keys, where it ends.
    if c[v_at] = -2 then
      r[c[v_at + 1]] := r[c[v_at + 3]];
      v_at := c[v_at + 4];
      v_count := r[c[v_at + 7]]::int + 1;
    else
      r[c[v_at + 1]] := coalesce(r[c[v_at + 4]], 'null');
      r[c[v_at + 8]] := case when jsonb_typeof(r[c[v_at + 3]]) is distinct from 'array'
        then to_jsonb(ratchet_internal.pipe_keys(r[c[v_at + 3]])) end;
      v_count := 0;
    end if;
    if v_count >= jsonb_array_length(coalesce(r[c[v_at + 8]], r[c[v_at + 3]])) then
      v_at := c[v_at + 9];
      continue;
    end if;
    r[c[v_at + 6]] := coalesce(r[c[v_at + 8]] -> v_count, to_jsonb(v_count::text));
    r[c[v_at + 5]] := ratchet_internal.pipe_member(r[c[v_at + 3]], r[c[v_at + 6]] #>> '{}');
    r[c[v_at + 7]] := to_jsonb(v_count);
    v_work := v_work + (c[v_at + 9] - v_at) / 5;
    if v_work > 1000000 then
      perform ratchet_internal.pipe_check_size('@reduce', v_work, 1000000);
    end if;
    v_at := v_at + 10;
  end loop;
  return r[(p_compiled -> 'result')::int];
end $$;
comment on function ratchet_internal.map_run(jsonb, jsonb) is
  'Runs a compiled map or single value over data.';

-- sql/graph/pipe/run/pipe_value.sql

-- Evaluates one single value over data; null is undefined. For something that is evaluated once:
-- what is evaluated often is compiled first (value_compile).
-- Raises: WF107, WF506.

create function ratchet_internal.pipe_value(p_expression jsonb, p_data jsonb) returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if ratchet_internal.pipe_braced(p_expression) is null
    and not (jsonb_typeof(p_expression) = 'object' and p_expression ? '@pipe') then
    return nullif(p_expression, '{"$": "undefined"}');
  end if;
  return ratchet_internal.map_run(ratchet_internal.value_compile(p_expression), p_data);
end $$;
comment on function ratchet_internal.pipe_value(jsonb, jsonb) is
  'Evaluates one single value over data; null is undefined.';

-- sql/graph/pipe/rule/rule_compile.sql

-- Compiles the condition of a transition for rule_holds: codes as texts, and the actual values of
-- its matches. true, and null, always hold.

create function ratchet_internal.rule_compile(p_rule jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_typeof(p_rule) is distinct from 'object' then
    return case when p_rule = 'false' then '{"codes": []}'::jsonb else '{}' end;
  end if;
  return jsonb_build_object(
    'codes', case jsonb_typeof(p_rule -> 'code')
      when 'array' then (
        select coalesce(jsonb_agg(to_jsonb(code)), '[]')
        from jsonb_array_elements_text(p_rule -> 'code') as c (code))
      else jsonb_build_array(coalesce(p_rule ->> 'code', '200')) end,
    'is_any', coalesce(p_rule ->> 'gate' = 'or', false),
    'matches', case jsonb_typeof(p_rule -> 'match') when 'array' then (
      select coalesce(jsonb_agg(jsonb_build_object('expected', m -> 'expected',
        'actual', ratchet_internal.value_compile(m -> 'actual')) order by at), '[]')
      from jsonb_array_elements(p_rule -> 'match') with ordinality as i (m, at)) end);
end $$;
comment on function ratchet_internal.rule_compile(jsonb) is
  'Compiles the condition of a transition for rule_holds.';

-- sql/graph/pipe/rule/rule_holds.sql

-- Whether the condition of a transition holds for the code and the data of the activity that ended.
-- Expected values are literals and compared strictly. The matches are looked at one by one, and
-- none after it is settled.
-- Raises: WF107, WF506.

create function ratchet_internal.rule_holds(p_compiled jsonb, p_code int, p_data jsonb)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_any boolean := (p_compiled -> 'is_any')::boolean;
  v_match jsonb;
begin
  if p_compiled ? 'codes' and not p_compiled -> 'codes' ? p_code::text then return false; end if;
  if coalesce(p_compiled -> 'matches', 'null') = 'null' then return true; end if;
  for v_match in
    select m from jsonb_array_elements(p_compiled -> 'matches') with ordinality as i (m, at)
    order by at
  loop
    if ratchet_internal.pipe_is_same(nullif(v_match -> 'expected', '{"$": "undefined"}'),
      ratchet_internal.map_run(v_match -> 'actual', p_data)) = v_is_any then return v_is_any;
    end if;
  end loop;
  return not v_is_any;
end $$;
comment on function ratchet_internal.rule_holds(jsonb, int, jsonb) is
  'Whether the condition of a transition holds.';

-- sql/graph/pipe/pipe_call.sql

-- Calls one function of the mapping language: for people who want to try it, and for tests. Special
-- values are tagged in and out: {"$": "undefined"}, {"$": "NaN"}, {"$": "date", "value": …}.
-- Raises: WF107, WF506.

create function ratchet.pipe_call(fn text, args jsonb default '[]') returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set extra_float_digits = 1
as $$
declare
  v_family text := ratchet_internal.pipe_family(fn);
  v_result jsonb;
begin
  if v_family is null then
    return ratchet_internal.pipe_fail(fn, 'there is no such function');
  elsif jsonb_typeof(args) is distinct from 'array' then
    return ratchet_internal.pipe_fail(fn, 'the arguments are not a list');
  end if;
  v_result := ratchet_internal.pipe_apply(v_family, fn, ratchet_internal.pipe_items(args));
  perform ratchet_internal.pipe_check_size(fn, coalesce(pg_column_size(v_result), 0));
  return coalesce(v_result, '{"$": "undefined"}');
end $$;
comment on function ratchet.pipe_call(text, jsonb) is
  'Calls one function of the mapping language; special values are tagged objects.';

-- sql/graph/pipe/pipe_eval.sql

-- Evaluates a pipe, given as its rows or as {"@pipe": rows}, over data. Special values are tagged
-- in and out.
-- Raises: WF107, WF506.

create function ratchet.pipe_eval(pipe jsonb, data jsonb default '{}') returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(ratchet_internal.pipe_value(case
    when jsonb_typeof(pipe) = 'object' and pipe ? '@pipe' then pipe
    else jsonb_build_object('@pipe', pipe) end, data), '{"$": "undefined"}');
end $$;
comment on function ratchet.pipe_eval(jsonb, jsonb) is
  'Evaluates a pipe over data; special values are tagged objects.';

-- sql/graph/pipe/pipe_map.sql

-- Resolves a map over data: the same shape with values for expressions. Undefined members are left
-- out; special values are tagged in and out.
-- Raises: WF107, WF506.

create function ratchet.pipe_map(maps jsonb, data jsonb default '{}') returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(ratchet_internal.map_run(ratchet_internal.pipe_finish(
    ratchet_internal.pipe_emit_map(ratchet_internal.pipe_start(false), maps)), data),
    '{"$": "undefined"}');
end $$;
comment on function ratchet.pipe_map(jsonb, jsonb) is
  'Resolves a map over data; special values are tagged objects.';

-- sql/graph/graph.sql

-- Graphs: broadcasts, to those who listen at the moment.

-- sql/graph/broadcast/expect_reply.sql

-- Promises the first broadcast of a job to a subscription. A subscription that has ended meanwhile
-- gets nothing. Writes: replies. Idempotent: the last call for a job counts.

create function ratchet_internal.expect_reply(p_space text, p_job text, p_subscription text)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into ratchet_internal.replies (job, namespace, subscription)
  select p_job, p_space, s.id from ratchet_internal.subscriptions s where s.id = p_subscription
  for key share
  on conflict (job, namespace) do update set subscription = excluded.subscription
$$;
comment on function ratchet_internal.expect_reply(text, text, text) is
  'Promises the first broadcast of a job to a subscription.';

-- sql/graph/broadcast/take_reply.sql

-- The subscription that was promised the first broadcast of a job, which it gets only once. Events
-- that a workflow of the same id emits are no such broadcast, and leave the promise alone.
-- Writes: replies.

create function ratchet_internal.take_reply(p_space text, p_job text) returns text
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  delete from ratchet_internal.replies where job = p_job and namespace = p_space
  returning subscription
$$;
comment on function ratchet_internal.take_reply(text, text) is
  'The subscription that was promised the first broadcast of a job; the promise is gone then.';

-- sql/graph/broadcast/broadcast.sql

-- Writes a broadcast to all who listen to it now: to its topic, to topic.job, to a pattern that
-- fits either; and to the subscription p_reply, which was promised it. Rows of owners that have
-- fallen silent are not written. The share of the lock on a subscription keeps it from vanishing
-- under its new row.
-- Locks: subscriptions (key share). Writes: broadcasts. Wakes: whoever listens.

create function ratchet_internal.broadcast(
  p_space text, p_topic text, p_job text, p_reply text, p_payload json
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_channel text := p_topic || '.' || p_job;
begin
  insert into ratchet_internal.broadcasts (subscription, topic, job, payload)
  select s.id, p_topic, p_job, p_payload
  from ratchet_internal.subscriptions s
  where s.expires_at > v_now and s.id in (
    select p_reply
    union
    select e.id from ratchet_internal.subscriptions e
    where not e.is_glob and e.namespace = p_space and e.pattern in (p_topic, v_channel)
    union
    select g.id from ratchet_internal.subscriptions g
    cross join lateral (
      select replace(regexp_replace(g.pattern, '([\\%_])', '\\\1', 'g'), '*', '%')) l (fits)
    where g.is_glob and g.namespace = p_space and (p_topic like l.fits or v_channel like l.fits)
      and (p_topic !~ '^[$]' or g.pattern ~ '^[$]'))
  order by s.id for key share skip locked;
  if found then
    perform pg_notify('ratchet_broadcasts', '');
  end if;
end $$;
comment on function ratchet_internal.broadcast(text, text, text, text, json) is
  'Writes a broadcast of a job to all who listen to it; nothing where nobody does.';

-- sql/graph/broadcast/post.sql

-- Sends a message to all who listen to a topic of an app at this moment. Topics of people begin
-- with "$", which those of graphs never do. Writes: broadcasts. Raises: WF101. Wakes: listeners.

create function ratchet.post(
  p_topic text, p_message json, p_app text, p_namespace text default 'hmsh'
) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_name(p_topic, 'topic');
  perform ratchet_internal.check_name(p_app, 'app');
  if p_message is not null then
    perform ratchet_internal.broadcast(p_namespace || ':' || p_app, '$' || p_topic, null, null,
      p_message);
  end if;
end $$;
comment on function ratchet.post(text, json, text, text) is
  'Sends a message to all who listen to "$" and a topic of an app.';

-- sql/graph/broadcast/subscribe.sql

-- Listens to broadcasts from now on: of a topic, of one job (topic.job), or of all that fit a
-- pattern in which * stands for any characters; without any, only to the replies to this
-- subscription. It lasts for p_lease_seconds: call again well before, it renews. Subscriptions
-- that have ended are removed.
-- Writes: subscriptions. Raises: WF101, WF104. Idempotent: the last call of an id counts.

create function ratchet.subscribe(
  p_id text, p_owner text, p_space text, p_pattern text default null,
  p_is_glob boolean default false, p_lease_seconds int default 60
) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
begin
  perform ratchet_internal.check_name(p_id, 'subscription');
  perform ratchet_internal.check_name(p_owner, 'owner');
  perform ratchet_internal.check_name(p_space, 'namespace');
  perform ratchet_internal.check_name(coalesce(p_pattern, '-'), 'topic');
  if p_lease_seconds is null or p_lease_seconds not between 1 and 3600 then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'lease_seconds', 'value', p_lease_seconds),
      'Give a lease from 1 to 3600 seconds.');
  end if;
  delete from ratchet_internal.subscriptions where id in (
    select id from ratchet_internal.subscriptions
    where expires_at < v_now - interval '1 minute' order by id for update skip locked);
  insert into ratchet_internal.subscriptions (id, owner, namespace, pattern, is_glob, expires_at)
  values (p_id, p_owner, p_space, p_pattern, coalesce(p_is_glob and p_pattern is not null, false),
    v_now + make_interval(secs => p_lease_seconds))
  on conflict (id) do update
  set owner = excluded.owner, namespace = excluded.namespace, pattern = excluded.pattern,
    is_glob = excluded.is_glob, expires_at = excluded.expires_at;
end $$;
comment on function ratchet.subscribe(text, text, text, text, boolean, int) is
  'Listens to the broadcasts of a topic, of one job (topic.job) or of a pattern with *.';

-- sql/graph/broadcast/unsubscribe.sql

-- Ends subscriptions and drops what was not taken. Unknown ids are ignored.
-- Writes: subscriptions, broadcasts, replies.

create function ratchet.unsubscribe(p_ids text[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from ratchet_internal.subscriptions where id in (
    select id from ratchet_internal.subscriptions
    where id = any (p_ids) order by id for update)
$$;
comment on function ratchet.unsubscribe(text[]) is
  'Ends subscriptions; what was not taken is dropped.';

-- sql/graph/broadcast/take_broadcasts.sql

-- What has come for an owner, in the order in which it was written. Rows stay until a later call
-- names them in p_seen: an answer that gets lost is given again. Writes: broadcasts.

create function ratchet.take_broadcasts(
  p_owner text, p_seen bigint[] default '{}', p_limit int default 1000
) returns table (id bigint, subscription text, topic text, job text, payload json)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from ratchet_internal.broadcasts b
  using ratchet_internal.subscriptions s
  where b.id = any (p_seen) and s.id = b.subscription and s.owner = p_owner;
  return query
    select b.id, b.subscription, b.topic, b.job, b.payload
    from ratchet_internal.subscriptions s
    join ratchet_internal.broadcasts b on b.subscription = s.id
    where s.owner = p_owner
    order by b.id limit p_limit;
end $$;
comment on function ratchet.take_broadcasts(text, bigint[], int) is
  'What has come for the subscriptions of an owner; named as seen by a later call, it is dropped.';

-- Graphs: the instances that serve an app, and how fast they may be.

-- sql/graph/fleet/throttle.sql

-- Pauses (-1), slows down (milliseconds between two batches) or resumes (0) what engines and
-- workers of an app take: those of one worker topic, of one instance (guid), of one scope (engines
-- or workers), or all. But for an instance the rate is kept, and holds for those that come later;
-- one for a scope takes the place of those for its topics. Returns how many routes it changed now.
-- Locks: routes, in their order. Writes: throttles, worker_routes. Raises: WF104. Wakes: workers.

create function ratchet.throttle(
  p_throttle int, p_app text, p_topic text default null, p_guid text default null,
  p_scope text default null, p_namespace text default 'hmsh'
) returns int
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_space text := p_namespace || ':' || p_app;
  v_scope text := case when p_topic is not null then 'workers' else coalesce(p_scope, 'all') end;
  v_changed int;
begin
  if p_throttle is null or p_throttle < -1 or v_scope not in ('engines', 'workers', 'all') then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('throttle', p_throttle, 'scope', p_scope), 'Throttle must be -1 (pause) '
      || 'or a number of milliseconds, 0 to resume; scope engines, workers or all.');
  end if;
  if p_guid is null then
    delete from ratchet_internal.throttles
    where namespace = v_space and (p_topic is null or queue = p_topic)
      and (v_scope = 'all' or is_engine = (v_scope = 'engines'));
    insert into ratchet_internal.throttles (namespace, is_engine, queue, rate)
    select v_space, e, coalesce(p_topic, ''), p_throttle from unnest(array[true, false]) e
    where (v_scope = 'all' or e = (v_scope = 'engines'))
      and (p_throttle <> 0 or p_topic is not null)
    on conflict (namespace, is_engine, queue) do update set rate = excluded.rate;
  end if;
  update ratchet_internal.worker_routes r
  set throttle_ms = nullif(p_throttle, 0), opens_at = case when p_throttle < 0 then 'infinity'
    when p_throttle > 0 then '-infinity' end::timestamptz
  from (
    select f.worker_id, f.queue, f.workflow, f.namespace from ratchet_internal.worker_routes f
    where f.namespace = v_space and (p_topic is null or f.queue = p_topic)
      and (v_scope = 'all' or (f.workflow <> '') = (v_scope = 'engines'))
      and (p_guid is null or exists (select from ratchet_internal.members m
        where m.guid = p_guid and (m.worker_id, m.queue, m.workflow, m.namespace)
          = (f.worker_id, f.queue, f.workflow, f.namespace)))
    order by f.worker_id, f.queue, f.workflow for update) s
  where (r.worker_id, r.queue, r.workflow, r.namespace)
    = (s.worker_id, s.queue, s.workflow, s.namespace);
  get diagnostics v_changed = row_count;
  perform pg_notify('ratchet', '');
  return v_changed;
end $$;
comment on function ratchet.throttle(int, text, text, text, text, text) is
  'Pauses, slows down or resumes the engines and workers of an app; returns how many routes.';

-- sql/graph/fleet/report_profile.sql

-- What an instance says of itself now, as it serves a queue. Writes: members.

create function ratchet.report_profile(p_worker bigint, p_guid text, p_queue text, p_profile json)
returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update ratchet_internal.members set profile = p_profile
  where worker_id = p_worker and guid = p_guid and queue = p_queue
$$;
comment on function ratchet.report_profile(bigint, text, text, json) is
  'Sets what an instance says of itself.';

-- sql/graph/fleet/roll_call.sql

-- The running engines and workers of an app: what each serves, how much waits for it and since when
-- (of what is due), its rate, after how long a silence its work goes to others, and how often an
-- execution may be lost like that, and what it says of itself. Engines come first.

create function ratchet.roll_call(p_app text, p_namespace text default 'hmsh')
returns table (
  guid text, worker_topic text, stream_depth bigint, waited_ms float8, throttle int,
  reclaim_delay_ms bigint, reclaim_count int, inited timestamptz, worker bigint, profile json)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.guid, case when m.workflow = '' then m.queue end, w.depth, coalesce(w.waited_ms, 0),
    coalesce(r.throttle_ms, 0), p.lease_seconds * 1000::bigint,
    case when m.workflow <> '' then 10 when r.retry is null then 5
      else least(greatest(ratchet_internal.number_of(r.retry, 'maximumAttempts', 3), 5), 1e9)::int
    end,
    m.joined_at, m.worker_id, m.profile
  from ratchet_internal.members m
  join ratchet_internal.workers p on p.id = m.worker_id
  join ratchet_internal.worker_routes r
    on (r.worker_id, r.queue, r.workflow, r.namespace)
      = (m.worker_id, m.queue, m.workflow, m.namespace)
  cross join lateral (
    select count(*) as depth, greatest(
      extract(epoch from ratchet_internal.now() - min(w.due_at)) * 1000, 0)::float8 as waited_ms
    from ratchet_internal.messages w
    where w.queue = m.queue and w.workflow = m.workflow and w.namespace = m.namespace
      and w.worker_id is null
      and w.kind = case when m.workflow = '' then 'activity' else 'result' end) w
  where m.namespace = p_namespace || ':' || p_app
  order by m.workflow = '', m.queue, m.joined_at, m.guid
$$;
comment on function ratchet.roll_call(text, text) is
  'The running engines and workers of an app, with their backlog and their rate.';

-- Graphs: what is wrong with a document, said all at once when it is deployed.

-- sql/graph/check/members.sql

-- The members of what should be an object; none of anything else.

create function ratchet_internal.members(p_value jsonb) returns table (key text, value jsonb)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select key, value
  from jsonb_each(case when jsonb_typeof(p_value) = 'object' then p_value else '{}' end)
$$;
comment on function ratchet_internal.members(jsonb) is
  'Members of an object; no rows for any other value.';

-- sql/graph/check/items.sql

-- The items of what should be a list, numbered from 0; none of anything else.

create function ratchet_internal.items(p_value jsonb) returns table (at int, value jsonb)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select ordinality::int - 1, value
  from jsonb_array_elements(case when jsonb_typeof(p_value) = 'array' then p_value else '[]' end)
    with ordinality
$$;
comment on function ratchet_internal.items(jsonb) is
  'Items of a list, numbered from 0; no rows for any other value.';

-- sql/graph/check/kind_of.sql

-- What a value is, for messages.

create function ratchet_internal.kind_of(p_value jsonb) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case jsonb_typeof(p_value) when 'object' then 'an object' when 'array' then 'a list'
    when 'string' then format('the text "%s"', left(p_value #>> '{}', 40))
    when 'number' then format('the number %s', left(p_value #>> '{}', 40))
    when 'boolean' then p_value #>> '{}' when 'null' then 'null' else 'missing' end
$$;
comment on function ratchet_internal.kind_of(jsonb) is
  'What a value is, in words: an object, a list, the text "x".';

-- sql/graph/check/edit_distance.sql

-- How many characters must be put in, left out or exchanged to make one word of another; null
-- where a word has more than 64 characters: the work grows with the product of their lengths.

create function ratchet_internal.edit_distance(p_word text, p_other text) returns int
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row int[] := array(select generate_series(0, length(p_other)));
  v_next int[];
begin
  if p_word is null or p_other is null or greatest(length(p_word), length(p_other)) > 64 then
    return null;
  end if;
  for v_i in 1 .. length(p_word) loop
    v_next := array[v_i];
    for v_j in 1 .. length(p_other) loop
      v_next[v_j + 1] := least(v_next[v_j] + 1, v_row[v_j + 1] + 1,
        v_row[v_j] + (substr(p_word, v_i, 1) <> substr(p_other, v_j, 1))::int);
    end loop;
    v_row := v_next;
  end loop;
  return v_row[length(p_other) + 1];
end $$;
comment on function ratchet_internal.edit_distance(text, text) is
  'Levenshtein distance of two words of at most 64 characters; null for longer ones.';

-- sql/graph/check/nearest_word.sql

-- What somebody may have meant: the word that is nearest, if any is near enough. Words of more than
-- 64 characters are compared with none.

create function ratchet_internal.nearest_word(p_word text, p_words text[]) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select word from (
    select w as word,
      ratchet_internal.edit_distance(lower(p_word), lower(w)) as distance
    from unnest(p_words) w
    -- No word is nearer than their lengths are.
    where abs(length(w) - length(p_word)) <= greatest((length(w) + 1) / 3, 1)) near
  where distance <= (length(word) + 1) / 3 or distance = 1
  order by distance, word limit 1
$$;
comment on function ratchet_internal.nearest_word(text, text[]) is
  'The word of a list that is most like the given one; null when none is like it.';

-- sql/graph/check/graph_without_nulls.sql

-- A graph without what was named and left empty, which is null in YAML: transitions, hooks, their
-- lists, and the optional parts of activities with their maps.

create function ratchet_internal.graph_without_nulls(p_graph jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when jsonb_typeof(p_graph) = 'object' then coalesce((
    select jsonb_object_agg(g.key, case
      when g.key in ('transitions', 'hooks') and jsonb_typeof(g.value) = 'object' then coalesce((
        select jsonb_object_agg(m.key, m.value)
        from ratchet_internal.members(g.value) m where m.value <> 'null'), '{}')
      when g.key = 'activities' and jsonb_typeof(g.value) = 'object' then coalesce((
        select jsonb_object_agg(a.key, case when jsonb_typeof(a.value) = 'object' then coalesce((
          select jsonb_object_agg(o.key, case when o.key = any (part.names) and o.value
            -> 'maps' = 'null' then o.value - 'maps' else o.value end)
          from ratchet_internal.members(a.value) o
          where o.value <> 'null' or o.key <> all (part.names)), '{}') else a.value end)
        from ratchet_internal.members(g.value) a), '{}')
      else g.value end)
    from ratchet_internal.members(p_graph) g
    where g.value <> 'null' or g.key not in ('transitions', 'hooks')), '{}') else p_graph end
  from (select array['input', 'output', 'job', 'signal', 'resolver', 'telemetry', 'escalation',
    'stats', 'retry'] as names) part
$$;
comment on function ratchet_internal.graph_without_nulls(jsonb) is
  'A graph without the optional parts that are null.';

-- sql/graph/check/graph_normal.sql

-- A document may leave out what can be told without it: a top level with activities is one graph,
-- one with graphs is a list of them, and either may stand within app too. The app is then the one
-- it is deployed to, its version 1. Optional parts that are null are not there. What is no object
-- comes back as an app without graphs.

create function ratchet_internal.graph_normal(p_document jsonb, p_app text) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('app', (body - array['activities', 'transitions', 'hooks', 'subscribes',
      'publishes', 'expire', 'persistent', 'input', 'output'])
    || jsonb_build_object(
      'id', coalesce(body -> 'id', to_jsonb(p_app)),
      'version', case jsonb_typeof(body -> 'version') when 'number'
        then to_jsonb(body ->> 'version') else coalesce(body -> 'version', '"1"') end,
      'graphs', case
        when jsonb_typeof(body -> 'graphs') = 'array' then coalesce((
          select jsonb_agg(ratchet_internal.graph_without_nulls(i.value) order by i.at)
          from ratchet_internal.items(body -> 'graphs') i), '[]')
        when not body ? 'graphs' and body ? 'activities' then jsonb_build_array(
          ratchet_internal.graph_without_nulls(body - array['id', 'version', 'settings']))
        else coalesce(body -> 'graphs', '[]') end))
  from (select case when jsonb_typeof(given -> 'app') = 'object' then given -> 'app'
    else given end as body
    from (select case when jsonb_typeof(p_document) = 'object' then p_document
      else '{}' end as given) document) app
$$;
comment on function ratchet_internal.graph_normal(jsonb, text) is
  'A document in its full form: {"app": {"id", "version", "settings", "graphs": [...]}}.';

-- sql/graph/check/given_path.sql

-- Where a place of the full form stands in the document as it was given.

create function ratchet_internal.given_path(p_document jsonb, p_path text[]) returns text[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when is_wrapped then array['app'] else '{}' end
    || case when p_path[2] = 'graphs' and not coalesce(body ? 'graphs', false)
      then p_path[4:] else p_path[2:] end
  from (select jsonb_typeof(p_document -> 'app') is not distinct from 'object' as is_wrapped) form
  cross join lateral (select case when is_wrapped then p_document -> 'app'
    else p_document end as body) part
$$;
comment on function ratchet_internal.given_path(jsonb, text[]) is
  'Path in the document as given of a path in its full form.';

-- sql/graph/check/graph_grammar.sql

-- The options of a document, as data: owner, option ('#': a response code), form, for which types
-- of activity (null: any), and the words it may be. Forms:
--   object, list, named, listed   one, a list, a map, or a map of lists of the owner named by part
--   map, value, tree              expressions: a map of them, one, or either
--   text, number, boolean, codes  a literal of that kind
--   any                           not looked into
--   idle                          understood, and without any effect

create function ratchet_internal.graph_grammar()
returns table (owner text, option text, form text, part text, types text, choices text)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select g.owner, o.option, g.form, g.part, g.types, g.choices
  from (values
    ('document', 'app', 'object', 'app', null, null),
    ('app', 'id version', 'text', null, null, null),
    ('app', 'graphs', 'list', 'graph', null, null),
    ('graph', 'subscribes publishes', 'text', null, null, null),
    ('graph', 'expire', 'value', null, null, null),
    ('graph', 'persistent', 'idle', null, null, null),
    ('graph', 'input output', 'any', null, null, null),
    ('app', 'settings', 'any', null, null, null),
    ('graph', 'activities', 'named', 'activity', null, null),
    ('graph', 'transitions', 'listed', 'transition', null, null),
    ('graph', 'hooks', 'listed', 'rule', null, null),
    ('transition', 'to', 'text', null, null, null),
    ('transition', 'conditions', 'object', 'conditions', null, null),
    ('conditions', 'code', 'codes', null, null, null),
    ('conditions', 'gate', 'text', null, null, 'and or'),
    ('conditions', 'match', 'list', 'match', null, null),
    ('match', 'expected', 'any', null, null, null),
    ('match', 'actual', 'value', null, null, null),
    ('rule', 'to', 'text', null, null, null),
    ('rule', 'conditions', 'object', 'key', null, null),
    ('key', 'gate', 'text', null, null, 'and or'),
    ('key', 'match', 'list', 'sides', null, null),
    ('sides', 'expected actual', 'value', null, null, null),
    ('activity', 'type', 'text', null, null,
      'trigger worker await hook activity signal cycle interrupt'),
    ('activity', 'title', 'any', null, null, null),
    ('activity', 'topic', 'value', null, 'worker await signal interrupt', null),
    ('activity', 'subtype', 'text', null, 'worker await signal', null),
    ('activity', 'input', 'object', 'maps', 'trigger worker await cycle hook activity', null),
    ('activity', 'output', 'object', 'maps', null, null),
    ('activity', 'job', 'object', 'maps', null, null),
    ('maps', 'maps', 'map', null, null, null), ('maps', 'schema', 'any', null, null, null),
    ('maps', '#', 'object', 'maps', null, null),
    ('escalation', 'role type subtype entity description priority originId parentId initiatedBy '
      'traceId spanId expiresAt taskQueue workflowType', 'value', null, null, null),
    ('escalation', 'metadata envelope', 'tree', null, null, null),
    ('activity', 'telemetry', 'map', null, null, null),
    ('activity', 'emit persist', 'value', null, null, null),
    ('activity', 'expire statusThreshold', 'value', null, null, null),
    ('activity', 'persistent statusThresholdType settings collationInt eventName timeout',
      'idle', null, null, null),
    ('activity', 'retry', 'any', null, 'worker await', null),
    ('activity', 'stats', 'object', 'stats', 'trigger', null),
    ('activity', 'entity', 'value', null, 'trigger', null),
    ('activity', 'await', 'value', null, 'await', null),
    ('activity', 'sleep', 'value', null, 'hook activity', null),
    ('activity', 'hook', 'any', null, 'hook activity', null),
    ('activity', 'cycle', 'boolean', null, 'hook activity', null),
    ('activity', 'escalation', 'object', 'escalation', 'hook activity', null),
    ('activity', 'signal resolver', 'object', 'maps', 'signal', null),
    ('activity', 'status code key_name key_value scrub', 'value', null, 'signal interrupt', null),
    ('activity', 'ancestor', 'text', null, 'cycle', null),
    ('activity', 'target reason throw stack', 'value', null, 'interrupt', null),
    ('activity', 'descend', 'idle', null, 'interrupt', null),
    ('stats', 'id key', 'value', null, null, null),
    ('stats', 'granularity', 'text', null, null, '5m 10m 15m 30m 1h infinity'),
    ('stats', 'measures', 'list', 'measure', null, null),
    ('stats', 'parent adjacent', 'idle', null, null, null),
    ('measure', 'measure', 'text', null, null, 'count sum avg mdn index max min'),
    ('measure', 'target', 'value', null, null, null)
  ) as g (owner, options, form, part, types, choices)
  cross join lateral string_to_table(g.options, ' ') o (option)
$$;
comment on function ratchet_internal.graph_grammar() is
  'The options that a graph document may have, and what each of them is.';

-- sql/graph/check/document_options.sql

-- Every option that a document in its full form has, with what the grammar knows of it: a form of
-- null means that the grammar does not know it there.

create function ratchet_internal.document_options(p_normal jsonb)
returns table (path text[], owner text, option text, value jsonb, graph int, activity text,
  type text, form text, part text, types text, choices text)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  with recursive grammar as materialized (select * from ratchet_internal.graph_grammar()),
  node as (
    select '{}'::text[] as path, 'document' as owner, p_normal as value, null::int as graph,
      null::text as activity, null::text as type
    union all
    select inner_path, option.part, inner_value,
      case when option.part = 'graph' then inner_path[3]::int else option.graph end,
      case option.part when 'activity' then inner_path[5] when 'transition' then inner_path[5]
        when 'rule' then inner_value ->> 'to' else option.activity end,
      case when option.part = 'activity' then inner_value ->> 'type' else option.type end
    from (
      select n.*, n.path || m.key as option_path, m.value as option_value, g.form, g.part
      from node n
      cross join lateral ratchet_internal.members(n.value) m
      join grammar g on g.owner = n.owner and g.part is not null
        and g.option = case when m.key ~ '^[0-9]+$' then '#' else m.key end) option
    cross join lateral (
      select option_path, option_value where form = 'object'
      union all
      select option_path || i.at::text, i.value from ratchet_internal.items(option_value) i
      where form = 'list'
      union all
      select option_path || m.key, m.value from ratchet_internal.members(option_value) m
      where form = 'named'
      union all
      select option_path || m.key || i.at::text, i.value
      from ratchet_internal.members(option_value) m
      cross join lateral ratchet_internal.items(m.value) i where form = 'listed'
    ) inside (inner_path, inner_value))
  select n.path || m.key, n.owner, m.key, m.value, n.graph, n.activity, n.type, g.form, g.part,
    g.types, g.choices
  from node n
  cross join lateral ratchet_internal.members(n.value) m
  left join grammar g on g.owner = n.owner
    and g.option = case when m.key ~ '^[0-9]+$' then '#' else m.key end
$$;
comment on function ratchet_internal.document_options(jsonb) is
  'The options that a document in its full form has, each with its entry in the grammar.';

-- sql/graph/check/document_activities.sql

-- Every activity of a document in its full form, with its place.

create function ratchet_internal.document_activities(p_normal jsonb)
returns table (graph int, path text[], activity text, type text, body jsonb)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select g.at, array['app', 'graphs', g.at::text, 'activities', a.key], a.key,
    a.value ->> 'type', a.value
  from ratchet_internal.items(p_normal #> '{app,graphs}') g
  cross join lateral ratchet_internal.members(g.value -> 'activities') a
$$;
comment on function ratchet_internal.document_activities(jsonb) is
  'The activities of a document in its full form, each with its graph and its path.';

-- sql/graph/check/document_transitions.sql

-- Every transition of a document in its full form, with its place.

create function ratchet_internal.document_transitions(p_normal jsonb)
returns table (graph int, path text[], source text, target text, body jsonb)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select g.at, array['app', 'graphs', g.at::text, 'transitions', f.key, t.at::text], f.key,
    case when jsonb_typeof(t.value -> 'to') = 'string' then t.value ->> 'to' end, t.value
  from ratchet_internal.items(p_normal #> '{app,graphs}') g
  cross join lateral ratchet_internal.members(g.value -> 'transitions') f
  cross join lateral ratchet_internal.items(f.value) t
$$;
comment on function ratchet_internal.document_transitions(jsonb) is
  'The transitions of a document in its full form, each with its graph and its path.';

-- sql/graph/check/document_lineage.sql

-- Who comes before whom: each activity with every activity on its way from the trigger. One that
-- is an ancestor of its own stands in a circle.

create function ratchet_internal.document_lineage(p_normal jsonb)
returns table (graph int, activity text, ancestor text)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  with recursive step as materialized (
    select distinct t.graph, t.source, t.target
    from ratchet_internal.document_transitions(p_normal) t where t.target is not null),
  lineage as (
    select s.graph, s.target, s.source from step s
    union
    select l.graph, s.target, l.source
    from lineage l join step s on s.graph = l.graph and s.source = l.target)
  select * from lineage
$$;
comment on function ratchet_internal.document_lineage(jsonb) is
  'Each activity with each of its ancestors.';

-- sql/graph/check/document_expressions.sql

-- Every expression of a document in its full form: options that are one, and the leaves of maps.

create function ratchet_internal.document_expressions(p_normal jsonb)
returns table (path text[], graph int, activity text, owner text, option text, value jsonb)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  with recursive leaf as (
    select o.path, o.graph, o.activity, o.owner, o.option, o.value,
      o.form in ('map', 'tree') as is_map
    from ratchet_internal.document_options(p_normal) o where o.form in ('map', 'tree', 'value')
    union all
    select l.path || m.key, l.graph, l.activity, l.owner, l.option, m.value, true
    from leaf l cross join lateral (
      select key, value from ratchet_internal.members(l.value) where not l.value ? '@pipe'
      union all
      select at::text, value from ratchet_internal.items(l.value)) m
    where l.is_map)
  select l.path, l.graph, l.activity, l.owner, l.option, l.value from leaf l
  where not l.is_map or jsonb_typeof(l.value) not in ('object', 'array') or l.value ? '@pipe'
$$;
comment on function ratchet_internal.document_expressions(jsonb) is
  'The expressions of a document in its full form, each with its path.';

-- sql/graph/check/problems_of_app.sql

-- What the document as a whole lacks; of its full form and, for what that hides, as it was given.

create function ratchet_internal.problems_of_app(p_document jsonb, p_normal jsonb, p_app text)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array['app'], null, 'error',
    format('the document is %s and should be an object',
      ratchet_internal.kind_of(p_document)), 'Give a map with app, or with activities.'
  where jsonb_typeof(p_document) is distinct from 'object'
  union all
  select array['app', 'id'], null, 'error', p.message, p.hint
  from (select p_normal #>> '{app,id}' as id) app
  cross join lateral (
    select format('the app id "%s" is invalid', left(id, 60)) as message,
      'Use letters, digits and "-".' as hint where id !~ '^[A-Za-z0-9-]+$'
    union all
    select 'the app id "a" is reserved', 'Choose another id.' where id = 'a'
    union all
    select format('the document is of app "%s" and is deployed to app "%s"', left(id, 60), p_app),
      'Set app.id to the id of this app, or deploy to the other one.' where id <> p_app
  ) p
  union all
  select array['app', 'version'], null, 'error',
    format('the version "%s" does not look like a number',
      left(p_normal #>> '{app,version}', 60)), 'Write ''1'', ''2'' or ''2.1''.'
  where p_normal #>> '{app,version}' !~ '^[0-9]{1,9}(\.[0-9]{1,9}){0,3}$'
  union all
  select array['app', 'graphs'], null, 'error', 'the document has no graph',
    'Give app.graphs with at least one graph; or activities, for one graph without an app.'
  where jsonb_typeof(p_document) = 'object'
    and p_normal #> '{app,graphs}' in ('[]', 'null')
  union all
  select array['', m.key], null, 'warning', format('unknown option "%s"', m.key),
    'Beside app nothing is read.'
  from ratchet_internal.members(p_document) m
  where jsonb_typeof(p_document -> 'app') = 'object' and m.key <> 'app' and m.key !~ '^x-'
$$;
comment on function ratchet_internal.problems_of_app(jsonb, jsonb, text) is
  'What is wrong with the app of a document: its id, its version, whether it has graphs.';

-- sql/graph/check/problems_of_names.sql

-- Options that mean nothing where they stand: a typing error, mostly. Names that begin with x- are
-- left to their authors.

create function ratchet_internal.problems_of_names(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select o.path, o.activity, 'warning',
    case when o.form is null then format('unknown option "%s"', o.option)
      when o.form = 'idle' then format('option "%s" has no effect', o.option)
      else format('option "%s" has no effect on an activity of type %s', o.option, o.type) end,
    case when o.option = '$ref' then 'References are resolved in files: deploy a path.'
      when o.form is null then coalesce(
      'Did you mean "' || ratchet_internal.nearest_word(o.option, known.options) || '"?',
      format('Known here: %s.', array_to_string(known.options, ', '))) end
  from ratchet_internal.document_options(p_normal) o
  cross join lateral (
    select array_agg(g.option order by g.option) as options
    from ratchet_internal.graph_grammar() g
    where g.owner = o.owner and g.form <> 'idle' and g.option <> '#'
      and (g.types is null or o.type is null or o.type = any (string_to_array(g.types, ' '))))
    known
  where o.option !~ '^x-'
    and (o.form is null or o.form = 'idle'
      or not o.type = any (string_to_array(o.types, ' ')))
$$;
comment on function ratchet_internal.problems_of_names(jsonb) is
  'Warnings for options that are unknown, or mean nothing where they stand.';

-- sql/graph/check/problems_of_shape.sql

-- Options that are of another kind than they should be, or have a literal that has no meaning.

create function ratchet_internal.problems_of_shape(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with option as materialized (
    select o.*, jsonb_typeof(o.value) as kind from ratchet_internal.document_options(p_normal) o),
  wanted (form, kinds, words) as (values
    ('object', 'object', 'an object'), ('list', 'array', 'a list'), ('map', 'object', 'an object'),
    ('named', 'object', 'an object'), ('listed', 'object', 'an object of lists'),
    ('text', 'string', 'text'), ('boolean', 'boolean', 'true or false'),
    ('codes', 'number string array', 'a number, text, or a list of these'))
  select o.path, o.activity, 'error',
    format('"%s" is %s and should be %s', o.option, ratchet_internal.kind_of(o.value), w.words),
    null
  from option o join wanted w on w.form = o.form
  where not o.kind = any (string_to_array(w.kinds, ' '))
  union all
  select o.path || i.step, coalesce(o.activity, case when o.part = 'activity' then i.step[1] end),
    'error', format('%s is %s and should be %s', coalesce(o.part, 'code'),
      ratchet_internal.kind_of(i.value), i.words), null
  from option o
  cross join lateral (
    select array[at::text], value, 'an object', 'object'
    from ratchet_internal.items(o.value) where o.form = 'list'
    union all
    select array[at::text], value, 'a number or text', 'number string'
    from ratchet_internal.items(o.value) where o.form = 'codes'
    union all
    select array[key], value, 'an object', 'object'
    from ratchet_internal.members(o.value) where o.form = 'named'
    union all
    select array[key], value, 'a list', 'array'
    from ratchet_internal.members(o.value) where o.form = 'listed'
    union all
    select array[m.key, l.at::text], l.value, 'an object', 'object'
    from ratchet_internal.members(o.value) m
    cross join lateral ratchet_internal.items(m.value) l where o.form = 'listed'
  ) i (step, value, words, kinds)
  where not jsonb_typeof(i.value) = any (string_to_array(i.kinds, ' '))
  union all
  select o.path, o.activity, 'error',
    format('unknown %s "%s"', o.option, left(o.value #>> '{}', 60)),
    coalesce('Did you mean "' || ratchet_internal.nearest_word(o.value #>> '{}', c.words) || '"? ',
      '') || format('Give one of: %s.', array_to_string(c.words, ', '))
  from option o cross join lateral (select string_to_array(o.choices, ' ')) c (words)
  where o.kind = 'string' and not (o.value #>> '{}') = any (c.words)
$$;
comment on function ratchet_internal.problems_of_shape(jsonb) is
  'Errors for options of the wrong kind, and for words that have no meaning.';

-- sql/graph/check/problems_of_graphs.sql

-- What each graph lacks: its topics, its activities, its one trigger.

create function ratchet_internal.problems_of_graphs(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with graph as materialized (
    select g.at, array['app', 'graphs', g.at::text] as path, g.value as body,
      coalesce(g.value -> 'subscribes', 'null') as subscribes,
      row_number() over (partition by coalesce(g.value -> 'subscribes', 'null') order by g.at) as n,
      (select array_agg(a.activity) from ratchet_internal.document_activities(p_normal) a
        where a.graph = g.at and a.type = 'trigger') as triggers
    from ratchet_internal.items(p_normal #> '{app,graphs}') g
    where jsonb_typeof(g.value) = 'object')
  select g.path || p.step, case when p.step[1] = 'activities' then p.step[2] end, 'error',
    p.message, p.hint
  from graph g
  cross join lateral (
    select array['subscribes'] as step,
      format('two graphs subscribe to "%s"', g.subscribes #>> '{}') as message,
      'Each topic starts one graph.' as hint where g.n > 1 and g.subscribes <> 'null'
    union all
    select '{}', 'two graphs have no subscribes', 'At most one graph of an app, the one'
      || ' that receives every topic without a graph of its own, may leave it out.'
    where g.n > 1 and g.subscribes = 'null'
    union all
    select array[t.option], format('%s "%s" is no topic', t.option, left(t.topic #>> '{}', 60)),
      'Use 1 to 512 characters without control characters, the first of them no "." or "$".'
    from (values ('subscribes', g.subscribes), ('publishes', g.body -> 'publishes'))
      as t (option, topic)
    where jsonb_typeof(t.topic) = 'string' and (not ratchet_internal.is_name(t.topic #>> '{}')
      or t.topic #>> '{}' ~ '^[.$]')
    union all
    select '{}', 'the graph has no activities', 'Give it a trigger at least.'
    where coalesce(g.body -> 'activities', '{}') = '{}'
    union all
    select array['activities'], 'the graph has no trigger',
      'Exactly one of its activities must have type: trigger.'
    where g.triggers is null and g.body -> 'activities' <> '{}'
    union all
    select array['activities', t.id, 'type'], format('the graph has %s triggers: %s',
      cardinality(g.triggers), array_to_string(g.triggers, ', ')),
      'Exactly one of its activities must have type: trigger.'
    from unnest(g.triggers[2:]) t (id)
  ) p (step, message, hint)
$$;
comment on function ratchet_internal.problems_of_graphs(jsonb) is
  'What is wrong with each graph as a whole: its topics and its trigger.';

-- sql/graph/check/problems_of_activities.sql

-- What each activity lacks for what it is.

create function ratchet_internal.problems_of_activities(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with activity as materialized (
    select a.*, row_number() over (partition by a.activity order by a.graph) as n
    from ratchet_internal.document_activities(p_normal) a),
  lineage as materialized (select * from ratchet_internal.document_lineage(p_normal))
  select a.path || p.step, a.activity, 'error', p.message, p.hint
  from activity a
  cross join lateral (
    select '{}'::text[] as step, format('the activity id "%s" is invalid', left(a.activity, 60))
        as message, 'Begin with a letter or "_"; go on with letters, digits, "_" and "-".' as hint
    where a.activity !~ '^[A-Za-z_][A-Za-z0-9_-]{0,127}$'
    union all
    select '{}', format('the activity id "%s" is used twice', a.activity),
      'Ids are unique across all graphs of an app.' where a.n > 1
    union all
    select '{}', 'the activity has no type', 'Give one of: trigger, worker, await, hook, signal, '
      || 'cycle, interrupt.' where jsonb_typeof(a.body) = 'object' and a.body -> 'type' is null
    union all
    select '{}', format('the %s has no topic', a.type), case a.type
      when 'worker' then 'Name the topic that its workers serve.'
      when 'await' then 'Name what the graph that is to run subscribes to.'
      else 'Name a topic of hooks.' end
    where a.type in ('worker', 'await', 'signal') and coalesce(a.body ->> 'topic', '') = ''
      and (a.type = 'signal' or coalesce(a.body ->> 'subtype', '') = '')
    union all
    select array['topic'], format('the topic is %s', ratchet_internal.kind_of(a.body -> 'topic')),
      'Give a topic as text, or an expression.'
    where a.body ? 'topic' and a.type in ('worker', 'await', 'signal', 'interrupt')
      and not (jsonb_typeof(a.body -> 'topic') = 'string'
        or jsonb_typeof(a.body -> 'topic') = 'object' and a.body -> 'topic' ? '@pipe')
    union all
    select '{}', 'the cycle has no ancestor', 'Name the activity to go back to.'
    where a.type = 'cycle' and a.body -> 'ancestor' is null
    union all
    select array['ancestor'], format('the ancestor "%s" does not exist', left(c.ancestor, 60)),
      'Did you mean "' || ratchet_internal.nearest_word(c.ancestor,
        array(select o.activity from activity o where o.graph = a.graph)) || '"?'
    from (select a.body ->> 'ancestor') c (ancestor)
    where a.type = 'cycle'
      and not exists (select from activity o where o.activity = c.ancestor and o.graph = a.graph)
    union all
    select array['ancestor'], format('the ancestor "%s" is not on the path from the trigger to '
      '"%s"', o.activity, a.activity), 'A cycle goes back to an activity that it comes from.'
    from activity o
    where a.type = 'cycle' and o.activity = a.body ->> 'ancestor' and o.graph = a.graph
      and not exists (select from lineage l
        where (l.graph, l.activity, l.ancestor) = (a.graph, a.activity, o.activity))
    union all
    select array['ancestor'], format('the ancestor "%s" is the trigger', o.activity),
      'Put a hook after the trigger and go back to that.'
    from activity o
    where a.type = 'cycle' and o.activity = a.body ->> 'ancestor' and o.type = 'trigger'
  ) p
$$;
comment on function ratchet_internal.problems_of_activities(jsonb) is
  'What is wrong with each activity: its id, and what its type requires.';

-- sql/graph/check/problems_of_signals.sql

-- What is wrong with activities that send signals.

create function ratchet_internal.problems_of_signals(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select s.path || p.step, s.activity, p.severity, p.message, p.hint
  from (
    select a.path, a.activity, a.body, a.body ->> 'topic' as topic,
      coalesce(a.body ->> 'subtype', 'one') as subtype, a.body ->> 'status' as status,
      a.body ->> 'code' as code
    from ratchet_internal.document_activities(p_normal) a where a.type = 'signal') s
  cross join lateral (
    select array['subtype'], 'error', format('unknown subtype "%s"', left(s.subtype, 60)),
      'Give one or all.' where s.subtype not in ('one', 'all')
    union all
    select array['topic'], 'error', 'a signal to all needs a topic that is known at deploy',
      'Give the topic as text.'
    where s.subtype = 'all' and (jsonb_typeof(s.body -> 'topic') <> 'string' or s.topic ~ '^{.*}$')
    union all
    select '{}'::text[], 'error', format('a signal to all has no %s', o.option),
      'Name the index by key_name and key_value.'
    from (values ('key_name'), ('key_value')) o (option)
    where s.subtype = 'all' and s.body -> o.option is null
    union all
    select array['status'], 'error', format('unknown status "%s"', left(s.status, 60)),
      'Give success or pending.'
    where jsonb_typeof(s.body -> 'status') <> 'object' and s.status !~ '^{.*}$'
      and s.status not in ('success', 'pending')
    union all
    select array['code'], 'error', format('unknown code "%s"', left(s.code, 60)),
      'Give 200, which ends the wait, or 202, which keeps it.'
    where jsonb_typeof(s.body -> 'code') <> 'object' and s.code !~ '^{.*}$'
      and s.code not in ('200', '202')
    union all
    select array['code'], 'error', format('status %s does not go with code %s',
      coalesce(s.status, 'success'), coalesce(s.code, '200')),
      'success goes with 200 and ends the wait; pending goes with 202 and keeps it.'
    where (s.status = 'success' and s.code = '202') or (s.status = 'pending' and s.code = '200')
    union all
    select array['topic'], 'warning', format('no hook waits for the topic "%s" in this document',
      left(s.topic, 60)), 'Hook rules of the same version name the topics that can be signalled.'
    where jsonb_typeof(s.body -> 'topic') = 'string' and s.topic !~ '^{.*}$' and s.topic <> ''
      and not exists (select from ratchet_internal.items(p_normal #> '{app,graphs}') g
        where g.value -> 'hooks' ? s.topic)
  ) p (step, severity, message, hint)
$$;
comment on function ratchet_internal.problems_of_signals(jsonb) is
  'What is wrong with activities of type signal.';

-- sql/graph/check/problems_of_values.sql

-- Literals that have no meaning where a number, a truth value or a reference is expected.

create function ratchet_internal.problems_of_values(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with option as materialized (
    select o.*, jsonb_typeof(o.value) as kind,
      o.value #>> '{}' ~ '^{.*}$' or jsonb_typeof(o.value) = 'object' and o.value ? '@pipe'
        as is_expression
    from ratchet_internal.document_options(p_normal) o)
  select o.path, o.activity, 'error',
    format('the target of a measure is %s', ratchet_internal.kind_of(o.value)),
    'Give a reference: ''{$self.input.data.name}''.'
  from option o
  where o.owner = 'measure' and o.option = 'target' and not coalesce(
    o.kind = 'string' and o.value #>> '{}' ~ '^{[^@{}][^{}]*}$', false)
  union all
  select o.path || i.at::text, o.activity, 'error', format('the measure has no %s', w.word), null
  from option o cross join lateral ratchet_internal.items(o.value) i
  cross join (values ('measure'), ('target')) w (word)
  where o.owner = 'stats' and o.option = 'measures' and jsonb_typeof(i.value) = 'object'
    and not i.value ? w.word
  union all
  select o.path, o.activity, 'error', format('%s is %s and should be a number or an expression',
    o.option, ratchet_internal.kind_of(o.value)), case when o.option in ('sleep', 'expire')
    then 'Give seconds.' end
  from option o
  where o.owner in ('activity', 'graph') and o.option in ('sleep', 'expire', 'statusThreshold')
    and o.kind not in ('number', 'null') and not coalesce(o.is_expression, false)
    and (o.option <> 'sleep' or o.kind <> 'string')
  union all
  select o.path, o.activity, 'warning',
    format('sleep is %s, with which the hook does not wait', ratchet_internal.kind_of(o.value)),
    'Give seconds as a number.'
  from option o
  where o.owner = 'activity' and o.option = 'sleep' and o.kind = 'string' and not o.is_expression
  union all
  select o.path, o.activity, 'error', format('%s is %s and should be true, false or an expression',
    o.option, ratchet_internal.kind_of(o.value)), null
  from option o
  where o.owner = 'activity' and o.option in ('emit', 'persist', 'await', 'throw', 'scrub')
    and o.kind not in ('boolean', 'null') and not coalesce(o.is_expression, false)
  union all
  select o.path || m.key, o.activity, 'error', format('the retries of code %s are %s', m.key,
    ratchet_internal.kind_of(m.value)), 'Give a list with the number of retries: ''500'': [3].'
  from option o cross join lateral ratchet_internal.members(o.value) m
  where o.owner = 'activity' and o.option = 'retry' and o.type in ('worker', 'await')
    and not (m.key ~ '^[0-9]{1,9}$' and jsonb_typeof(m.value) = 'array'
      and coalesce(m.value ->> 0, '') ~ '^[0-9]{1,4}$')
  union all
  select o.path, o.activity, 'error', 'retry is ' || ratchet_internal.kind_of(o.value),
    'Give a map of codes: ''500'': [3].'
  from option o where o.owner = 'activity' and o.option = 'retry' and o.kind <> 'object'
  union all
  select o.path || k.key, o.activity, 'error',
    format('%s has more slots than 10000, or none', k.key), 'Write name[25] for 25 slots.'
  from option o cross join lateral ratchet_internal.members(o.value) k
  where o.form = 'map' and o.path[6] = 'job' and k.key ~ '\[[0-9]+\]$'
    and substring(k.key from '\[([0-9]+)\]$')::numeric not between 1 and 10000
$$;
comment on function ratchet_internal.problems_of_values(jsonb) is
  'Errors for literals that have no meaning where they stand.';

-- sql/graph/check/problems_of_transitions.sql

-- A graph is a tree: one activity leads to each but the trigger, and none leads back. Two ways
-- from one activity to the same one are alternatives, if each has conditions.

create function ratchet_internal.problems_of_transitions(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with activity as materialized (select * from ratchet_internal.document_activities(p_normal)),
  transition as materialized (
    select t.*, first_value(t.source) over (partition by t.graph, t.target order by t.path) as only,
      row_number() over (partition by t.graph, t.target order by t.path) as n,
      bool_and(t.body ? 'conditions') over (partition by t.graph, t.target) as are_conditional,
      (select array_agg(a.activity) from activity a where a.graph = t.graph) as known
    from ratchet_internal.document_transitions(p_normal) t),
  lineage as materialized (select * from ratchet_internal.document_lineage(p_normal))
  select distinct on (t.path[3], t.source) t.path[:5], t.source, 'error',
    format('transitions from the unknown activity "%s"', left(t.source, 60)),
    'Did you mean "' || ratchet_internal.nearest_word(t.source, t.known) || '"?'
  from transition t where t.known is null or not t.source = any (t.known)
  union all
  select t.path, t.source, 'error', 'the transition leads nowhere', 'Give the next activity in to.'
  from transition t where t.target is null and jsonb_typeof(t.body) = 'object'
  union all
  select t.path || array['to'], t.source, 'error', p.message, p.hint
  from transition t
  left join activity a on a.graph = t.graph and a.activity = t.target
  left join lineage l
    on l.graph = t.graph and l.activity = t.source and l.ancestor = t.target
  cross join lateral (
    select format('transition to the unknown activity "%s"', left(t.target, 60)),
      'Did you mean "' || ratchet_internal.nearest_word(t.target, t.known) || '"?'
    where t.target is not null and a.activity is null
    union all
    select format('"%s" has more than one incoming transition', t.target),
      'A graph is a tree: give each way an activity of its own, or decide in one place.'
    where a.type <> 'trigger'
      and (t.source <> t.only or t.n > 1 and not t.are_conditional)
    union all
    select format('circular transition: "%s" leads back to itself', t.target),
      'Write loops with an activity of type cycle.'
    where a.type = 'trigger' or l.ancestor is not null or t.source = t.target
  ) p (message, hint)
  union all
  select a.path, a.activity, 'error', format('"%s" is never reached', a.activity),
    'Lead a transition to it, or remove it.'
  from activity a
  where a.type is distinct from 'trigger' and not exists (
    select from transition t where t.graph = a.graph and t.target = a.activity)
  union all
  select distinct on (t.path[3], t.source) t.path[:5], t.source, 'warning',
    format('nothing follows an activity of type %s', a.type),
    case a.type when 'cycle' then 'It goes back to its ancestor.'
      else 'It ends its own job, since it names no target.' end
  from transition t join activity a on a.graph = t.graph and a.activity = t.source
  where a.type = 'cycle' or a.type = 'interrupt' and a.body -> 'target' is null
$$;
comment on function ratchet_internal.problems_of_transitions(jsonb) is
  'What is wrong with the transitions: where they lead, and that they make a tree.';

-- sql/graph/check/problems_of_hooks.sql

-- What is wrong with the rules by which signals find the activities that wait.

create function ratchet_internal.problems_of_hooks(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with rule as materialized (
    select g.at as graph, array['app', 'graphs', g.at::text, 'hooks', h.key, r.at::text] as path,
      h.key as topic, r.value as body, r.value ->> 'to' as target,
      row_number() over (partition by h.key order by g.at, r.at) as n
    from ratchet_internal.items(p_normal #> '{app,graphs}') g
    cross join lateral ratchet_internal.members(g.value -> 'hooks') h
    cross join lateral ratchet_internal.items(h.value) r
    where jsonb_typeof(r.value) = 'object'),
  activity as materialized (select * from ratchet_internal.document_activities(p_normal))
  select r.path || p.step, r.target, p.severity, p.message, p.hint
  from rule r left join activity a on a.graph = r.graph and a.activity = r.target
  cross join lateral (
    select '{}'::text[], 'error', 'the hook rule leads nowhere', 'Give the waiting activity in to.'
    where r.target is null
    union all
    select array['to'], 'error', format('hook rule to the unknown activity "%s"',
      left(r.target, 60)), 'Did you mean "' || ratchet_internal.nearest_word(r.target,
        array(select o.activity from activity o where o.graph = r.graph)) || '"?'
    where r.target is not null and a.activity is null
    union all
    select array['to'], 'error', format('hook rule to "%s", which is of type %s', r.target, a.type),
      'Only activities of type hook wait for signals.'
    where a.type not in ('hook', 'activity')
    union all
    select '{}', 'error', 'the hook rule has no match',
      'Give conditions.match with expected (the key to wait under) and actual (its place in the '
        || 'signal).'
    where coalesce(r.body #> '{conditions,match}', '[]') in ('[]', 'null')
    union all
    select array['conditions', 'match', '0'], 'error', format('the match has no %s', w.side),
      'expected is the key to wait under, actual its place in the signal.'
    from (values ('expected'), ('actual')) w (side)
    where jsonb_typeof(r.body #> '{conditions,match,0}') = 'object'
      and r.body #> array['conditions', 'match', '0', w.side] is null
    union all
    select array['conditions', 'match', '1'], 'warning',
      'only the first match of a hook rule counts', null
    where r.body #> '{conditions,match,1}' is not null
    union all
    select '{}', 'warning', format('only the first rule of the topic "%s" counts', r.topic), null
    where r.n > 1
    union all
    select '{}', 'error', format('"%s" is no topic', left(r.topic, 60)),
      'Use 1 to 512 characters without control characters.'
    where not ratchet_internal.is_name(r.topic)
  ) p (step, severity, message, hint)
$$;
comment on function ratchet_internal.problems_of_hooks(jsonb) is
  'What is wrong with the hook rules: their activities and their matches.';

-- sql/graph/check/problems_of_expressions.sql

-- What is wrong with the expressions themselves, and with what they refer to.

create function ratchet_internal.problems_of_expressions(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with expression as materialized (select * from ratchet_internal.document_expressions(p_normal)),
  activity as materialized (select * from ratchet_internal.document_activities(p_normal)),
  lineage as materialized (select * from ratchet_internal.document_lineage(p_normal)),
  reference as materialized (
    select e.graph, e.activity, e.owner, e.option, e.path || r.path as path, r.reference as parts,
      r.reference[1] as first, format('{%s}', array_to_string(r.reference, '.')) as shown
    from expression e cross join lateral ratchet_internal.pipe_references(e.value) r)
  select e.path || p.path, e.activity, 'error', p.message, null
  from expression e cross join lateral ratchet_internal.pipe_problems(e.value, '{}') p
  union all
  select r.path, r.activity, p.severity, p.message, p.hint
  from reference r
  left join activity a on a.activity = r.first and a.graph = r.graph
  left join lateral (
    select o.graph from activity o where o.activity = r.first limit 1) other on true
  left join lineage l
    on l.graph = r.graph and l.activity = r.activity and l.ancestor = r.first
  cross join lateral (
    select 'error', format('reference %s to an unknown activity', left(r.shown, 100)),
      'Did you mean "' || ratchet_internal.nearest_word(r.first,
        array(select o.activity from activity o where o.graph = r.graph)
          || array['$self', '$job']) || '"?'
    where a.activity is null and r.first not in ('$self', '$job', '$hook', '$app', '$graph')
      and other.graph is null
    union all
    select 'error', format('reference %s to an activity of another graph', left(r.shown, 100)),
      'Pass the value on with input.maps.' where a.activity is null and other.graph is not null
    union all
    select 'warning', format('reference %s to an activity that does not come before "%s"',
      left(r.shown, 100), r.activity), 'It is always undefined; go through job data.'
    where a.activity <> r.activity and l.ancestor is null
      and not (r.owner = 'sides' and r.option = 'actual')
    union all
    select 'warning', format('reference %s is always undefined', left(r.shown, 100)), case
      when a.activity is not null then 'Read output, input or hook of an activity.'
      when r.owner = 'sides' and r.option = 'actual' then 'Only {$self.hook.data}, the signal, is'
        || ' there.' end
    where r.first in ('$app', '$graph')
      or r.first = '$hook' and not (r.owner = 'sides' and r.option = 'actual')
      or r.owner = 'sides' and r.option = 'actual' and r.first <> '$hook'
        and not r.parts[:2] = array['$self', 'hook']
      or a.activity is not null
        and coalesce(r.parts[2], 'output') not in ('output', 'input', 'hook')
  ) p (severity, message, hint)
$$;
comment on function ratchet_internal.problems_of_expressions(jsonb) is
  'What is wrong with the expressions of a document, and with what they refer to.';

-- sql/graph/check/graph_problems.sql

-- Everything that is wrong with a document, all at once and in its order: errors, with which it
-- cannot be deployed, and warnings. Nothing in a document makes it raise.

create function ratchet_internal.graph_problems(p_document jsonb, p_app text)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with normal as materialized (select ratchet_internal.graph_normal(p_document, p_app) as n),
  problem as (
    select p.* from normal, ratchet_internal.problems_of_app(p_document, n, p_app) p
    union all select p.* from normal, ratchet_internal.problems_of_shape(n) p
    union all select p.* from normal, ratchet_internal.problems_of_names(n) p
    union all select p.* from normal, ratchet_internal.problems_of_graphs(n) p
    union all select p.* from normal, ratchet_internal.problems_of_activities(n) p
    union all select p.* from normal, ratchet_internal.problems_of_signals(n) p
    union all select p.* from normal, ratchet_internal.problems_of_values(n) p
    union all select p.* from normal, ratchet_internal.problems_of_transitions(n) p
    union all select p.* from normal, ratchet_internal.problems_of_hooks(n) p
    union all select p.* from normal, ratchet_internal.problems_of_expressions(n) p)
  select case when p.path[1] = '' then p.path[2:]
    else ratchet_internal.given_path(p_document, p.path) end,
    p.activity, p.severity, p.message, p.hint
  from problem p order by p.path, p.severity, p.message
$$;
comment on function ratchet_internal.graph_problems(jsonb, text) is
  'Everything that is wrong with a graph document: path as given, activity, severity (error or '
  'warning), message, hint.';

-- Graphs: what is passed around within a stretch.

-- sql/graph/graph_item.sql

-- One thing to do in a stretch: enter an activity (answer empty), or go on with its answer.

create type ratchet_internal.graph_item as (
  address text,
  "position" int,
  scope jsonb,
  answer ratchet.jobs_attributes,
  options json,
  message tid
);
comment on type ratchet_internal.graph_item is
  'One thing to do in a stretch: an activity to enter, or an answer to go on with. scope has the '
  'outputs of its ancestors; message is where the row is that stands for it, which is locked.';

-- sql/graph/graph_outcome.sql

-- What one thing done in a stretch comes to. The functions that work it out write nothing: so
-- whatever an expression throws, there is nothing to take back.

create type ratchet_internal.graph_outcome as (
  attribute ratchet.jobs_attributes,
  message ratchet_internal.messages,
  output jsonb,
  hook jsonb,
  status text,
  code int,
  error jsonb,
  targets int[],
  scope jsonb,
  data jsonb,
  options jsonb,
  effects jsonb[],
  stop jsonb
);
comment on type ratchet_internal.graph_outcome is
  'What one thing done in a stretch comes to: a row of the history, a message if the activity stays'
  ' open, the activities that follow, job data, effects, and whether the job stops.';

-- sql/graph/graph_draft.sql

-- A job in the course of a stretch: what is to be done yet, and what it has come to and has yet to
-- be written. Everything follows one version; root is the activity with which the job started.
-- spans is null unless the caller wants to know what was done (with_spans).

create type ratchet_internal.graph_draft as (
  now timestamptz,
  version_id bigint,
  root int,
  is_new boolean,
  job ratchet.jobs,
  ahead bigint[],
  items ratchet_internal.graph_item[],
  steps int,
  attributes ratchet.jobs_attributes[],
  changed ratchet.jobs_attributes[],
  messages ratchet_internal.messages[],
  taken tid[],
  later tid[],
  passes jsonb,
  signals jsonb[],
  announcements jsonb[],
  fields jsonb,
  facts jsonb,
  escalations jsonb[],
  children jsonb[],
  jobs bigint[],
  stop jsonb,
  scope jsonb,
  expire jsonb,
  spans jsonb[]
);
comment on type ratchet_internal.graph_draft is
  'A job in the course of a stretch: what is to be done, and what is to be written.';

-- sql/graph/graph_loads.sql

-- Jobs of graphs that go on together: one value, since a set of rows would be copied twice.

create type ratchet_internal.graph_loads as (drafts ratchet_internal.graph_draft[]);
comment on type ratchet_internal.graph_loads is
  'Jobs of graphs that go on together, as they are loaded.';

-- sql/graph/graph_run.sql

-- What a stretch leaves to be done after it has been written.

create type ratchet_internal.graph_run as (
  steps int,
  children jsonb[],
  jobs bigint[]
);
comment on type ratchet_internal.graph_run is
  'What a stretch leaves to be done: children to start, jobs that may go on; and how many '
  'activities it ran.';

-- sql/graph/graph_start.sql

-- What the start of a job came to.

create type ratchet_internal.graph_start as (
  job ratchet.jobs,
  run ratchet_internal.graph_run
);
comment on type ratchet_internal.graph_start is
  'What the start of a job came to: the job as it was written, and what is to be done after it.';

-- sql/graph/graph_known.sql

-- Activities of versions that have been read, with keys to find them by. Types of their own, and no
-- records: what is in a record is looked up anew at each call.

create type ratchet_internal.graph_known as (
  keys bigint[],
  activities ratchet_internal.graph_activities[]
);
comment on type ratchet_internal.graph_known is
  'Activities that have been read; the keys are version and position in one number.';

-- sql/graph/graph_beginning.sql

-- What a topic starts.

create type ratchet_internal.graph_beginning as (
  version ratchet_internal.graph_versions,
  graph ratchet_internal.graphs
);
comment on type ratchet_internal.graph_beginning is
  'What a topic starts: the active version, without its document, and the graph.';

-- Graphs: deploying a version compiles it into rows.

-- sql/graph/app_space.sql

-- The space of an app: the namespace of its jobs, messages and signals. Raises: WF101.

create function ratchet_internal.app_space(p_app text, p_namespace text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Lengths by themselves: a pattern with bounds takes ten times as long.
  if p_app is null or p_app !~ '^[A-Za-z0-9-]+$' or length(p_app) > 200 or p_app = 'a'
    or p_namespace is null or p_namespace !~ '^[A-Za-z0-9-]+$' or length(p_namespace) > 200
  then
    perform ratchet_internal.raise_error('WF101', 'invalid name',
      jsonb_build_object('what', 'app', 'app', left(p_app, 100), 'namespace',
        left(p_namespace, 100)),
      'Give an app and a namespace of letters, digits and hyphens; the app "a" is reserved.');
  end if;
  return p_namespace || ':' || p_app;
end $$;
comment on function ratchet_internal.app_space(text, text) is
  'The space of an app, <namespace>:<app>; raises WF101 for bad names.';

-- sql/graph/activity_bodies.sql

-- The activities of a version as they were written.

create function ratchet_internal.activity_bodies(p_app jsonb)
returns table (name text, body jsonb, graph jsonb)
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select activity.key, activity.value, graph.value
  from jsonb_array_elements(p_app -> 'graphs') graph
  cross join lateral jsonb_each(graph.value -> 'activities') activity
$$;
comment on function ratchet_internal.activity_bodies(jsonb) is
  'The activities of a version as they were written, each with its graph.';

-- sql/graph/options_of.sql

-- The options of an activity that are evaluated when it runs, under the names by which the run time
-- knows them.

create function ratchet_internal.options_of(p_body jsonb) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_object_agg(option.key, option.value), '{}')
  from (
    select key, value from jsonb_each(p_body)
    where key = any (case p_body ->> 'type'
      when 'trigger' then array['entity']
      when 'worker' then array['topic', 'statusThreshold']
      when 'await' then array['topic', 'await', 'statusThreshold']
      when 'signal' then array['topic', 'status', 'code', 'key_name', 'key_value', 'scrub',
        'statusThreshold']
      when 'cycle' then array['statusThreshold']
      when 'interrupt' then array['target', 'topic', 'reason', 'throw', 'code', 'stack', 'expire',
        'statusThreshold']
      else array['sleep', 'escalation', 'statusThreshold'] end)
      and not (key = 'topic' and p_body ->> 'type' in ('worker', 'await') and p_body ? 'subtype')
    union all
    select case when p_body ->> 'type' = 'signal' then 'subtype' else 'topic' end,
      coalesce(p_body -> 'subtype', '"one"')
    where p_body ->> 'type' = 'signal'
      or p_body ->> 'type' in ('worker', 'await') and p_body ? 'subtype'
    union all
    select 'has_target', 'true'
    where p_body ->> 'type' = 'interrupt' and p_body -> 'target' <> 'null'
    union all
    select 'resolver', p_body -> 'resolver' -> 'maps'
    where p_body ->> 'type' = 'signal' and p_body -> 'resolver' ? 'maps'
    union all
    select key, value from jsonb_each(p_body -> 'stats')
    where p_body ->> 'type' = 'trigger' and key in ('id', 'key', 'granularity')
    union all
    select 'measures', jsonb_agg(jsonb_build_object('measure', m -> 'measure', 'name',
      array_to_string((string_to_array(trim('{}' from m ->> 'target'), '.'))[4:], '/'))
      order by at)
    from jsonb_array_elements(p_body -> 'stats' -> 'measures') with ordinality as each (m, at)
    having count(*) > 0
    union all
    select 'measure' || at, m -> 'target'
    from jsonb_array_elements(p_body -> 'stats' -> 'measures') with ordinality as each (m, at)
  ) option
$$;
comment on function ratchet_internal.options_of(jsonb) is
  'The options of an activity that are evaluated when it runs.';

-- sql/graph/split_options.sql

-- Tells options without expressions, which are known at once, from the others.

create function ratchet_internal.split_options(
  p_options jsonb, out constants jsonb, out expressions jsonb
) returns record
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_object_agg(key, value) filter (where key = 'measures'
      or value::text !~ '"\{|"@pipe"'), '{}'),
    jsonb_object_agg(key, value) filter (where key <> 'measures'
      and value::text ~ '"\{|"@pipe"')
  from jsonb_each(p_options)
$$;
comment on function ratchet_internal.split_options(jsonb) is
  'Tells options without expressions from those with.';

-- sql/graph/job_maps_of.sql

-- The job maps of an activity: under "" those for any response, under a code those for that one.

create function ratchet_internal.job_maps_of(p_body jsonb)
returns table (code text, maps jsonb)
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select '', p_body -> 'job' -> 'maps' where p_body -> 'job' ? 'maps'
  union all
  select key, value -> 'maps'
  from jsonb_each(case jsonb_typeof(p_body -> 'job') when 'object' then p_body -> 'job'
    else '{}' end)
  where key ~ '^[0-9]+$' and value ? 'maps'
$$;
comment on function ratchet_internal.job_maps_of(jsonb) is
  'The job maps of an activity, with the response code they are for.';

-- sql/graph/plain_path.sql

-- The path that an expression names when it is nothing but a reference through objects; null for
-- everything else, which is left to the mapping language.

create function ratchet_internal.plain_path(p_expression jsonb) returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select segment.path
  from (select string_to_array(trim('{}' from p_expression #>> '{}'), '.') as path) segment
  where jsonb_typeof(p_expression) = 'string'
    and p_expression #>> '{}' ~ '^\{(\$self|\$job|\$hook|[A-Za-z_][A-Za-z0-9_-]*)(\.[^.{}]+)*\}$'
    and not exists (
      select from unnest(segment.path) as each (name)
      where each.name = 'length' or each.name ~ '^-?[0-9]+$')
$$;
comment on function ratchet_internal.plain_path(jsonb) is
  'The path of an expression that is only a reference through objects; null for any other.';

-- sql/graph/compile_maps.sql

-- Compiles maps that may not be there: null stays null, so that nothing is run for them. Flat maps
-- of literals and plain references, which most are, become a few paths (run_maps); all others are
-- programs of the mapping language.

create function ratchet_internal.compile_maps(p_maps jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_plain jsonb;
begin
  if coalesce(p_maps, 'null') = 'null' then return null; end if;
  if jsonb_typeof(p_maps) = 'object' and not p_maps ?| '{@pipe,@reduce}' then
    select jsonb_build_object(
      'plain', coalesce(jsonb_object_agg(leaf.key, leaf.value)
        filter (where leaf.path is null), '{}'),
      'keys', coalesce(array_agg(leaf.key) filter (where leaf.path is not null), '{}')::text,
      'paths', coalesce(array_agg(leaf.path::text) filter (where leaf.path is not null),
        '{}')::text)
      || case when count(leaf.path) = 1 then jsonb_build_object('key', min(leaf.key)
        filter (where leaf.path is not null), 'path', min(leaf.path)::text) else '{}' end
    into v_plain
    from (select key, value, ratchet_internal.plain_path(value) as path
      from jsonb_each(p_maps)) leaf
    having coalesce(bool_and(leaf.path is not null
      or leaf.value::text !~ '"\{|"@pipe"|"@reduce"|"\$"'), true);
  end if;
  return coalesce(v_plain, ratchet_internal.map_compile(p_maps));
end $$;
comment on function ratchet_internal.compile_maps(jsonb) is
  'Compiles maps for run_maps; null when there are none.';

-- sql/graph/compile_rule.sql

-- Compiles a transition: where it leads, and when it is taken. Without conditions there are no
-- codes; a condition on the code alone has no rule; one plain reference that is to be a certain
-- scalar has its path; all others are rules of the mapping language.

create function ratchet_internal.compile_rule(p_to int, p_conditions jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule jsonb := ratchet_internal.rule_compile(p_conditions);
  v_matches jsonb := coalesce(p_conditions -> 'match', 'null');
  v_path text[] := ratchet_internal.plain_path(v_matches -> 0 -> 'actual');
begin
  if not v_rule ? 'codes' then return jsonb_build_object('to', p_to); end if;
  if v_matches = 'null' then
    return jsonb_build_object('to', p_to, 'codes', v_rule -> 'codes');
  end if;
  if jsonb_array_length(v_matches) = 1 and v_path is not null
    and jsonb_typeof(v_matches -> 0 -> 'expected') in ('string', 'number', 'boolean', 'null')
  then
    return jsonb_build_object('to', p_to, 'codes', v_rule -> 'codes', 'path', v_path::text,
      'expected', v_matches -> 0 -> 'expected');
  end if;
  return jsonb_build_object('to', p_to, 'codes', v_rule -> 'codes', 'rule', v_rule);
end $$;
comment on function ratchet_internal.compile_rule(int, jsonb) is
  'Compiles a transition: where it leads, and when it is taken.';

-- sql/graph/run_maps.sql

-- Runs compiled maps: those of literals and plain references at once, others as programs. One
-- reference, which is common, needs no lists.
-- Raises: WF107, WF506.

create function ratchet_internal.run_maps(p_compiled jsonb, p_view jsonb) returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[];
  v_paths text[];
  v_values jsonb := p_compiled -> 'plain';
  v_value jsonb;
begin
  if v_values is null then return ratchet_internal.map_run(p_compiled, p_view); end if;
  if p_compiled ? 'key' then
    v_value := p_view #> (p_compiled ->> 'path')::text[];
    return case when v_value <> '{"$": "undefined"}'
      then v_values || jsonb_build_object(p_compiled ->> 'key', v_value) else v_values end;
  end if;
  v_keys := p_compiled ->> 'keys';
  v_paths := p_compiled ->> 'paths';
  for v_at in 1..cardinality(v_keys) loop
    v_value := p_view #> v_paths[v_at]::text[];
    if v_value <> '{"$": "undefined"}' then
      v_values := v_values || jsonb_build_object(v_keys[v_at], v_value);
    end if;
  end loop;
  return v_values;
end $$;
comment on function ratchet_internal.run_maps(jsonb, jsonb) is
  'Runs compiled maps over what expressions see.';

-- sql/graph/compile_names.sql

-- Gives each activity id of an app that has none a number. Numbers stay with their ids for ever.
-- The caller has locked the app. Writes: graph_names.

create function ratchet_internal.compile_names(p_version bigint, p_space text, p_app jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into ratchet_internal.graph_names (space, name, position)
  select p_space, each.name, (
      select coalesce(max(position), 0) from ratchet_internal.graph_names where space = p_space)
    + row_number() over (order by each.graph_at, each.is_trigger desc, each.name)
  from (
    select graph.at as graph_at, activity.key as name,
      activity.value ->> 'type' = 'trigger' as is_trigger
    from jsonb_array_elements(p_app -> 'graphs') with ordinality as graph (value, at)
    cross join lateral jsonb_each(graph.value -> 'activities') activity) each
  where not exists (
    select from ratchet_internal.graph_names n where n.space = p_space and n.name = each.name)
$$;
comment on function ratchet_internal.compile_names(bigint, text, jsonb) is
  'Gives each activity id of an app that has none a number.';

-- sql/graph/compile_expire.sql

-- Compiles how long the jobs of a graph are kept: an expression (run_maps), and the seconds if it
-- is a number.

create function ratchet_internal.compile_expire(p_expire jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return ratchet_internal.compile_maps(jsonb_build_object('v', p_expire)) || jsonb_strip_nulls(
    jsonb_build_object('seconds', ratchet_internal.expire_of(p_expire)));
end $$;
comment on function ratchet_internal.compile_expire(jsonb) is
  'Compiles how long the jobs of a graph are kept.';

-- sql/graph/compile_tree.sql

-- Lays out the trees of a version: its graphs, and each activity with its path from the trigger.
-- Writes: graphs, graph_activities.

create function ratchet_internal.compile_tree(p_version bigint, p_space text, p_app jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  with recursive graph as materialized (
    select value, at from jsonb_array_elements(p_app -> 'graphs') with ordinality as g (value, at)),
  tree as (
    select graph.at, array[activity.key] as path
    from graph cross join lateral jsonb_each(graph.value -> 'activities') activity
    where activity.value ->> 'type' = 'trigger'
    union
    select tree.at, tree.path || (transition ->> 'to')
    from tree
    join graph on graph.at = tree.at
    cross join lateral jsonb_array_elements(coalesce(
      graph.value -> 'transitions' -> tree.path[cardinality(tree.path)], '[]')) transition
    where graph.value -> 'activities' ? (transition ->> 'to')
      and transition ->> 'to' <> all (tree.path)),
  known as (
    insert into ratchet_internal.graphs (version_id, position, topic, publishes, expire)
    select p_version, n.position, graph.value ->> 'subscribes', graph.value ->> 'publishes',
      case when graph.value ? 'expire'
        then ratchet_internal.compile_expire(graph.value -> 'expire') end
    from graph join tree using (at)
    join ratchet_internal.graph_names n on n.space = p_space and n.name = tree.path[1]
    where cardinality(tree.path) = 1)
  insert into ratchet_internal.graph_activities
    (version_id, position, name, label, kind, path, path_names)
  select p_version, n.position, n.name, ratchet_internal.step_field('', n.position, n.name),
    case body ->> 'type' when 'activity' then 'hook' else body ->> 'type' end,
    array(select above.position from unnest(tree.path) with ordinality as step (name, at)
      join ratchet_internal.graph_names above on above.space = p_space and above.name = step.name
      order by step.at),
    tree.path
  from tree join graph using (at)
  join ratchet_internal.graph_names n
    on n.space = p_space and n.name = tree.path[cardinality(tree.path)]
  cross join lateral (select graph.value -> 'activities' -> n.name as body) activity
$$;
comment on function ratchet_internal.compile_tree(bigint, text, jsonb) is
  'Lays out the trees of a version: graphs, and activities with their paths.';

-- sql/graph/compile_options.sql

-- Compiles the options and maps of the activities of a version. Writes: graph_activities.

create function ratchet_internal.compile_options(p_version bigint, p_space text, p_app jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update ratchet_internal.graph_activities a
  set constants = given.constants,
    options = ratchet_internal.compile_maps(given.expressions),
    input_maps = ratchet_internal.compile_maps(body -> 'input' -> 'maps'),
    output_maps = ratchet_internal.compile_maps(body -> 'output' -> 'maps'),
    signal_maps = ratchet_internal.compile_maps(body -> 'signal' -> 'maps'),
    telemetry = ratchet_internal.compile_maps(body -> 'telemetry'),
    announce = (select ratchet_internal.compile_maps(jsonb_object_agg(key, value))
      from jsonb_each(body) where key in ('emit', 'persist') and value <> 'false'),
    job_maps = (select jsonb_object_agg(m.code, ratchet_internal.compile_maps(m.maps))
      from ratchet_internal.job_maps_of(body) m),
    job_shapes = (select jsonb_object_agg(m.code, m.maps)
      from ratchet_internal.job_maps_of(body) m
      where m.maps::text ~ '\[([0-9]+|[-_])\]": ' or exists (
        select from jsonb_each(m.maps) leaf where jsonb_typeof(leaf.value) = 'object'
          and not leaf.value ?| '{@pipe,@reduce}')),
    retry = body -> 'retry',
    ancestor = (select n.position from ratchet_internal.graph_names n
      where n.space = p_space and n.name = body ->> 'ancestor')
  from ratchet_internal.activity_bodies(p_app) each
  cross join lateral ratchet_internal.split_options(
    ratchet_internal.options_of(each.body)) given
  where a.version_id = p_version and a.name = each.name
$$;
comment on function ratchet_internal.compile_options(bigint, text, jsonb) is
  'Compiles the options and maps of the activities of a version.';

-- sql/graph/compile_transitions.sql

-- Compiles the transitions of a version, in their order.
-- Writes: graph_activities.

create function ratchet_internal.compile_transitions(p_version bigint, p_space text, p_app jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update ratchet_internal.graph_activities a set transitions = each.transitions
  from (
    select origin.key as name, jsonb_agg(ratchet_internal.compile_rule(n.position,
      t.value -> 'conditions') order by t.at) as transitions
    from jsonb_array_elements(p_app -> 'graphs') graph
    cross join lateral jsonb_each(graph.value -> 'transitions') origin
    cross join lateral jsonb_array_elements(origin.value) with ordinality as t (value, at)
    join ratchet_internal.graph_names n on n.space = p_space and n.name = t.value ->> 'to'
    where jsonb_typeof(graph.value -> 'transitions') = 'object'
    group by origin.key) each
  where a.version_id = p_version and a.name = each.name
$$;
comment on function ratchet_internal.compile_transitions(bigint, text, jsonb) is
  'Compiles the transitions of a version.';

-- sql/graph/compile_hooks.sql

-- Compiles the hook rules of a version: the first of each topic counts; and tells the activities
-- that wait for a signal what they wait under. Writes: graph_hooks, graph_activities.

create function ratchet_internal.compile_hooks(p_version bigint, p_space text, p_app jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  with rule as materialized (
    select distinct on (hook.key) hook.key as topic, n.position, n.name,
      hook.value -> 0 #> '{conditions,match,0}' as match
    from jsonb_array_elements(p_app -> 'graphs') with ordinality as graph (value, at)
    cross join lateral jsonb_each(graph.value -> 'hooks') hook
    join ratchet_internal.graph_names n on n.space = p_space and n.name = hook.value -> 0 ->> 'to'
    where jsonb_typeof(graph.value -> 'hooks') = 'object'
    order by hook.key, graph.at),
  stored as (
    insert into ratchet_internal.graph_hooks (version_id, topic, position, actual)
    select p_version, topic, position,
      ratchet_internal.compile_maps(jsonb_build_object('v', match -> 'actual')) from rule)
  update ratchet_internal.graph_activities a
  set hook = (select jsonb_build_object('topic', rule.topic, 'expected',
      ratchet_internal.compile_maps(jsonb_build_object('v', rule.match -> 'expected')))
      from rule where rule.position = a.position order by rule.topic limit 1)
  where a.version_id = p_version and a.position in (select rule.position from rule)
$$;
comment on function ratchet_internal.compile_hooks(bigint, text, jsonb) is
  'Compiles the hook rules of a version.';

-- sql/graph/compile_reads.sql

-- Works out what the expressions of each activity read: the first names of all references in it, in
-- the transitions from it, in the hook rules to it, and in its graph's expire; and for itself and
-- all below it, which ancestors. Then a stretch carries along no more than somebody will read. A
-- cycle goes on with all that is below the activity to which it goes back.
-- Writes: graph_activities.

create function ratchet_internal.compile_reads(p_version bigint, p_app jsonb) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  update ratchet_internal.graph_activities a
  set uses = coalesce(used.names, '{}'), uses_late = coalesce(used.late_names, '{}'),
    is_described = coalesce(used.is_described, false)
  from (
    select each.name, array_agg(distinct part[1]) as names,
      array_agg(distinct part[1]) filter (where given.is_late) as late_names,
      bool_or(part[3] = 'metadata' or cardinality(part) < 3) as is_described
    from ratchet_internal.activity_bodies(p_app) each
    cross join lateral (values
      (true, jsonb_build_array(each.graph -> 'transitions' -> each.name, each.graph -> 'expire',
        each.body -> 'job', each.body -> 'emit', each.body -> 'persist',
        case when each.body ->> 'type' <> 'worker' then each.body -> 'telemetry' end)),
      (false, jsonb_build_array(each.body - array['job', 'emit', 'persist'], (
        select jsonb_agg(hook.value) from jsonb_array_elements(p_app -> 'graphs') other
        cross join lateral jsonb_each(case jsonb_typeof(other -> 'hooks') when 'object'
          then other -> 'hooks' else '{}' end) hook
        where hook.value -> 0 ->> 'to' = each.name)))) as given (is_late, expressions)
    cross join lateral jsonb_path_query(given.expressions,
      'strict $.** ? (@.type() == "string")') leaf
    cross join lateral string_to_array(trim('{}' from leaf #>> '{}'), '.') part
    where leaf #>> '{}' like '{%}' and leaf #>> '{}' not like '{@%'
    group by each.name) used
  where a.version_id = p_version and a.name = used.name;
  with recursive reach (position, root) as (
    select position, position from ratchet_internal.graph_activities where version_id = p_version
    union
    select reach.position, again.ancestor from reach
    join ratchet_internal.graph_activities again on again.version_id = p_version
      and again.kind = 'cycle' and reach.root = any (again.path))
  update ratchet_internal.graph_activities a
  set reads = coalesce((
      select array_agg(distinct used.name) from reach
      join ratchet_internal.graph_activities below
        on below.version_id = p_version and reach.root = any (below.path)
      cross join unnest(below.uses) as used (name)
      where reach.position = a.position and used.name = any (a.path_names)), '{}'),
    reads_late = coalesce((
      select array_agg(distinct used.name) from reach
      join ratchet_internal.graph_activities below
        on below.version_id = p_version and reach.root = any (below.path)
      cross join unnest(case when reach.root = a.position and below.position = a.position
        then below.uses_late else below.uses end) as used (name)
      where reach.position = a.position and used.name = any (a.path_names)), '{}'),
    is_read = exists (select from ratchet_internal.graph_activities below
      where below.version_id = p_version and a.position = any (below.path)
        and below.position <> a.position and a.name = any (below.uses))
      or exists (select from ratchet_internal.graphs g where g.version_id = p_version
        and g.position = a.path[1] and strpos(g.expire::text, a.name) > 0),
    is_described = exists (select from ratchet_internal.graph_activities other
      where other.version_id = p_version and other.is_described
        and other.path[1] = a.path[1])
  where a.version_id = p_version;
end $$;
comment on function ratchet_internal.compile_reads(bigint, jsonb) is
  'Works out what the expressions of each activity read of its ancestors.';

-- sql/graph/path_by_name.sql

-- Paths that begin with $self, one or a list of them as text, with the name of the activity
-- instead. A brace stands nowhere else in them than at the beginning of a path.

create function ratchet_internal.path_by_name(p_paths text, p_name text) returns text
language sql immutable
return regexp_replace(p_paths, '\{\$self(?=[,}])', '{' || p_name, 'g');
comment on function ratchet_internal.path_by_name(text, text) is
  'Paths that begin with $self, with the name of the activity instead.';

-- sql/graph/compile_plain.sql

-- Works out which activities have nothing out of the way (run_plain), what follows them for sure,
-- and what a stretch may come to after them before it waits. Comes last, when all else is compiled.
-- What leads on from a plain activity reads it under its name, not as $self: then the scope that
-- is carried along is all that it needs.
-- Writes: graph_activities.

create function ratchet_internal.compile_plain(p_version bigint) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update ratchet_internal.graph_activities a
  set is_plain = coalesce(a.kind in ('trigger', 'worker', 'hook') and not a.is_described
      and a.name ~ '^[A-Za-z_][A-Za-z0-9_-]*$' and a.name !~* '^null$'
      and (a.kind = 'trigger' or a.options is null)
      and (a.kind <> 'worker' or ratchet_internal.is_name(a.constants ->> 'topic'))
      and not a.constants ?| array['statusThreshold', 'sleep']
      and a.hook is null and a.announce is null and a.job_shapes is null
      and (a.kind <> 'worker' or a.telemetry is null)
      and (a.input_maps is null or a.input_maps ? 'plain')
      and (a.output_maps is null or a.output_maps ? 'plain')
      and (a.job_maps is null or a.job_maps - '' = '{}' and a.job_maps -> '' ? 'plain')
      and not jsonb_path_exists(a.transitions, '$[*].rule'), false),
    follows = case when not jsonb_path_exists(a.transitions, '$[*] ? (exists(@.path)
        || exists(@.rule))')
      then array(
        select (t -> 'to')::int
        from jsonb_array_elements(a.transitions) with ordinality as each (t, at)
        where not t ? 'codes' or t -> 'codes' ? '200' group by t -> 'to' order by min(at)) end,
    ahead = (p_version << 32 | a.position) || array(
      select p_version << 32 | below.position from ratchet_internal.graph_activities below
      where below.version_id = p_version and a.position = any (below.path)
        and cardinality(below.path) between cardinality(a.path) + 1 and cardinality(a.path) + 20
        and not exists (
          select from ratchet_internal.graph_activities waits
          where waits.version_id = p_version
            and waits.position = any (
              below.path[cardinality(a.path) + 1:cardinality(below.path) - 1])
            and (waits.kind in ('worker', 'await') or waits.hook is not null
              or waits.constants ? 'sleep'))
      order by cardinality(below.path), below.position limit 100)
  where a.version_id = p_version;
  update ratchet_internal.graph_activities a
  set transitions = coalesce((
      select jsonb_agg(case when t ? 'path' then jsonb_set(t, '{path}',
        to_jsonb(ratchet_internal.path_by_name(t ->> 'path', a.name))) else t end order by at)
      from jsonb_array_elements(a.transitions) with ordinality as each (t, at)), '[]'),
    job_maps = case when a.job_maps ? '' then jsonb_build_object('', a.job_maps -> ''
      || jsonb_strip_nulls(jsonb_build_object(
        'path', ratchet_internal.path_by_name(a.job_maps -> '' ->> 'path', a.name),
        'paths', ratchet_internal.path_by_name(a.job_maps -> '' ->> 'paths', a.name)))) end
  where a.version_id = p_version and a.is_plain
$$;
comment on function ratchet_internal.compile_plain(bigint) is
  'Works out which activities of a version are plain, and what comes after each without waiting.';

-- sql/graph/compile_shells.sql

-- Works out what spares run_plain work: the one value on which it depends what follows, what
-- surrounds the output of an activity, and where what came before is not read any more. Comes after
-- compile_plain, which names $self.
-- Writes: graph_activities.

create function ratchet_internal.compile_shells(p_version bigint) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update ratchet_internal.graph_activities a
  set follows = case when guarded.only is null then a.follows
      else array[(guarded.only -> 'to')::int] end,
    guard = (guarded.only ->> 'path')::text[],
    guard_value = guarded.only -> 'expected',
    shell = case when a.is_read or a.uses && array['$self', a.name]
      then jsonb_build_object(a.name, case when a.kind = 'trigger'
        then '{"input": {"data": null}, "output": {"data": null}}'::jsonb
        else '{"output": {"data": null}}' end) end,
    forgets = a.reads_late <@ array[a.name]
  from ratchet_internal.graph_activities b
  left join lateral (
    select b.transitions -> 0 as only
    where jsonb_array_length(b.transitions) = 1 and b.transitions -> 0 ? 'path'
      and b.transitions -> 0 -> 'codes' ? '200') guarded on true
  where a.version_id = p_version and a.is_plain
    and b.version_id = p_version and b.position = a.position
$$;
comment on function ratchet_internal.compile_shells(bigint) is
  'Works out what spares run_plain work with the plain activities of a version.';

-- sql/graph/compile_starts.sql

-- Keeps with each graph of a version the activities that its start needs, in the order in which its
-- trigger names them (ahead). Comes last: nothing changes an activity afterwards.
-- Writes: graphs.

create function ratchet_internal.compile_starts(p_version bigint) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update ratchet_internal.graphs g set activities = array(
    select a from unnest(trigger.ahead) with ordinality as each (key, at)
    join ratchet_internal.graph_activities a
      on a.version_id = p_version and a.position = (each.key & 4294967295)::int
    order by each.at)
  from ratchet_internal.graph_activities trigger
  where g.version_id = p_version and trigger.version_id = p_version
    and trigger.position = g.position
$$;
comment on function ratchet_internal.compile_starts(bigint) is
  'Keeps with each graph of a version the activities that its start needs.';

-- sql/graph/store_version.sql

-- Stores a version in its normal form and compiles it. An earlier row of the same version is
-- replaced, and is removed once nobody can be reading it any more.
-- Locks: the app. Writes: graph tables.

create function ratchet_internal.store_version(p_app jsonb, p_namespace text) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_space text := ratchet_internal.app_space(p_app ->> 'id', p_namespace);
  v_old bigint;
  v_new bigint;
begin
  insert into ratchet_internal.graph_apps (space, namespace, app)
  values (v_space, p_namespace, p_app ->> 'id') on conflict do nothing;
  perform from ratchet_internal.graph_apps where space = v_space for update;
  update ratchet_internal.graph_versions set replaced_at = v_now
  where space = v_space and version = p_app ->> 'version' and replaced_at is null
  returning id into v_old;
  insert into ratchet_internal.graph_versions (space, version, document, deployed_at)
  values (v_space, p_app ->> 'version', p_app, v_now) returning id into v_new;
  perform ratchet_internal.compile_names(v_new, v_space, p_app);
  perform ratchet_internal.compile_tree(v_new, v_space, p_app);
  perform ratchet_internal.compile_options(v_new, v_space, p_app);
  perform ratchet_internal.compile_transitions(v_new, v_space, p_app);
  perform ratchet_internal.compile_hooks(v_new, v_space, p_app);
  perform ratchet_internal.compile_reads(v_new, p_app);
  perform ratchet_internal.compile_plain(v_new);
  perform ratchet_internal.compile_shells(v_new);
  perform ratchet_internal.compile_starts(v_new);
  update ratchet_internal.graph_apps set version_id = v_new
  where space = v_space and version_id = v_old;
  delete from ratchet_internal.graph_versions v
  where v.space = v_space and v.replaced_at < v_now - interval '1 hour';
  return v_new;
end $$;
comment on function ratchet_internal.store_version(jsonb, text) is
  'Stores and compiles a version of an app, in place of an earlier one of the same name.';

-- sql/graph/deploy.sql

-- Deploys a version of an app: checks the document, and stores and compiles it. It is not active by
-- that; a version that is active and deployed anew stays active. The document is an app with its
-- graphs, or, for the app named, a list of graphs or one graph.
-- Locks: the app. Writes: graph tables. Raises: WF101, WF105, WF106 with all problems, WF501.

create function ratchet.deploy(
  p_document json, p_app text default null, p_namespace text default 'hmsh'
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_document jsonb;
  v_problems jsonb;
  v_warnings jsonb;
  v_app jsonb;
begin
  perform ratchet_internal.check_size(p_document, 'document');
  perform ratchet_internal.check_readable(p_document, 'document');
  v_document := p_document;
  select
    jsonb_agg(jsonb_build_object('path', path, 'activity', activity, 'message', message,
      'hint', hint)) filter (where severity = 'error'),
    jsonb_agg(jsonb_build_object('path', path, 'activity', activity, 'message', message,
      'hint', hint)) filter (where severity = 'warning')
  into v_problems, v_warnings
  from ratchet_internal.graph_problems(v_document, p_app);
  if v_problems is not null then
    perform ratchet_internal.raise_error('WF106', 'invalid graph',
      jsonb_build_object('problems', v_problems),
      'Correct what the detail lists; nothing was kept.');
  end if;
  v_app := ratchet_internal.graph_normal(v_document, p_app) -> 'app';
  perform ratchet_internal.store_version(v_app, p_namespace);
  return json_build_object('app', v_app -> 'id', 'version', v_app -> 'version',
    'graphs', v_app -> 'graphs', 'warnings', coalesce(v_warnings, '[]'));
end $$;
comment on function ratchet.deploy(json, text, text) is
  'Checks, compiles and stores a version of an app; returns what was deployed, with warnings.';

-- sql/graph/activate.sql

-- Makes a deployed version the one that every stretch of the app follows from now on, in one
-- transaction, for every engine at once. Running jobs go on with it.
-- Locks: the app. Writes: graph_apps. Raises: WF101, WF207. Idempotent.

create function ratchet.activate(
  p_version text, p_app text, p_namespace text default 'hmsh'
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update ratchet_internal.graph_apps a
  set version_id = v.id, activated_at = ratchet_internal.now()
  from ratchet_internal.graph_versions v
  where a.space = ratchet_internal.app_space(p_app, p_namespace) and v.space = a.space
    and v.version = p_version and v.replaced_at is null;
  if not found then
    perform ratchet_internal.raise_error('WF207', 'version not found',
      jsonb_build_object('app', p_app, 'namespace', p_namespace, 'version', left(p_version, 100)),
      'Version ' || coalesce(left(p_version, 100), 'null') || ' does not exist for app ' || p_app
      || '; deploy it first.');
  end if;
  return true;
end $$;
comment on function ratchet.activate(text, text, text) is
  'Makes a deployed version the one that the app follows from now on.';

-- Graphs: what expressions see, and what addresses and keys say.

-- sql/graph/cut_address.sql

-- The first numbers of an address: where an ancestor is, seen from an activity. Inlinable.

create function ratchet_internal.cut_address(p_address text, p_numbers int) returns text
language sql stable parallel safe
return array_to_string((string_to_array(p_address, ','))[1:p_numbers + 1], ',');
comment on function ratchet_internal.cut_address(text, int) is
  'The first numbers of an address: ,0,1,0 cut to 2 is ,0,1.';

-- sql/graph/hook_key.sql

-- The key under which a hook waits: topic and value, parted by a character that no name may hold,
-- so that neither can be taken for the other, and no signal of a function can answer a hook. What
-- would be too long for an index is replaced by its hash. Inlinable.

create function ratchet_internal.hook_key(p_topic text, p_value jsonb) returns text
language sql immutable parallel safe
return case when octet_length(p_topic) + octet_length(p_value #>> '{}') <= 1000
    then p_topic || E'\x1f' || (p_value #>> '{}')
  else left(p_topic, 100) || E'\x1fsha256:' || encode(sha256(convert_to(
    p_topic || E'\x1f' || (p_value #>> '{}'), 'UTF8')), 'hex') end;
comment on function ratchet_internal.hook_key(text, jsonb) is
  'The key under which a hook waits for a signal of a topic.';

-- sql/graph/graph_time.sql

-- A time as metadata of graphs show it. Inlinable.

create function ratchet_internal.graph_time(p_at timestamptz) returns text
language sql stable parallel safe
return to_char(p_at at time zone 'UTC', 'YYYYMMDDHH24MISS.MS');
comment on function ratchet_internal.graph_time(timestamptz) is
  'A time as metadata of graphs show it: YYYYMMDDHHmmss.sss, UTC.';

-- sql/graph/job_metadata.sql

-- What expressions and callers see of a job as its metadata. Inlinable.

create function ratchet_internal.job_metadata(p_job ratchet.jobs) returns jsonb
language sql stable
return jsonb_strip_nulls(jsonb_build_object(
  'jid', p_job.key, 'gid', p_job.id::text, 'app', p_job.queue, 'vrs', p_job.version,
  'tpc', p_job.workflow, 'js', p_job.status, 'jc', ratchet_internal.graph_time(p_job.created_at),
  'ju', ratchet_internal.graph_time(p_job.updated_at), 'err', p_job.error::text))
  || (coalesce(p_job.options, '{}')::jsonb - array['publishes', 'expire', 'max_cycles']);
comment on function ratchet_internal.job_metadata(ratchet.jobs) is
  'The metadata of a job of a graph.';

-- sql/graph/activity_entry.sql

-- What expressions see of one run of an activity. The metadata are made only where some expression
-- of the version reads them.

create function ratchet_internal.activity_entry(
  p_activity ratchet_internal.graph_activities, p_row ratchet.jobs_attributes, p_output jsonb,
  p_hook jsonb, p_error jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_entry jsonb := '{}';
begin
  if p_output is not null or p_activity.is_described then
    v_entry := jsonb_build_object('output', case when p_output is null then '{}'
      else jsonb_build_object('data', p_output) end);
  end if;
  if p_hook is not null then
    v_entry := v_entry || jsonb_build_object('hook', jsonb_build_object('data', p_hook));
  end if;
  if p_activity.kind = 'trigger' then
    v_entry := v_entry || jsonb_build_object('input', jsonb_build_object('data', p_output));
  end if;
  if p_activity.is_described then
    v_entry := jsonb_set(v_entry, '{output,metadata}', jsonb_strip_nulls(jsonb_build_object(
      'aid', p_activity.name, 'atp', p_activity.kind, 'stp', p_activity.constants ->> 'topic',
      'dad', p_row.address, 'as', p_row.ledger::text, 'err', p_error::text, '$error', p_error,
      'ac', ratchet_internal.graph_time(p_row.created_at),
      'au', ratchet_internal.graph_time(coalesce(p_row.updated_at, p_row.created_at)))));
  end if;
  return v_entry;
end $$;
comment on function ratchet_internal.activity_entry(ratchet_internal.graph_activities,
  ratchet.jobs_attributes, jsonb, jsonb, jsonb) is
  'What expressions see of one run of an activity: output, hook, input, metadata.';

-- sql/graph/graph_view.sql

-- What the expressions of an activity are evaluated against: its ancestors, itself under either
-- name, and the job; the latter only where they are read.

create function ratchet_internal.graph_view(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_scope jsonb, p_self jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view jsonb := p_scope;
begin
  if p_self is not null and p_activity.uses && array['$self', p_activity.name] then
    v_view := v_view || jsonb_build_object('$self', p_self, p_activity.name, p_self);
  end if;
  if '$job' = any (p_activity.uses) then
    v_view := v_view || jsonb_build_object('$job', jsonb_build_object('data',
      coalesce(p_job.context, '{}'), 'metadata', ratchet_internal.job_metadata(p_job)));
  end if;
  return v_view;
end $$;
comment on function ratchet_internal.graph_view(ratchet.jobs, ratchet_internal.graph_activities,
  jsonb, jsonb) is
  'What the expressions of an activity are evaluated against.';

-- sql/graph/row_output.sql

-- The output that a row of the history stands for: its value, or, for a hook that waited, what was
-- kept as its input; for a trigger the payload of the job. Null when it failed or has none.

create function ratchet_internal.row_output(p_row ratchet.jobs_attributes, p_payload json)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when p_row.kind = 'trigger' then ratchet_internal.readable(p_payload)::jsonb
    when p_row.kind = 'hook' and p_row.input is not null and p_row.is_failed is not true
      then p_row.input::jsonb
    when not p_row.is_failed and ratchet_internal.is_final(p_row.ledger)
      then ratchet_internal.readable(p_row.value::json)::jsonb end;
end $$;
comment on function ratchet_internal.row_output(ratchet.jobs_attributes, json) is
  'The output that a row of the history stands for.';

-- sql/graph/row_hook.sql

-- What a hook that waited was resumed with; null for all other rows.

create function ratchet_internal.row_hook(p_row ratchet.jobs_attributes) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when p_row.kind = 'hook' and p_row.input is not null and not p_row.is_failed
    then ratchet_internal.readable(p_row.value::json)::jsonb end;
end $$;
comment on function ratchet_internal.row_hook(ratchet.jobs_attributes) is
  'What a hook that waited was resumed with.';

-- sql/graph/response_error.sql

-- A response that failed, as an error: an object with a message and a numeric code.

create function ratchet_internal.response_error(p_value text, p_code int) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_error jsonb := ratchet_internal.readable(p_value::json);
begin
  if jsonb_typeof(v_error) is distinct from 'object' then
    v_error := jsonb_strip_nulls(jsonb_build_object('error', v_error));
  end if;
  return v_error || jsonb_build_object('message', coalesce(v_error ->> 'message', 'unknown'),
    'code', coalesce(p_code, 500));
end $$;
comment on function ratchet_internal.response_error(text, int) is
  'A response that failed, as an object with a message and a code.';

-- sql/graph/row_entry.sql

-- What expressions see of a run of an activity that is in the history. p_payload: of the job.

create function ratchet_internal.row_entry(
  p_activity ratchet_internal.graph_activities, p_row ratchet.jobs_attributes, p_payload json
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return ratchet_internal.activity_entry(p_activity, p_row,
    ratchet_internal.row_output(p_row, p_payload), ratchet_internal.row_hook(p_row),
    case when p_row.is_failed then ratchet_internal.response_error(p_row.value, p_row.code) end);
end $$;
comment on function ratchet_internal.row_entry(ratchet_internal.graph_activities,
  ratchet.jobs_attributes, json) is
  'What expressions see of a run of an activity that is in the history.';

-- sql/graph/narrow_scope.sql

-- The scope of an ancestor, taken from that of an activity below it.

create function ratchet_internal.narrow_scope(p_scope jsonb, p_path_names text[]) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(p_scope)
  where key = any (p_path_names[:cardinality(p_path_names) - 1])
$$;
comment on function ratchet_internal.narrow_scope(jsonb, text[]) is
  'The scope of an ancestor, taken from that of an activity below it.';

-- Graphs: working out one activity. Nothing here writes.

-- sql/graph/check_expression.sql

-- Raises WF107, as an expression does that cannot be evaluated, when its value is of no use.

create function ratchet_internal.check_expression(p_is_well boolean, p_part text, p_reason text)
returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_is_well is not true then
    perform ratchet_internal.raise_error('WF107', 'expression failed',
      jsonb_build_object('expression', p_part, 'reason', p_reason),
      'Look at the values that the expression of this activity reads.');
  end if;
end $$;
comment on function ratchet_internal.check_expression(boolean, text, text) is
  'Raises WF107 unless the value of an expression can be used.';

-- sql/graph/expression_error.sql

-- The error of an activity whose expression could not be evaluated: it names both.

create function ratchet_internal.expression_error(
  p_activity text, p_part text, p_message text, p_detail text
) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('code', 500, 'activity', p_activity, 'expression', p_part,
    'message', p_activity || ': ' || p_part || ': ' || p_message
      || case when p_detail <> '' then ': ' || left(p_detail, 1000) else '' end)
$$;
comment on function ratchet_internal.expression_error(text, text, text, text) is
  'The error of an activity whose expression failed, naming the activity and the expression.';

-- sql/graph/graph_attribute.sql

-- The row of one run of an activity, as it is when it has been entered. Inlinable: one expression
-- where it is called, instead of a function with one for each column.

create function ratchet_internal.graph_attribute(
  p_now timestamptz, p_job bigint, p_activity ratchet_internal.graph_activities, p_address text,
  p_ledger bigint default ratchet_internal.leg1_done(1), p_input json default null,
  p_value text default null
) returns ratchet.jobs_attributes
language sql immutable
return row(p_job, p_ledger, p_now, null, p_activity.position, null, null,
  false, p_address, p_activity.kind,
  p_address || '/' || p_activity.label, p_input, null, p_value)::ratchet.jobs_attributes;
comment on function ratchet_internal.graph_attribute(timestamptz, bigint,
  ratchet_internal.graph_activities, text, bigint, json, text) is
  'The row of one run of an activity, as it is when it has been entered.';

-- sql/graph/graph_message.sql

-- A message that makes an activity of a graph move. It is found by the engine's own route, except
-- where it is an activity for a worker. Inlinable.

create function ratchet_internal.graph_message(
  p_job ratchet.jobs, p_address text, p_position int, p_kind text, p_due timestamptz,
  p_key text default null, p_options json default null, p_queue text default null
) returns ratchet_internal.messages
language sql immutable
return row(p_job.id, p_due, null, p_position, 0, p_address, p_kind, p_job.namespace,
  coalesce(p_queue, '$graph'), case when p_kind = 'activity' then '' else '$graph' end, p_key,
  p_options)::ratchet_internal.messages;
comment on function ratchet_internal.graph_message(
  ratchet.jobs, text, int, text, timestamptz, text, json, text) is
  'A message that makes an activity of a graph move.';

-- sql/graph/worker_options.sql

-- What the message of a worker activity tells its worker, beside the input. Its workflow name
-- chooses among the workers of a topic: the one in the mapped input, else the topic of the graph.
-- Inlinable.

create function ratchet_internal.worker_options(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_address text, p_topic text,
  p_telemetry jsonb, p_input json
) returns json
language sql stable
return json_build_object('metadata', json_strip_nulls(json_build_object(
    'guid', p_job.id || p_address || '-' || p_activity.position,
    'jid', p_job.key, 'gid', p_job.id::text, 'aid', p_activity.name, 'dad', p_address,
    'topic', p_topic, 'wfn', coalesce(case when p_activity.input_maps is not null
      and json_typeof(p_input -> 'workflowName') = 'string'
      then nullif(p_input ->> 'workflowName', '') end, p_job.workflow),
    'trc', p_job.options ->> 'trc', 'spn', p_job.options ->> 'spn', 'telemetry', p_telemetry)),
  'retry', p_activity.retry);
comment on function ratchet_internal.worker_options(
  ratchet.jobs, ratchet_internal.graph_activities, text, text, jsonb, json) is
  'What the message of a worker activity tells its worker, beside the input.';

-- sql/graph/close_outcome.sql

-- An activity that is answered in the stretch that entered it.

create function ratchet_internal.close_outcome(
  p_out ratchet_internal.graph_outcome, p_value jsonb, p_error jsonb default null
) returns ratchet_internal.graph_outcome
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
begin
  v_out.message := null;
  v_out.status := case when p_error is null then 'success' else 'error' end;
  v_out.code := case when p_error is null then 200 else (p_error ->> 'code')::int end;
  v_out.error := p_error;
  if not ratchet_internal.is_final((v_out.attribute).ledger) then
    v_out.attribute.ledger := ratchet_internal.leg2_done((v_out.attribute).ledger, 1);
  end if;
  v_out.attribute.value := coalesce(p_error, p_value)::text;
  v_out.attribute.is_failed := p_error is not null;
  v_out.attribute.code := nullif(v_out.code, 200);
  if p_error is not null then
    v_out.output := null;
    v_out.hook := null;
    v_out.effects := null;
    v_out.data := null;
  end if;
  return v_out;
end $$;
comment on function ratchet_internal.close_outcome(ratchet_internal.graph_outcome, jsonb, jsonb) is
  'Answers an activity in the stretch that entered it, with a value or an error.';

-- sql/graph/telemetry_values.sql

-- The attributes of spans that a telemetry map makes: scalars, under their public names.

create function ratchet_internal.telemetry_values(p_values jsonb) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_object_agg('app.activity.data.' || key, value) from jsonb_each(p_values)
  where jsonb_typeof(value) in ('boolean', 'string', 'number')
$$;
comment on function ratchet_internal.telemetry_values(jsonb) is
  'The attributes of spans that a telemetry map makes; null when there are none.';

-- sql/graph/signal_key.sql

-- The key of the wait that a signal is for, read out of its payload as the rule of its topic says;
-- null when there is no rule or no such value. Raises: WF107.

create function ratchet_internal.signal_key(p_version bigint, p_topic text, p_payload jsonb)
returns text
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.hook_key(h.topic, ratchet_internal.run_maps(h.actual, jsonb_build_object(
    '$hook', jsonb_build_object('data', p_payload),
    '$self', jsonb_build_object('hook', jsonb_build_object('data', p_payload)))) -> 'v')
  from ratchet_internal.graph_hooks h
  where h.version_id = p_version and h.topic = p_topic
$$;
comment on function ratchet_internal.signal_key(bigint, text, jsonb) is
  'The key of the wait that a signal is for; null when no rule gives one.';

-- sql/graph/signal_code.sql

-- Status and code of a signal belong together: 202 is pending, and all else closes the wait.
-- Raises: WF107 when they contradict each other.

create function ratchet_internal.signal_code(p_status text, p_code int) returns int
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_expression(
    coalesce(p_status, 'success') in ('success', 'pending')
      and coalesce(p_code, 200) in (200, 202)
      and (p_status is null or p_code is null or (p_status = 'pending') = (p_code = 202)),
    'status', 'a signal is success with code 200 or pending with code 202');
  return case when p_status = 'pending' or p_code = 202 then 202 else 200 end;
end $$;
comment on function ratchet_internal.signal_code(text, int) is
  'The code of a signal, from its status, its code, or both; raises WF107 when they disagree.';

-- sql/graph/signal_expire.sql

-- How long a signal is kept for a wait that is not there yet: what its payload says as $expire, or
-- ten minutes. In milliseconds.

create function ratchet_internal.signal_expire(p_payload jsonb) returns float8
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(ratchet_internal.duration_ms(case when jsonb_typeof(p_payload) = 'object'
    then p_payload ->> '$expire' end), 600000)
$$;
comment on function ratchet_internal.signal_expire(jsonb) is
  'How long a signal is kept for a wait that is not there yet, in milliseconds.';

-- sql/graph/interrupt_error.sql

-- The error of a job that was interrupted.

create function ratchet_internal.interrupt_error(
  p_job text, p_reason text, p_code int, p_stack text
) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('message', coalesce(p_reason, 'job [' || p_job || '] interrupted'),
    'code', coalesce(p_code, 410), 'job_id', p_job, 'stack', coalesce(p_stack, ''))
$$;
comment on function ratchet_internal.interrupt_error(text, text, int, text) is
  'The error of a job that was interrupted.';

-- sql/graph/enter_worker.sql

-- A worker activity: its input goes to its topic. Without maps it is given the payload of the job.

create function ratchet_internal.enter_worker(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_view jsonb,
  p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_topic text := p_out.options ->> 'topic';
  v_options json;
begin
  perform ratchet_internal.check_expression(ratchet_internal.is_name(v_topic), 'topic',
    'the topic is no name');
  v_out.attribute.input := case when p_activity.input_maps is null then p_job.input
    else ratchet_internal.run_maps(p_activity.input_maps, p_view)::json end;
  v_options := ratchet_internal.worker_options(p_job, p_activity, (p_out.attribute).address,
    v_topic,
    case when p_activity.telemetry is not null then ratchet_internal.telemetry_values(
      ratchet_internal.run_maps(p_activity.telemetry, p_view)) end, (v_out.attribute).input);
  v_out.message := ratchet_internal.graph_message(p_job, (p_out.attribute).address,
    p_activity.position, 'activity', (p_out.attribute).created_at, null, v_options, v_topic);
  return v_out;
end $$;
comment on function ratchet_internal.enter_worker(ratchet.jobs, ratchet_internal.graph_activities,
  jsonb, ratchet_internal.graph_outcome) is
  'Enters a worker activity: what it sends, and where to.';

-- sql/graph/enter_await.sql

-- An await activity: a job of another graph is started once the stretch is written. Its number is
-- taken in advance, so that the message that waits for its end can name it.

create function ratchet_internal.enter_await(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_view jsonb,
  p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_topic text := p_out.options ->> 'topic';
  v_child text := nextval('ratchet.jobs_id_seq');
begin
  perform ratchet_internal.check_expression(ratchet_internal.is_name(v_topic), 'topic',
    'the topic is no name');
  v_out.attribute.input := case when p_activity.input_maps is null then p_job.input
    else ratchet_internal.run_maps(p_activity.input_maps, p_view)::json end;
  v_out.message := ratchet_internal.graph_message(p_job, (p_out.attribute).address,
    p_activity.position, 'child', 'infinity', v_child, json_build_object('child', v_child));
  v_out.effects := array[jsonb_build_object('kind', 'child', 'id', v_child::bigint,
    'topic', v_topic, 'input', ratchet_internal.readable((v_out.attribute).input),
    'is_awaited', p_out.options -> 'await' is distinct from 'false', 'job', p_job.id,
    'address', (p_out.attribute).address, 'position', p_activity.position,
    'activity', p_activity.name)];
  return v_out;
end $$;
comment on function ratchet_internal.enter_await(ratchet.jobs, ratchet_internal.graph_activities,
  jsonb, ratchet_internal.graph_outcome) is
  'Enters an await activity: which job is to be started, and whether it is waited for.';

-- sql/graph/enter_hook.sql

-- A hook: waits for a signal, for a time, or for either; or goes on at once. What its output maps
-- make of it is its value when it goes on at once; when it waits it is kept as its input, since the
-- value will be what it is resumed with.

create function ratchet_internal.enter_hook(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_scope jsonb, p_view jsonb,
  p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_now timestamptz := (p_out.attribute).created_at;
  v_sleep float8 := case when p_out.options ? 'sleep'
    then ratchet_internal.number_of(p_out.options::json, 'sleep', 0) else 0 end;
  v_due timestamptz := 'infinity';
  v_value jsonb;
  v_key text;
begin
  if p_activity.output_maps is not null then
    v_out.output := ratchet_internal.run_maps(p_activity.output_maps, p_view);
  end if;
  if p_activity.hook is null and v_sleep <= 0 then
    return ratchet_internal.close_outcome(v_out, v_out.output);
  end if;
  if v_sleep > 0 then
    v_due := ratchet_internal.after(v_now, v_sleep * 1000);
  end if;
  if p_activity.hook is not null then
    v_value := ratchet_internal.run_maps(p_activity.hook -> 'expected',
      ratchet_internal.graph_view(p_job, p_activity, p_scope, ratchet_internal.activity_entry(
        p_activity, p_out.attribute, v_out.output, null, null))) -> 'v';
    perform ratchet_internal.check_expression(v_value <> 'null', 'hooks.expected',
      'the key to wait under is undefined or null');
    v_key := ratchet_internal.hook_key(p_activity.hook ->> 'topic', v_value);
  end if;
  v_out.attribute.input := coalesce(v_out.output, '{}');
  v_out.message := ratchet_internal.graph_message(p_job, (p_out.attribute).address,
    p_activity.position, case when v_key is null then 'timer' else 'wait' end, v_due, v_key,
    json_build_object('key', v_key, 'due_at', v_due));
  if v_key is not null
    and p_out.options -> 'escalation' ?| array['role', 'type', 'priority', 'metadata']
  then
    v_out.effects := array[jsonb_build_object('kind', 'escalation',
      'key', v_value, 'address', (p_out.attribute).address, 'position', p_activity.position,
      'fields', jsonb_build_object('topic', p_activity.hook ->> 'topic')
        || (p_out.options -> 'escalation'))];
  end if;
  return v_out;
end $$;
comment on function ratchet_internal.enter_hook(ratchet.jobs, ratchet_internal.graph_activities,
  jsonb, jsonb, ratchet_internal.graph_outcome) is
  'Enters a hook: what it waits for, or its output when it does not wait.';

-- sql/graph/enter_signal.sql

-- A signal activity: sends a signal in the transaction in which it ends.

create function ratchet_internal.enter_signal(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_scope jsonb, p_view jsonb,
  p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_payload jsonb := '{}';
  v_view jsonb := p_view;
  v_key text;
begin
  if p_activity.output_maps is not null then
    v_out.output := ratchet_internal.run_maps(p_activity.output_maps, p_view);
    v_view := ratchet_internal.graph_view(p_job, p_activity, p_scope,
      ratchet_internal.activity_entry(p_activity, p_out.attribute, v_out.output, null, null));
  end if;
  if p_activity.signal_maps is not null then
    v_payload := ratchet_internal.run_maps(p_activity.signal_maps, v_view);
  end if;
  if p_activity.constants ->> 'subtype' = 'all' then
    v_out := ratchet_internal.close_outcome(v_out, v_out.output);
    v_out.effects := ratchet_internal.signals_to_all(p_job, p_activity.version_id, p_out.options,
      v_payload);
    return v_out;
  end if;
  v_key := ratchet_internal.signal_key(p_activity.version_id, p_out.options ->> 'topic', v_payload);
  perform ratchet_internal.check_expression(v_key is not null, 'signal',
    'no hook rule has this topic, or the payload lacks the key that it reads');
  v_out := ratchet_internal.close_outcome(v_out, v_out.output);
  v_out.effects := array[jsonb_build_object('kind', 'signal', 'key', v_key, 'payload', v_payload,
    'code', ratchet_internal.signal_code(p_out.options ->> 'status',
      ratchet_internal.number_of(p_out.options::json, 'code', null)::int))];
  return v_out;
end $$;
comment on function ratchet_internal.enter_signal(ratchet.jobs, ratchet_internal.graph_activities,
  jsonb, jsonb, ratchet_internal.graph_outcome) is
  'Enters a signal activity: which signal is sent.';

-- sql/graph/enter_cycle.sql

-- A cycle: its ancestor is entered again, in a dimension of its own, with the cycle's input as its
-- output. The obligation moves there.

create function ratchet_internal.enter_cycle(
  p_activity ratchet_internal.graph_activities, p_view jsonb, p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_input jsonb := '{}';
begin
  if p_activity.input_maps is not null then
    v_input := ratchet_internal.run_maps(p_activity.input_maps, p_view);
  end if;
  v_out.attribute.input := v_input;
  v_out := ratchet_internal.close_outcome(v_out, null);
  v_out.effects := array[jsonb_build_object('kind', 'cycle', 'input', v_input,
    'to', p_activity.ancestor)];
  return v_out;
end $$;
comment on function ratchet_internal.enter_cycle(
  ratchet_internal.graph_activities, jsonb, ratchet_internal.graph_outcome) is
  'Enters a cycle: which activity is entered again, with what.';

-- sql/graph/enter_interrupt.sql

-- An interrupt: stops its own job, or another one of the app and goes on. Without a target it is
-- its own job; a target that comes to nothing is a job that is unknown.

create function ratchet_internal.enter_interrupt(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_view jsonb,
  p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_target text := case when p_out.options ? 'has_target' then p_out.options ->> 'target'
    else p_job.key end;
  v_stop jsonb := jsonb_build_object('target', v_target, 'topic', p_out.options -> 'topic',
    'is_thrown', p_out.options -> 'throw' is distinct from 'false',
    'expire', p_out.options -> 'expire', 'error', ratchet_internal.interrupt_error(v_target,
      p_out.options ->> 'reason', ratchet_internal.number_of(p_out.options::json, 'code', 410)::int,
      p_out.options ->> 'stack'));
begin
  v_out.attribute.input := v_stop - 'error';
  if v_target = p_job.key then
    v_out := ratchet_internal.close_outcome(v_out, null);
    v_out.stop := v_stop;
    return v_out;
  end if;
  if p_activity.output_maps is not null then
    v_out.output := ratchet_internal.run_maps(p_activity.output_maps, p_view);
  end if;
  v_out := ratchet_internal.close_outcome(v_out, v_out.output);
  v_out.effects := array[v_stop || '{"kind": "interrupt"}'];
  return v_out;
end $$;
comment on function ratchet_internal.enter_interrupt(ratchet.jobs,
  ratchet_internal.graph_activities, jsonb, ratchet_internal.graph_outcome) is
  'Enters an interrupt: which job it stops, and how.';

-- sql/graph/enter_activity.sql

-- Enters an activity. Nothing is written here: so what an expression throws has nothing to undo,
-- and the block that catches it costs next to nothing. The error becomes that of the activity. An
-- activity with a threshold is skipped when so few activities are open; its ledger then counts no
-- attempt.

create function ratchet_internal.enter_activity(
  p_now timestamptz, p_job ratchet.jobs, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome;
  v_view jsonb;
  v_message text;
  v_detail text;
begin
  v_out.attribute := ratchet_internal.graph_attribute(p_now, p_job.id, p_activity, p_item.address);
  v_view := ratchet_internal.graph_view(p_job, p_activity, p_item.scope, null);
  v_out.options := p_activity.constants;
  if p_activity.options is not null then
    v_out.options := v_out.options || ratchet_internal.run_maps(p_activity.options, v_view);
  end if;
  if v_out.options ? 'statusThreshold' and p_job.status
    <= ratchet_internal.number_of(v_out.options::json, 'statusThreshold', 0)
  then
    v_out := ratchet_internal.close_outcome(v_out, null);
    v_out.status := 'skipped';
    v_out.attribute.ledger := ratchet_internal.leg2_done(ratchet_internal.leg1_done(0), 0);
  elsif p_activity.kind = 'worker' then
    v_out := ratchet_internal.enter_worker(p_job, p_activity, v_view, v_out);
  elsif p_activity.kind = 'await' then
    v_out := ratchet_internal.enter_await(p_job, p_activity, v_view, v_out);
  elsif p_activity.kind = 'hook' then
    v_out := ratchet_internal.enter_hook(p_job, p_activity, p_item.scope, v_view, v_out);
  elsif p_activity.kind = 'signal' then
    v_out := ratchet_internal.enter_signal(p_job, p_activity, p_item.scope, v_view, v_out);
  elsif p_activity.kind = 'cycle' then
    v_out := ratchet_internal.enter_cycle(p_activity, v_view, v_out);
  else
    v_out := ratchet_internal.enter_interrupt(p_job, p_activity, v_view, v_out);
  end if;
  return v_out;
exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception
  or program_limit_exceeded
then
  get stacked diagnostics v_message = message_text, v_detail = pg_exception_detail;
  return ratchet_internal.close_outcome(v_out, null, ratchet_internal.expression_error(
    p_activity.name, 'input', v_message, v_detail));
end $$;
comment on function ratchet_internal.enter_activity(timestamptz, ratchet.jobs,
  ratchet_internal.graph_activities, ratchet_internal.graph_item) is
  'Enters an activity: what it comes to, or the error of the expression that failed.';

-- sql/graph/bind_answer.sql

-- What the answer of an activity means: a response with a status and a code, or the error it failed
-- with, which binds no output. An answer of a hook that waited is what resumed it; one without a
-- code is its time, which ran out.

create function ratchet_internal.bind_answer(
  p_activity ratchet_internal.graph_activities, p_item ratchet_internal.graph_item
) returns ratchet_internal.graph_outcome
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome;
  v_row ratchet.jobs_attributes := p_item.answer;
begin
  v_out.attribute := v_row;
  if v_row.is_failed then
    v_out.status := 'error';
    v_out.error := ratchet_internal.response_error(v_row.value, coalesce(v_row.code, 500));
    v_out.code := (v_out.error ->> 'code')::int;
    return v_out;
  end if;
  v_out.code := coalesce(v_row.code, 200);
  v_out.status := case when v_row.code = 202 then 'pending' else 'success' end;
  v_out.output := ratchet_internal.row_output(v_row, null);
  v_out.hook := ratchet_internal.row_hook(v_row);
  return v_out;
end $$;
comment on function ratchet_internal.bind_answer(
  ratchet_internal.graph_activities, ratchet_internal.graph_item) is
  'What the answer of an activity means: status, code, output or error.';

-- sql/graph/taken_transitions.sql

-- The activities that follow a response, each once, in the order of their transitions.
-- Raises: WF107, WF506.

create function ratchet_internal.taken_transitions(p_transitions jsonb, p_view jsonb, p_code int)
returns int[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_transition jsonb;
  v_targets int[] := '{}';
begin
  for v_at in 0..jsonb_array_length(p_transitions) - 1 loop
    v_transition := p_transitions -> v_at;
    if (case when not v_transition ? 'codes' then true
      when not v_transition -> 'codes' ? p_code::text then false
      when v_transition ? 'path'
        then p_view #> (v_transition ->> 'path')::text[] = v_transition -> 'expected'
      when v_transition ? 'rule'
        then ratchet_internal.rule_holds(v_transition -> 'rule', p_code, p_view)
      else true end)
      and (v_transition -> 'to')::int <> all (v_targets)
    then
      v_targets := v_targets || (v_transition -> 'to')::int;
    end if;
  end loop;
  return v_targets;
end $$;
comment on function ratchet_internal.taken_transitions(jsonb, jsonb, int) is
  'The activities that follow a response with a code.';

-- sql/graph/fill_slots.sql

-- Fills the first slots of an object from a list, or from an object with numbers as keys.

create function ratchet_internal.fill_slots(p_slots jsonb, p_value jsonb, p_count int)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case when jsonb_typeof(p_slots) = 'object' then p_slots else '{}' end
    || coalesce(jsonb_object_agg(slot.key, slot.value), '{}')
  from (
    select (at - 1)::text as key, value from jsonb_array_elements(
      case jsonb_typeof(p_value) when 'array' then p_value else '[]' end)
      with ordinality as list (value, at)
    union all
    select key, value from jsonb_each(
      case jsonb_typeof(p_value) when 'object' then p_value else '{}' end)) slot
  where slot.key ~ '^(0|[1-9][0-9]{0,8})$' and slot.key::int < p_count
$$;
comment on function ratchet_internal.fill_slots(jsonb, jsonb, int) is
  'Fills the first slots of an object from a list or from an object with numbers as keys.';

-- sql/graph/user_fields.sql

-- What the maps of an activity store beside the job data: of the objects under keys that end with
-- [-] or [_], the members whose names begin with that sign. Null when there are none.

create function ratchet_internal.user_fields(p_patch jsonb) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_object_agg(field.key, field.value)
  from jsonb_each(p_patch) part
  cross join lateral jsonb_each(
    case jsonb_typeof(part.value) when 'object' then part.value else '{}' end) field
  where part.key ~ '\[[-_]\]$' and left(field.key, 1) = left(right(part.key, 2), 1)
$$;
comment on function ratchet_internal.user_fields(jsonb) is
  'Markers (-) and user data (_) among the job maps of an activity.';

-- sql/graph/merge_job_data.sql

-- Job data after the maps of an activity: each leaf replaces what was there. p_shape, the maps as
-- they were written, tells leaves from nested objects, and has the keys with brackets: list[25] is
-- so many slots of an object; keys that end with [-] or [_] are no job data (user_fields). A nested
-- object of which no leaf is defined writes nothing: null when there was nothing before.

create function ratchet_internal.merge_job_data(p_data jsonb, p_patch jsonb, p_shape jsonb)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_data jsonb := case when jsonb_typeof(p_data) = 'object' then p_data else '{}' end;
  v_is_written boolean := p_shape is null or p_shape = '{}';
  v_key text;
  v_value jsonb;
begin
  if p_shape is null then return v_data || p_patch; end if;
  for v_key, v_value in select key, value from jsonb_each(p_patch) loop
    if v_key ~ '\[[0-9]{1,9}\]$' then
      continue when v_value = '{}' and p_shape -> v_key <> '{}'
        and jsonb_typeof(p_shape -> v_key) = 'object' and not p_shape -> v_key ?| '{@pipe,@reduce}';
      v_data := v_data || jsonb_build_object(substr(v_key, 1, strpos(v_key, '[') - 1),
        ratchet_internal.fill_slots(v_data -> substr(v_key, 1, strpos(v_key, '[') - 1), v_value,
          substring(v_key from '\[([0-9]+)\]$')::int));
    elsif jsonb_typeof(p_shape -> v_key) = 'object' and not p_shape -> v_key ?| '{@pipe,@reduce}'
      and jsonb_typeof(v_value) = 'object' and v_key !~ '\[[-_]\]$'
    then
      v_value := ratchet_internal.merge_job_data(v_data -> v_key, v_value, p_shape -> v_key);
      continue when v_value is null;
      v_data := v_data || jsonb_build_object(v_key, v_value);
    elsif v_key !~ '\[[-_]\]$' then
      v_data := v_data || jsonb_build_object(v_key, v_value);
    else
      continue;
    end if;
    v_is_written := true;
  end loop;
  return case when v_is_written then v_data else p_data end;
end $$;
comment on function ratchet_internal.merge_job_data(jsonb, jsonb, jsonb) is
  'Job data after the maps of an activity.';

-- sql/graph/map_job_data.sql

-- Evaluates the job maps of an activity: those for its response code, or those for any. Maps that
-- come to no object write nothing.

create function ratchet_internal.map_job_data(
  p_data jsonb, p_activity ratchet_internal.graph_activities, p_view jsonb,
  p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_which text := case when p_activity.job_maps ? p_out.code::text then p_out.code::text
    else '' end;
  v_patch jsonb;
  v_fields jsonb;
begin
  if not p_activity.job_maps ? v_which then return v_out; end if;
  v_patch := ratchet_internal.run_maps(p_activity.job_maps -> v_which, p_view);
  if jsonb_typeof(v_patch) is distinct from 'object' then return v_out; end if;
  v_out.data := coalesce(ratchet_internal.merge_job_data(p_data, v_patch,
    p_activity.job_shapes -> v_which), '{}');
  if p_activity.job_shapes is not null then
    v_fields := ratchet_internal.user_fields(v_patch);
    if v_fields is not null then
      v_out.effects := v_out.effects
        || jsonb_build_object('kind', 'fields', 'fields', v_fields);
    end if;
  end if;
  return v_out;
end $$;
comment on function ratchet_internal.map_job_data(jsonb, ratchet_internal.graph_activities, jsonb,
  ratchet_internal.graph_outcome) is
  'Evaluates the job maps of an activity.';

-- sql/graph/announcement.sql

-- The effects of emit and persist: they count only when they are exactly true.

create function ratchet_internal.announcement(p_values jsonb) returns jsonb[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case when p_values -> 'persist' = 'true'
      then array['{"kind": "announce", "code": 200}'::jsonb]
    when p_values -> 'emit' = 'true' then array['{"kind": "announce", "code": 202}'::jsonb] end
$$;
comment on function ratchet_internal.announcement(jsonb) is
  'The effects of emit and persist; null when neither is true.';

-- sql/graph/fail_outcome.sql

-- What becomes of an activity whose expression failed after it had its response: the error takes
-- the place of the response and its output, and only transitions are evaluated again, with its
-- code. If one of these fails too, none is taken.

create function ratchet_internal.fail_outcome(
  p_out ratchet_internal.graph_outcome, p_job ratchet.jobs,
  p_activity ratchet_internal.graph_activities, p_scope jsonb, p_error jsonb
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := ratchet_internal.close_outcome(p_out, null, p_error);
begin
  v_out.targets := '{}';
  v_out.targets := ratchet_internal.taken_transitions(p_activity.transitions,
    ratchet_internal.graph_view(p_job, p_activity, p_scope, ratchet_internal.activity_entry(
      p_activity, v_out.attribute, null, null, p_error)), v_out.code);
  return v_out;
exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception
  or program_limit_exceeded
then
  return v_out;
end $$;
comment on function ratchet_internal.fail_outcome(
  ratchet_internal.graph_outcome, ratchet.jobs, ratchet_internal.graph_activities, jsonb, jsonb) is
  'An activity whose expression failed after its response: only its error is left.';

-- sql/graph/leave_activity.sql

-- Goes on from a response: which activities follow, what job data become, what is announced. Writes
-- nothing, as enter_activity. A response that failed and is taken up by no transition is the error
-- of the job.

create function ratchet_internal.leave_activity(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_scope jsonb,
  p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_self jsonb := case when p_activity.is_read
    or p_activity.uses && array['$self', p_activity.name]
    then ratchet_internal.activity_entry(p_activity, p_out.attribute, p_out.output,
      p_out.hook, p_out.error) end;
  v_view jsonb := ratchet_internal.graph_view(p_job, p_activity, p_scope, v_self);
  v_part text := 'transitions';
  v_message text;
  v_detail text;
begin
  begin
    v_out.targets := ratchet_internal.taken_transitions(p_activity.transitions, v_view, v_out.code);
    v_part := 'job.maps';
    if p_activity.job_maps is not null then
      v_out := ratchet_internal.map_job_data(p_job.context, p_activity, v_view, v_out);
    end if;
    v_part := 'emit, persist';
    if p_activity.announce is not null then
      v_out.effects := v_out.effects || ratchet_internal.announcement(
        ratchet_internal.run_maps(p_activity.announce, v_view));
    end if;
  exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception
    or program_limit_exceeded
  then
    get stacked diagnostics v_message = message_text, v_detail = pg_exception_detail;
    v_out := ratchet_internal.fail_outcome(v_out, p_job, p_activity, p_scope,
      ratchet_internal.expression_error(p_activity.name, v_part, v_message, v_detail));
    v_self := ratchet_internal.activity_entry(p_activity, v_out.attribute, null, null, v_out.error);
  end;
  if v_out.status = 'error' and v_out.targets = '{}' and v_out.stop is null then
    v_out.stop := jsonb_build_object('error', v_out.error || '{"is_stream_error": true}');
  end if;
  v_out.scope := case when p_activity.is_read
    then p_scope || jsonb_build_object(p_activity.name, v_self) else p_scope end;
  return v_out;
end $$;
comment on function ratchet_internal.leave_activity(ratchet.jobs,
  ratchet_internal.graph_activities, jsonb, ratchet_internal.graph_outcome) is
  'Goes on from the response of an activity: what follows, job data, announcements.';

-- sql/graph/step_activity.sql

-- Does one thing of a stretch: enters an activity, or goes on with its answer; and, unless it stays
-- open, with what follows.

create function ratchet_internal.step_activity(
  p_now timestamptz, p_job ratchet.jobs, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome;
begin
  if (p_item.answer).job_id is null then
    v_out := ratchet_internal.enter_activity(p_now, p_job, p_activity, p_item);
    if (v_out.message).job_id is not null then return v_out; end if;
  else
    v_out := ratchet_internal.bind_answer(p_activity, p_item);
  end if;
  if v_out.status = 'skipped' then
    v_out.targets := '{}';
    v_out.scope := p_item.scope;
    return v_out;
  end if;
  return ratchet_internal.leave_activity(p_job, p_activity, p_item.scope, v_out);
end $$;
comment on function ratchet_internal.step_activity(timestamptz, ratchet.jobs,
  ratchet_internal.graph_activities, ratchet_internal.graph_item) is
  'Does one thing of a stretch; writes nothing.';

-- Graphs: a stretch gathers what its activities come to, and writes it.

-- sql/graph/next_pass.sql

-- The number of the next pass of an activity under one pass of its parent. The ledger of the first
-- pass counts them all; p_passes has those that this stretch has counted and not yet written.

create function ratchet_internal.next_pass(
  p_job bigint, p_parent text, p_position int, p_passes jsonb
) returns int
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce((p_passes ->> (p_parent || ' ' || p_position))::int, (
    select (a.ledger % 100000000)::int from ratchet.jobs_attributes a
    where a.job_id = p_job and a.address = p_parent || ',0' and a.position = p_position), 1)
$$;
comment on function ratchet_internal.next_pass(bigint, text, int, jsonb) is
  'The number of the next pass of an activity under one pass of its parent.';

-- sql/graph/add_pass.sql

-- A further pass of an activity: its row gets an address of its own, beside the earlier ones. More
-- than the job allows (max_cycles, else 10,000) are taken for a loop without end, and stop the job.

create function ratchet_internal.add_pass(
  p_draft ratchet_internal.graph_draft, p_parent text, p_row ratchet.jobs_attributes, p_name text
) returns ratchet_internal.graph_draft
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_row ratchet.jobs_attributes := p_row;
  v_pass int := ratchet_internal.next_pass((p_draft.job).id, p_parent, p_row.position,
    p_draft.passes);
  v_most int := coalesce(((p_draft.job).options ->> 'max_cycles')::numeric::int, 10000);
begin
  v_row.address := p_parent || ',' || v_pass;
  v_row.field := ratchet_internal.step_field(v_row.address, v_row.position, p_name);
  v_draft.attributes := v_draft.attributes || v_row;
  v_draft.passes := v_draft.passes
    || jsonb_build_object(p_parent || ' ' || p_row.position, v_pass + 1);
  if v_pass >= v_most then
    v_draft.stop := jsonb_build_object('error', jsonb_build_object('code', 598, 'activity', p_name,
      'message', p_name || ' was entered ' || v_most || ' times; the loop has no end'));
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.add_pass(
  ratchet_internal.graph_draft, text, ratchet.jobs_attributes, text) is
  'Adds a further pass of an activity to a draft, beside the earlier ones.';

-- sql/graph/reopen_activity.sql

-- An activity that answered and is not done yet: its next pass is open, with what the answered one
-- was waiting for. A worker's is then waited for under no signal: it comes by ratchet.respond.

create function ratchet_internal.reopen_activity(
  p_draft ratchet_internal.graph_draft, p_item ratchet_internal.graph_item, p_name text
) returns ratchet_internal.graph_draft
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_row ratchet.jobs_attributes := p_item.answer;
  v_is_hook boolean := v_row.kind = 'hook';
begin
  v_row.ledger := ratchet_internal.leg1_done(1);
  v_row.created_at := p_draft.now;
  v_row.updated_at := null;
  v_row.value := null;
  v_row.code := null;
  v_draft := ratchet_internal.add_pass(v_draft,
    regexp_replace(p_item.address, ',[0-9]+$', ''), v_row, p_name);
  v_row := v_draft.attributes[cardinality(v_draft.attributes)];
  v_draft.messages := v_draft.messages || ratchet_internal.graph_message(p_draft.job,
    v_row.address, v_row.position, case v_row.kind when 'await' then 'child' else 'wait' end,
    case when v_is_hook then (p_item.options ->> 'due_at')::timestamptz else 'infinity' end,
    case v_row.kind when 'await' then p_item.options ->> 'child'
      when 'hook' then p_item.options ->> 'key' else E'\x1frespond' end,
    p_item.options);
  if v_row.kind = 'await' then
    v_draft.children := v_draft.children
      || jsonb_build_object('awaited', (p_item.options ->> 'child')::bigint);
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.reopen_activity(
  ratchet_internal.graph_draft, ratchet_internal.graph_item, text) is
  'Opens the next pass of an activity that answered that it is not done yet.';

-- sql/graph/add_effect.sql

-- Adds what an activity brings about, beside its own row, to the draft of a stretch.

create function ratchet_internal.add_effect(
  p_draft ratchet_internal.graph_draft, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item, p_out ratchet_internal.graph_outcome, p_effect jsonb
) returns ratchet_internal.graph_draft
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_row ratchet.jobs_attributes;
  v_target ratchet_internal.graph_activities;
begin
  if p_effect ->> 'kind' = 'child' then
    v_draft.children := v_draft.children || p_effect;
  elsif p_effect ->> 'kind' = 'signal' then
    v_draft.signals := v_draft.signals || p_effect;
  elsif p_effect ->> 'kind' = 'fields' then
    v_draft.fields := coalesce(v_draft.fields, '{}') || (p_effect -> 'fields');
  elsif p_effect ->> 'kind' = 'escalation' then
    v_draft.escalations := v_draft.escalations || p_effect;
  elsif p_effect ->> 'kind' = 'announce' and (p_draft.job).status > 0 and p_out.stop is null then
    v_draft.announcements := v_draft.announcements || (p_effect || jsonb_build_object(
      'data', (p_draft.job).context, 'metadata', ratchet_internal.job_metadata(p_draft.job)));
  elsif p_effect ->> 'kind' = 'cycle' then
    select * into strict v_target from ratchet_internal.graph_activities
    where version_id = p_activity.version_id and position = (p_effect -> 'to')::int;
    v_row := ratchet_internal.graph_attribute(p_draft.now, (p_draft.job).id, v_target, '');
    v_row.ledger := ratchet_internal.leg2_done(v_row.ledger, 1);
    v_row.value := p_effect -> 'input';
    v_draft := ratchet_internal.add_pass(v_draft, ratchet_internal.cut_address(p_item.address,
      cardinality(v_target.path) - 1), v_row, v_target.name);
    v_row := v_draft.attributes[cardinality(v_draft.attributes)];
    v_draft.items := v_draft.items || row(v_row.address, v_row.position,
      ratchet_internal.narrow_scope(p_item.scope, v_target.path_names), v_row, null,
      null)::ratchet_internal.graph_item;
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.add_effect(ratchet_internal.graph_draft,
  ratchet_internal.graph_activities, ratchet_internal.graph_item, ratchet_internal.graph_outcome,
  jsonb) is
  'Adds what an activity brings about to the draft of a stretch.';

-- sql/graph/add_outcome.sql

-- Adds what one thing of a stretch came to to its draft: rows, messages, the semaphore, job data,
-- effects, and what is to be done next. The semaphore counts open activities: one that ends gives
-- way to those that follow; one that is not done yet stays, beside them.

create function ratchet_internal.add_outcome(
  p_draft ratchet_internal.graph_draft, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item, p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_draft
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_job ratchet.jobs := p_draft.job;
  v_effect jsonb;
  v_target int;
  v_is_cycle boolean := p_activity.kind = 'cycle' and p_out.status = 'success';
begin
  if p_item.message is not null then v_draft.taken := v_draft.taken || p_item.message; end if;
  if (p_item.answer).job_id is null then
    v_draft.attributes := v_draft.attributes || p_out.attribute;
  elsif p_out.error is not null and (not (p_item.answer).is_failed
    or (p_out.attribute).value is distinct from (p_item.answer).value)
  then
    v_draft.changed := v_draft.changed || p_out.attribute;
  end if;
  if p_out.data is not null then v_job.context := p_out.data; end if;
  if (p_out.message).job_id is not null then
    v_draft.messages := v_draft.messages || p_out.message;
  else
    v_job.status := v_job.status + cardinality(p_out.targets)
      - case when v_is_cycle or p_out.status = 'pending' then 0 else 1 end;
  end if;
  v_draft.job := v_job;
  v_draft.scope := p_out.scope;
  v_draft.items := '{}';
  foreach v_target in array coalesce(p_out.targets, '{}') loop
    v_draft.items := v_draft.items || row((p_out.attribute).address || ',0', v_target, p_out.scope,
      null, null, null)::ratchet_internal.graph_item;
  end loop;
  if p_out.status = 'pending' then
    v_draft := ratchet_internal.reopen_activity(v_draft, p_item, p_activity.name);
  end if;
  foreach v_effect in array coalesce(p_out.effects, '{}') loop
    v_draft := ratchet_internal.add_effect(v_draft, p_activity, p_item, p_out, v_effect);
  end loop;
  if p_out.stop is not null then
    v_draft.stop := p_out.stop;
  elsif p_out.status = 'skipped'
    and p_out.options -> 'statusThreshold' = to_jsonb((p_draft.job).status)
  then
    v_draft.stop := '{}';
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.add_outcome(ratchet_internal.graph_draft,
  ratchet_internal.graph_activities, ratchet_internal.graph_item, ratchet_internal.graph_outcome)
  is 'Adds what one thing of a stretch came to to its draft.';

-- sql/graph/announce_graph.sql

-- Tells whoever subscribes to the graph of a job, or waits for its first word, how it is.
-- Writes: broadcasts, replies.

create function ratchet_internal.announce_graph(
  p_job ratchet.jobs, p_metadata jsonb, p_data jsonb
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from ratchet_internal.subscriptions) then
    perform ratchet_internal.broadcast(p_job.namespace, p_job.options ->> 'publishes', p_job.key,
      ratchet_internal.take_reply(p_job.namespace, p_job.key),
      jsonb_build_object('data', p_data, 'metadata',
        coalesce(p_metadata, ratchet_internal.job_metadata(p_job)))::json);
  end if;
end $$;
comment on function ratchet_internal.announce_graph(ratchet.jobs, jsonb, jsonb) is
  'Broadcasts the state of a job to those who listen.';

-- sql/graph/announce_ended.sql

-- Tells whoever listens that jobs of graphs have ended.

create function ratchet_internal.announce_ended(p_jobs bigint[]) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.announce_graph(j, null, j.context)
  from ratchet.jobs j where j.id = any (p_jobs) order by j.id
$$;
comment on function ratchet_internal.announce_ended(bigint[]) is
  'Tells whoever listens that jobs of graphs have ended.';

-- sql/graph/answer_awaiting.sql

-- Answers the activity that waits for a job with what the job announces while it still runs: code
-- 202, or 200 when the job will report no more. One that has an answer it has not gone on with yet
-- is left alone: it will look at the job again. Returns the job that may go on.
-- Locks: the message. Writes: messages, attributes.

create function ratchet_internal.answer_awaiting(
  p_now timestamptz, p_job bigint, p_code int, p_data jsonb
) returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_to record;
begin
  select array_agg(job_id) as jobs, array_agg(address) as addresses,
    array_agg(position) as positions into v_to
  from (select job_id, address, position from ratchet_internal.messages
    where key = p_job::text and kind = 'child' for update) m;
  if v_to.jobs is not null then
    perform ratchet_internal.settle(p_now, v_to.jobs, v_to.addresses, v_to.positions, array[1],
      array[false], array[p_data::text], false, array[p_code]);
  end if;
  return coalesce(v_to.jobs, '{}');
end $$;
comment on function ratchet_internal.answer_awaiting(timestamptz, bigint, int, jsonb) is
  'Answers the activity that waits for a job with what the job announces while it runs.';

-- sql/graph/write_user_fields.sql

-- Stores user data (names that begin with _) and markers (-) of a job beside its job data: one row
-- each, with the name as address and field; a later value takes the place of an earlier one.
-- Locks: the job (the caller has it). Writes: attributes.

create function ratchet_internal.write_user_fields(
  p_job bigint, p_now timestamptz, p_fields jsonb
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into ratchet.jobs_attributes as a
    (job_id, address, position, kind, field, ledger, value, created_at)
  select p_job, key, 1, case when left(key, 1) = '_' then 'attribute' else 'marker' end, key,
    ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1), value, p_now
  from jsonb_each_text(p_fields)
  on conflict (job_id, address, position) do update
  set value = excluded.value, updated_at = p_now
  where a.value is distinct from excluded.value
$$;
comment on function ratchet_internal.write_user_fields(bigint, timestamptz, jsonb) is
  'Stores user data and markers of a job, one row each.';

-- sql/graph/write_effects.sql

-- Writes what a stretch brings about beside new rows: answers that became errors or are put off,
-- passes of loops, signals, announcements, tasks of people, user data.
-- Locks: the message of a parent that waits. Writes: signals, messages, attributes, escalations.
-- Returns the jobs that may go on because of it.

create function ratchet_internal.write_effects(p_draft ratchet_internal.graph_draft)
returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job ratchet.jobs := p_draft.job;
  v_told jsonb;
  v_jobs bigint[] := '{}';
begin
  if p_draft.later is not null then
    update ratchet_internal.messages set due_at = ratchet_internal.after(p_draft.now, 20)
    where ctid = any (p_draft.later);
  end if;
  if p_draft.changed is not null then
    update ratchet.jobs_attributes a
    set is_failed = c.is_failed, value = c.value, code = c.code, updated_at = p_draft.now
    from unnest(p_draft.changed) c
    where a.job_id = v_job.id and a.address = c.address and a.position = c.position;
  end if;
  if p_draft.passes <> '{}' then
    update ratchet.jobs_attributes a
    set ledger = ratchet_internal.passes_counted(a.ledger, p.value::int)
    from jsonb_each_text(p_draft.passes) p
    where a.job_id = v_job.id and a.address = split_part(p.key, ' ', 1) || ',0'
      and a.position = split_part(p.key, ' ', 2)::int;
  end if;
  if p_draft.signals is not null then
    insert into ratchet_internal.signals (key, namespace, payload, code, sent_at, expires_at)
    select s ->> 'key', v_job.namespace, s -> 'payload', (s -> 'code')::int, p_draft.now,
      ratchet_internal.after(p_draft.now, ratchet_internal.signal_expire(s -> 'payload'))
    from unnest(p_draft.signals) s;
    perform ratchet_internal.wake_route(v_job.namespace, '$graph', '$graph');
  end if;
  if p_draft.fields is not null then
    perform ratchet_internal.write_user_fields(v_job.id, p_draft.now, p_draft.fields);
  end if;
  if p_draft.escalations is not null then
    perform ratchet_internal.create_escalations(p_draft.now, array_agg(v_job.id),
      array_agg(e ->> 'address'), array_agg((e -> 'position')::int), array_agg(e ->> 'key'),
      array_agg((e -> 'fields')::json))
    from unnest(p_draft.escalations) e;
    perform ratchet_internal.tell_tasks(array_agg(t.id), 'created')
    from unnest(p_draft.escalations) e
    join ratchet.escalations t on t.job_id = v_job.id and t.address = e ->> 'address'
      and t.position = (e -> 'position')::int;
  end if;
  foreach v_told in array coalesce(p_draft.announcements, '{}') loop
    perform ratchet_internal.announce_graph(v_job, v_told -> 'metadata',
      nullif(v_told -> 'data', 'null'));
    if v_job.is_awaited then
      v_jobs := v_jobs || ratchet_internal.answer_awaiting(p_draft.now, v_job.id,
        (v_told -> 'code')::int, nullif(v_told -> 'data', 'null'));
    end if;
  end loop;
  return v_jobs;
end $$;
comment on function ratchet_internal.write_effects(ratchet_internal.graph_draft) is
  'Writes what a stretch brings about beside new rows; returns the jobs that may go on.';

-- sql/graph/announce_drafts.sql

-- Tells whoever listens which jobs are over after their stretches.

create function ratchet_internal.announce_drafts(p_drafts ratchet_internal.graph_draft[])
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from ratchet_internal.subscriptions) then
    perform ratchet_internal.announce_graph(d.job, null, (d.job).context)
    from unnest(p_drafts) d where (d.job).finished_at is not null;
  end if;
end $$;
comment on function ratchet_internal.announce_drafts(ratchet_internal.graph_draft[]) is
  'Tells whoever listens which jobs are over after their stretches.';

-- sql/graph/end_graphs.sql

-- Ends those jobs that are over after their stretches: what they wait for goes, whoever waits for
-- them is answered or told. Their rows say already that they have ended.
-- Locks: messages in key order, tasks. Writes: messages, attributes of waiting parents,
-- escalations. Wakes: programs that wait, idle workers. Returns the parents that may go on.

create function ratchet_internal.end_graphs(
  p_now timestamptz, p_drafts ratchet_internal.graph_draft[]
) returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ended record;
begin
  select array_agg((d.job).id) filter (where not d.is_new or d.messages is not null) as waiting,
    array_agg((d.job).id) filter (where (d.job).status < 0) as stopped,
    array_agg((d.job).id) filter (where (d.job).is_awaited) as awaited,
    array_agg((d.job).parent_id) filter (where (d.job).is_awaited) as parents,
    bool_or((d.job).is_watched) as are_watched, count(*) as count
  into v_ended from unnest(p_drafts) d where (d.job).finished_at is not null;
  if v_ended.count = 0 then return '{}'; end if;
  if v_ended.waiting is not null then
    perform from ratchet_internal.messages where job_id = any (v_ended.waiting)
    order by job_id, address, position for update;
    if found then
      perform ratchet_internal.drop_escalations(p_now, array_agg(w.job_id), w.is_stopped)
      from (
        select distinct job_id, coalesce(job_id = any (v_ended.stopped), false) as is_stopped
        from ratchet_internal.messages
        where job_id = any (v_ended.waiting) and kind = 'wait') w
      group by w.is_stopped;
      delete from ratchet_internal.messages where job_id = any (v_ended.waiting);
    end if;
  end if;
  if v_ended.awaited is not null then
    perform from ratchet_internal.messages
    where kind = 'child' and key = any (v_ended.awaited::text[])
    order by job_id + 0, address, position for update;
    perform ratchet_internal.answer_parents(p_now, v_ended.awaited, false);
  end if;
  if v_ended.are_watched then perform pg_notify('ratchet_results', ''); end if;
  perform ratchet_internal.announce_drafts(p_drafts);
  return coalesce(v_ended.parents, '{}');
end $$;
comment on function ratchet_internal.end_graphs(timestamptz, ratchet_internal.graph_draft[]) is
  'Ends those jobs that are over after their stretches; returns the parents that may go on.';

-- sql/graph/write_drafts.sql

-- Writes what stretches have come to, each kind of row in one statement for all of them. A job that
-- is new has its row already. Jobs that are over end with their other branches, in this commit.
-- Locks: messages of the jobs, which are locked; the messages of parents that wait; tasks. Writes:
-- jobs, messages, attributes, signals, escalations. Wakes: idle workers, programs that wait.
-- A plan made while tables are small reads them whole for a hash join, and is kept when they are
-- large: so there are none. What was taken is locked, and still where it was read.
-- Returns the jobs that may go on because of it.

create function ratchet_internal.write_drafts(
  p_now timestamptz, p_drafts ratchet_internal.graph_draft[]
) returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_hashjoin = off
as $$
declare
  v_draft ratchet_internal.graph_draft;
  v_taken tid[];
  v_have_attributes boolean := false;
  v_have_messages boolean := false;
  v_are_known boolean := false;
  v_have_ended boolean := false;
  v_are_open boolean := false;
  v_jobs bigint[] := '{}';
begin
  -- A statement costs its start-up even when it writes nothing.
  foreach v_draft in array p_drafts loop
    v_taken := v_taken || v_draft.taken;
    v_have_attributes := v_have_attributes or coalesce(cardinality(v_draft.attributes), 0) > 0;
    v_have_messages := v_have_messages or v_draft.messages is not null;
    v_are_known := v_are_known or not v_draft.is_new;
    if (v_draft.job).finished_at is not null then
      v_have_ended := true;
      v_are_open := v_are_open or not v_draft.is_new or v_draft.messages is not null
        or (v_draft.job).is_awaited;
    end if;
  end loop;
  if v_taken is not null then
    delete from ratchet_internal.messages where ctid = any (v_taken);
  end if;
  if v_have_attributes then
    insert into ratchet.jobs_attributes
    select a.* from unnest(p_drafts) d cross join lateral unnest(d.attributes) a;
  end if;
  if v_have_messages then
    insert into ratchet_internal.messages
    select m.* from unnest(p_drafts) d cross join lateral unnest(d.messages) m;
    perform pg_notify('ratchet', '') where exists (
      select from ratchet_internal.workers w
      join ratchet_internal.worker_routes r on r.worker_id = w.id
      join (select distinct m.queue, m.workflow, m.namespace from unnest(p_drafts) d
        cross join lateral unnest(d.messages) m) wanted
        on wanted.queue = r.queue and wanted.workflow = r.workflow
        and wanted.namespace = r.namespace
      where w.is_idle);
  end if;
  foreach v_draft in array p_drafts loop
    if coalesce(v_draft.signals, v_draft.escalations, v_draft.announcements) is not null
      or v_draft.changed is not null or v_draft.later is not null or v_draft.fields is not null
      or v_draft.passes <> '{}'
    then
      v_jobs := v_jobs || ratchet_internal.write_effects(v_draft);
    end if;
  end loop;
  if v_are_known then
    update ratchet.jobs j set status = n.status, context = n.context, result = n.result,
      error = n.error, finished_at = n.finished_at, updated_at = p_now,
      expire_seconds = n.expire_seconds, attempt = n.attempt
    from unnest(p_drafts) d cross join lateral (select (d.job).*) n
    where not d.is_new and j.id = any (array[n.id]);
  end if;
  if v_are_open then
    v_jobs := v_jobs || ratchet_internal.end_graphs(p_now, p_drafts);
  elsif v_have_ended and exists (select from ratchet_internal.subscriptions) then
    perform ratchet_internal.announce_drafts(p_drafts);
  end if;
  return v_jobs;
end $$;
comment on function ratchet_internal.write_drafts(timestamptz, ratchet_internal.graph_draft[]) is
  'Writes what stretches have come to; returns the jobs that may go on because of it.';

-- sql/graph/is_history.sql

-- Whether all that a job that is new came to is its end and its history: then write_drafts, which
-- looks for everything else, has nothing to do but write that. Inlinable.

create function ratchet_internal.is_history(p_draft ratchet_internal.graph_draft) returns boolean
language sql immutable
return p_draft.is_new and (p_draft.job).finished_at is not null and not (p_draft.job).is_awaited
  and p_draft.passes = '{}' and row(p_draft.changed, p_draft.messages, p_draft.taken,
    p_draft.later, p_draft.signals, p_draft.announcements, p_draft.fields, p_draft.escalations)
    is null;
comment on function ratchet_internal.is_history(ratchet_internal.graph_draft) is
  'Whether all that a new job came to is its end and its history.';

-- sql/graph/expire_of.sql

-- How long a finished job is kept, in seconds, from a value that an expression gave: 0 and less
-- mean for ever; null when it is no number. Inlinable.

create function ratchet_internal.expire_of(p_value jsonb) returns bigint
language sql immutable
return case when jsonb_typeof(p_value) = 'number' then
  case when p_value::numeric <= 0 then 10000000000
    else least(ceil(p_value::numeric), 10000000000)::bigint end end;
comment on function ratchet_internal.expire_of(jsonb) is
  'How long a finished job is kept, in seconds; null when the value is no number.';

-- sql/graph/graph_expire.sql

-- How long a job is kept that ends now, in seconds: as its graph says, seen from the activity that
-- ended it; as it was started with when the graph says nothing, or says it with an expression that
-- fails. p_root: the activity with which it started, if the version has it; p_expire: what its
-- graph says, if that has been read.

create function ratchet_internal.graph_expire(
  p_job ratchet.jobs, p_version bigint, p_root int, p_scope jsonb,
  p_expire jsonb default null
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_root int := p_root;
  v_expire jsonb := p_expire;
  v_view jsonb;
begin
  if v_expire is null then
    if v_root is null then
      select position into v_root from ratchet_internal.graph_names
      where space = p_job.namespace and name = p_job.options ->> 'aid';
    end if;
    select expire into v_expire from ratchet_internal.graphs
    where version_id = p_version and position = v_root;
    if v_expire is null then return p_job.expire_seconds; end if;
  end if;
  if v_expire ? 'seconds' then return (v_expire -> 'seconds')::bigint; end if;
  v_view := coalesce(p_scope, '{}') || jsonb_build_object('$job', jsonb_build_object('data',
    coalesce(p_job.context, '{}'), 'metadata', ratchet_internal.job_metadata(p_job)));
  return coalesce(ratchet_internal.expire_of(ratchet_internal.run_maps(v_expire, v_view) -> 'v'),
    p_job.expire_seconds);
exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception
  or program_limit_exceeded
then
  return p_job.expire_seconds;
end $$;
comment on function ratchet_internal.graph_expire(ratchet.jobs, bigint, int, jsonb, jsonb) is
  'How long a job is kept that ends now, in seconds.';

-- sql/graph/conclude_stretch.sql

-- What a stretch has made of its job: it waits; or it is over, because no activity is open any
-- more, an error was left over, or it interrupted itself; or only its id is reserved.

create function ratchet_internal.conclude_stretch(p_draft ratchet_internal.graph_draft)
returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_job ratchet.jobs := p_draft.job;
  v_stop jsonb := p_draft.stop;
  v_expire bigint;
begin
  v_job.updated_at := p_draft.now;
  v_job.attempt := 0;
  if v_stop ? 'reserved' then
    v_job.status := -1;
    v_job.pending_until := ratchet_internal.after(p_draft.now,
      (v_stop -> 'reserved')::float8 * 1000);
  elsif v_stop is not null or v_job.status = 0 then
    if v_stop is not null then
      v_job.status := case when v_stop ? 'target' then v_job.status - 1000000000 else 0 end;
      v_job.error := case when v_stop -> 'is_thrown' is distinct from 'false'
        then v_stop -> 'error' end;
      v_expire := ratchet_internal.expire_of(v_stop -> 'expire');
    end if;
    v_job.result := case when v_job.error is null
      then coalesce(v_job.context, case when v_job.status < 0 then '{}'::jsonb end) end;
    v_job.finished_at := p_draft.now;
    v_job.expire_seconds := coalesce(v_expire, (p_draft.expire -> 'seconds')::bigint,
      ratchet_internal.graph_expire(v_job, p_draft.version_id, p_draft.root, p_draft.scope,
        p_draft.expire));
  end if;
  v_draft.job := v_job;
  return v_draft;
end $$;
comment on function ratchet_internal.conclude_stretch(ratchet_internal.graph_draft) is
  'What a stretch has made of its job: it waits, is over, or is only reserved.';

-- sql/graph/misfit.sql

-- How a job ends whose activity the active version no longer has, or has elsewhere in its tree.

create function ratchet_internal.misfit(p_space text, p_item ratchet_internal.graph_item)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('error', jsonb_build_object('code', 598, 'activity', n.name,
    'dad', p_item.address, 'message', 'the active version has no activity ' || n.name
      || ' at this place; the job cannot go on'))
  from ratchet_internal.graph_names n where n.space = p_space and n.position = p_item.position
$$;
comment on function ratchet_internal.misfit(text, ratchet_internal.graph_item) is
  'How a job ends that does not fit the active version.';

-- sql/graph/postpone.sql

-- Leaves a thing to do for a later stretch: its message is there already, and will be due again in
-- 20 ms (write_effects), or is added.

create function ratchet_internal.postpone(
  p_draft ratchet_internal.graph_draft, p_item ratchet_internal.graph_item, p_milliseconds int
) returns ratchet_internal.graph_draft
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
begin
  if p_item.message is not null then
    v_draft.later := v_draft.later || p_item.message;
  else
    v_draft.messages := v_draft.messages || ratchet_internal.graph_message(p_draft.job,
      p_item.address, p_item.position, 'result',
      ratchet_internal.after(p_draft.now, p_milliseconds), null, p_item.options);
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.postpone(
  ratchet_internal.graph_draft, ratchet_internal.graph_item, int) is
  'Leaves a thing to do for a later stretch.';

-- sql/graph/is_blocked.sql

-- Whether the answer of an await must wait: one that leaves it open, while its child is locked by
-- somebody else, who may be ending it. Who opens the wait anew holds the child, so that it cannot
-- end unseen; waiting for the lock here could be waiting for somebody who waits for us.
-- Locks: the child (share), never waiting.

create function ratchet_internal.is_blocked(p_item ratchet_internal.graph_item) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_child bigint;
begin
  if (p_item.answer).code is distinct from 202 or (p_item.answer).is_failed then
    return false;
  end if;
  v_child := p_item.options ->> 'child';
  perform from ratchet.jobs where id = v_child for share skip locked;
  return not found and exists (select from ratchet.jobs where id = v_child);
end $$;
comment on function ratchet_internal.is_blocked(ratchet_internal.graph_item) is
  'Whether the answer of an await must wait because the child it comes from is locked.';

-- sql/graph/stop_graph.sql

-- Stops a job of a graph from outside: with an error, or, when nothing is to be thrown, with the
-- data it has so far. Returns whether it was running. The caller has locked it.
-- Locks: messages. Writes: jobs, messages, attributes of a waiting parent.

create function ratchet_internal.stop_graph(
  p_now timestamptz, p_job ratchet.jobs, p_stop jsonb
) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_thrown boolean := coalesce((p_stop -> 'is_thrown')::boolean, true);
begin
  if p_job.status <= 0 then return false; end if;
  update ratchet.jobs set expire_seconds = coalesce(
    ratchet_internal.expire_of(p_stop -> 'expire'), expire_seconds)
  where id = p_job.id;
  return (ratchet_internal.end_jobs(null, p_now, array[p_job.id], array[''],
    array[case when not v_is_thrown then coalesce(p_job.context, '{}')::json end],
    array[case when v_is_thrown then (p_stop -> 'error')::json end],
    -1000000000)).ended is not null;
end $$;
comment on function ratchet_internal.stop_graph(timestamptz, ratchet.jobs, jsonb) is
  'Stops a job of a graph from outside; returns whether it was running.';

-- sql/graph/lock_messages.sql

-- Locks the messages that go with the end of a job: its own, and those of steps that wait for it.
-- Returns whether it has them all. Who goes on with graphs holds messages of other jobs already;
-- who stops one of these may hold a message of this job, and wait for one of those.
-- Locks: the messages, never waiting.

create function ratchet_internal.lock_messages(p_job bigint) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked bigint;
begin
  select count(*) into v_locked from (
    select from ratchet_internal.messages
    where job_id = p_job or kind = 'child' and key = p_job::text
    order by job_id + 0, address, position for update skip locked) mine;
  return v_locked = (
    select count(*) from ratchet_internal.messages
    where job_id = p_job or kind = 'child' and key = p_job::text);
end $$;
comment on function ratchet_internal.lock_messages(bigint) is
  'Locks the messages that go with the end of a job, never waiting; returns whether it has all.';

-- sql/graph/interrupt_other.sql

-- Stops another job of the app, as an activity asks for. One that is locked, or of which a message
-- is, is not waited for: the result has no attribute then, and the activity is entered again later.
-- One that is unknown or has ended is noted, and the flow goes on. It is kept as long as the
-- activity says, else as the graph of the activity does.
-- Locks: the other job and its messages, never waiting. Writes: all that stop_graph does.

create function ratchet_internal.interrupt_other(
  p_draft ratchet_internal.graph_draft, p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_stop jsonb := p_out.effects[1];
  v_job ratchet.jobs;
begin
  select * into v_job from ratchet.jobs
  where key = v_stop ->> 'target' and namespace = (p_draft.job).namespace
    and version is not null for update skip locked;
  if found and not ratchet_internal.lock_messages(v_job.id)
    or v_job.id is null and exists (select from ratchet.jobs where key = v_stop ->> 'target'
      and namespace = (p_draft.job).namespace and status > 0)
  then
    v_out.attribute := null;
    return v_out;
  end if;
  if v_job.id is not null and ratchet_internal.expire_of(v_stop -> 'expire') is null then
    v_stop := v_stop || jsonb_build_object('expire', ratchet_internal.graph_expire(
      p_draft.job, p_draft.version_id, p_draft.root, p_out.scope));
  end if;
  v_out.attribute.input := ((p_out.attribute).input::jsonb || jsonb_build_object('is_interrupted',
    v_job.id is not null and ratchet_internal.stop_graph(p_draft.now, v_job, v_stop)))::json;
  v_out.effects := v_out.effects[2:];
  return v_out;
end $$;
comment on function ratchet_internal.interrupt_other(
  ratchet_internal.graph_draft, ratchet_internal.graph_outcome) is
  'Stops another job of the app, as an activity asks for.';

-- sql/graph/run_worker.sql

-- Enters a worker activity that has nothing out of the way (run_plain): it waits for its worker.
-- Null when it fails.

create function ratchet_internal.run_worker(
  p_draft ratchet_internal.graph_draft, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_input json;
begin
  v_input := case when p_activity.input_maps is null then (p_draft.job).input
    else ratchet_internal.run_maps(p_activity.input_maps, case when '$job' = any (p_activity.uses)
      then ratchet_internal.graph_view(p_draft.job, p_activity, p_item.scope, null)
      else p_item.scope end)::json end;
  v_draft.attributes := v_draft.attributes || ratchet_internal.graph_attribute(p_draft.now,
    (p_draft.job).id, p_activity, p_item.address, ratchet_internal.leg1_done(1), v_input);
  v_draft.messages := v_draft.messages || ratchet_internal.graph_message(p_draft.job,
    p_item.address, p_item.position, 'activity', p_draft.now, null,
    ratchet_internal.worker_options(p_draft.job, p_activity, p_item.address,
      p_activity.constants ->> 'topic', null, v_input), p_activity.constants ->> 'topic');
  if p_item.message is not null then v_draft.taken := v_draft.taken || p_item.message; end if;
  v_draft.items := '{}';
  v_draft.steps := 1;
  return v_draft;
exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception or program_limit_exceeded then
  return null;
end $$;
comment on function ratchet_internal.run_worker(ratchet_internal.graph_draft,
  ratchet_internal.graph_activities, ratchet_internal.graph_item) is
  'Enters a worker activity that has nothing out of the way; null when it fails.';

-- sql/graph/plain_entry.sql

-- What expressions see of a plain activity, under its name (activity_entry): its shell with the
-- output in it, which costs a quarter of making it from nothing. Inlinable.

create function ratchet_internal.plain_entry(
  p_activity ratchet_internal.graph_activities, p_output jsonb
) returns jsonb
language sql stable
return case
  when p_output is null then jsonb_build_object(p_activity.name, '{}'::jsonb)
  when p_activity.kind = 'trigger' then jsonb_set(jsonb_set(p_activity.shell,
    array[p_activity.name, 'input', 'data'], p_output),
    array[p_activity.name, 'output', 'data'], p_output)
  else jsonb_set(p_activity.shell, array[p_activity.name, 'output', 'data'], p_output) end;
comment on function ratchet_internal.plain_entry(ratchet_internal.graph_activities, jsonb) is
  'What expressions see of a plain activity, under its name.';

-- sql/graph/plain_view.sql

-- What the expressions of a plain activity are evaluated against (graph_view): p_scope, what they
-- see of others and of itself, does for most. Inlinable.

create function ratchet_internal.plain_view(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_scope jsonb
) returns jsonb
language sql stable
return case when '$job' = any (p_activity.uses)
  then ratchet_internal.graph_view(p_job, p_activity, p_scope, null) else p_scope end;
comment on function ratchet_internal.plain_view(ratchet.jobs, ratchet_internal.graph_activities,
  jsonb) is
  'What the expressions of a plain activity are evaluated against.';

-- sql/graph/plain_maps.sql

-- Runs compiled maps (run_maps): those with one reference, which are common, in one expression.
-- Inlinable.
-- Raises: WF107, WF506.

create function ratchet_internal.plain_maps(p_compiled jsonb, p_view jsonb) returns jsonb
language sql volatile
return case when p_compiled ? 'key'
  then jsonb_set_lax(p_compiled -> 'plain', array[p_compiled ->> 'key'],
    nullif(p_view #> (p_compiled ->> 'path')::text[], '{"$": "undefined"}'), true,
    'return_target')
  else ratchet_internal.run_maps(p_compiled, p_view) end;
comment on function ratchet_internal.plain_maps(jsonb, jsonb) is
  'Runs compiled maps over what expressions see, without a call where there is one reference.';

-- sql/graph/run_plain.sql

-- Goes through activities that have nothing out of the way, as most have not: a hook that does not
-- wait, or what a worker answered, with flat maps and conditions on values. Then through what
-- follows as well, as long as that is one such activity, and the budget lasts. It comes to what
-- step_activity and add_outcome come to, in one function with few expressions, each of which costs
-- when it is evaluated, and more the first time in a transaction. When something fails it is null:
-- run_any does one, and tells of it. steps: how many activities it was.

create function ratchet_internal.run_plain(
  p_draft ratchet_internal.graph_draft, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item, p_budget int, p_keys bigint[],
  p_known ratchet_internal.graph_activities[]
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_job ratchet.jobs := p_draft.job;
  v_activity ratchet_internal.graph_activities := p_activity;
  v_attributes ratchet.jobs_attributes[] := p_draft.attributes;
  v_address text := p_item.address;
  v_scope jsonb := p_item.scope;
  v_below jsonb;
  v_view jsonb;
  v_output jsonb;
  v_maps jsonb;
  v_targets int[];
  v_steps int := 0;
begin
  loop
    if v_steps = 0 and (p_item.answer).job_id is not null then
      v_output := ratchet_internal.readable((p_item.answer).value::json)::jsonb;
    else
      v_view := ratchet_internal.plain_view(v_job, v_activity, v_scope);
      v_output := case when v_activity.kind = 'trigger'
          then ratchet_internal.readable(v_job.input)::jsonb
        when v_activity.output_maps is not null
          then ratchet_internal.plain_maps(v_activity.output_maps, v_view) end;
      v_attributes := v_attributes || ratchet_internal.graph_attribute(p_draft.now, v_job.id,
        v_activity, v_address, ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1),
        null, case when v_activity.kind <> 'trigger' then v_output::text end);
    end if;
    v_below := case when v_activity.shell is null then v_scope
      else case when v_activity.forgets then '{}' else v_scope end
        || ratchet_internal.plain_entry(v_activity, v_output) end;
    v_view := ratchet_internal.plain_view(v_job, v_activity, v_below);
    v_targets := case when v_activity.follows is null
        then ratchet_internal.taken_transitions(v_activity.transitions, v_view, 200)
      when v_activity.guard is null or v_view #> v_activity.guard = v_activity.guard_value
        then v_activity.follows else '{}' end;
    if v_activity.job_maps is not null then
      v_maps := v_activity.job_maps -> '';
      v_job.context := case when jsonb_typeof(v_job.context) = 'object' then v_job.context
        else '{}' end || ratchet_internal.plain_maps(v_maps, v_view);
    end if;
    if v_activity.is_read then v_scope := v_below; end if;
    v_address := v_address || ',0';
    v_steps := v_steps + 1;
    exit when v_steps >= p_budget or cardinality(v_targets) <> 1;
    v_activity := p_known[array_position(p_keys, (p_draft.version_id << 32) | v_targets[1])];
    exit when v_activity.is_plain is not true or v_activity.kind = 'worker';
  end loop;
  if p_item.message is not null then v_draft.taken := v_draft.taken || p_item.message; end if;
  v_job.status := v_job.status + cardinality(v_targets) - 1;
  v_draft.items := '{}';
  for v_at in 1..cardinality(v_targets) loop
    v_draft.items := v_draft.items || row(v_address, v_targets[v_at], v_scope, null, null,
      null)::ratchet_internal.graph_item;
  end loop;
  v_draft.scope := v_scope;
  v_draft.job := v_job;
  v_draft.attributes := v_attributes;
  v_draft.steps := v_steps;
  return v_draft;
exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception or program_limit_exceeded then
  return null;
end $$;
comment on function ratchet_internal.run_plain(ratchet_internal.graph_draft,
  ratchet_internal.graph_activities, ratchet_internal.graph_item, int, bigint[],
  ratchet_internal.graph_activities[]) is
  'Does what has nothing out of the way in a stretch, one activity after the other; null when '
  'one fails.';

-- sql/graph/spans/wanted_spans.sql

-- Where a stretch tells what it does: an empty list if the caller wants to know (with_spans), else
-- null. Inlinable.

create function ratchet_internal.wanted_spans() returns jsonb[]
language sql stable
return case when current_setting('ratchet.spans', true) like '[%' then '{}'::jsonb[] end;
comment on function ratchet_internal.wanted_spans() is
  'Where a stretch tells what it does: an empty list, or null if nobody wants to know.';

-- sql/graph/spans/span_of.sql

-- What a span tells of one thing that was done in a stretch: an activity that was entered (leg 1),
-- or went on with its answer (leg 2). The telemetry map is evaluated here, with what the activity
-- came to, and only for who wants to know: what it throws changes nothing. One that a threshold
-- skipped was not run.

create function ratchet_internal.span_of(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item, p_out ratchet_internal.graph_outcome
) returns jsonb[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row ratchet.jobs_attributes := p_out.attribute;
  v_values jsonb;
begin
  if p_out.status = 'skipped' then return '{}'; end if;
  begin
    if p_activity.telemetry is not null then
      v_values := ratchet_internal.telemetry_values(ratchet_internal.run_maps(p_activity.telemetry,
        ratchet_internal.graph_view(p_job, p_activity, coalesce(p_item.scope, '{}'),
          ratchet_internal.activity_entry(p_activity, v_row, p_out.output, p_out.hook,
            p_out.error))));
    end if;
  exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception
    or program_limit_exceeded
  then
    v_values := null;
  end;
  return array[jsonb_strip_nulls(jsonb_build_object('space', p_job.namespace,
    'leg', case when (p_item.answer).job_id is null then 1 else 2 end,
    'guid', p_job.id || v_row.address || '-' || p_activity.position,
    'parent', p_activity.path_names[cardinality(p_activity.path_names) - 1],
    'job', ratchet_internal.job_metadata(p_job),
    'activity', jsonb_build_object('aid', p_activity.name, 'atp', p_activity.kind,
      'stp', p_activity.constants ->> 'topic', 'dad', v_row.address,
      'ac', ratchet_internal.graph_time(v_row.created_at),
      'au', ratchet_internal.graph_time(coalesce(v_row.updated_at, v_row.created_at))),
    'data', v_values, 'error', p_out.error ->> 'message'))];
end $$;
comment on function ratchet_internal.span_of(ratchet.jobs, ratchet_internal.graph_activities,
  ratchet_internal.graph_item, ratchet_internal.graph_outcome) is
  'What a span tells of one thing that was done in a stretch; none if it was skipped.';

-- sql/graph/spans/tell_spans.sql

-- Tells the caller what stretches did that have been written. In a setting of the transaction: so
-- what a subtransaction takes back is not told either.

create function ratchet_internal.tell_spans(p_drafts ratchet_internal.graph_draft[]) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  select set_config('ratchet.spans', current_setting('ratchet.spans')
    || string_agg(span::text || ',', '' order by d, place), true)
  from generate_subscripts(p_drafts, 1) d
  cross join lateral unnest(p_drafts[d].spans) with ordinality s (span, place)
  having count(*) > 0
$$;
comment on function ratchet_internal.tell_spans(ratchet_internal.graph_draft[]) is
  'Tells the caller what stretches did, unless that is taken back.';

-- sql/graph/run_any.sql

-- Does one thing of a stretch, whatever it is, and adds what it comes to to the draft. Null when it
-- would stop another job, and the job is not alone in this.
-- Locks, Writes: as interrupt_other.

create function ratchet_internal.run_any(
  p_draft ratchet_internal.graph_draft, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item, p_is_alone boolean
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_out ratchet_internal.graph_outcome := ratchet_internal.step_activity(p_draft.now, p_draft.job,
    p_activity, p_item);
begin
  v_draft.items := '{}';
  v_draft.steps := 1;
  if p_activity.kind = 'interrupt' and v_out.effects is not null then
    if not p_is_alone then return null; end if;
    v_out := ratchet_internal.interrupt_other(v_draft, v_out);
    if v_out.attribute is null then
      return ratchet_internal.postpone(v_draft, p_item, 20);
    end if;
    v_draft.jobs := v_draft.jobs || (v_draft.job).id;
  end if;
  v_draft := ratchet_internal.add_outcome(v_draft, p_activity, p_item, v_out);
  if v_draft.spans is not null then
    v_draft.spans := v_draft.spans || ratchet_internal.span_of(v_draft.job, p_activity, p_item,
      v_out);
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.run_any(ratchet_internal.graph_draft,
  ratchet_internal.graph_activities, ratchet_internal.graph_item, boolean) is
  'Does one thing of a stretch, whatever it is, and adds what it comes to to the draft.';

-- sql/graph/known_activities.sql

-- What the stretches of jobs begin with and may come to without waiting (graph_activities.ahead),
-- read at once. The keys to find them by are version and position in one number.

create function ratchet_internal.known_activities(
  p_drafts ratchet_internal.graph_draft[]
) returns ratchet_internal.graph_known
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known ratchet_internal.graph_known;
  v_draft ratchet_internal.graph_draft;
  v_keys bigint[] := '{}';
begin
  foreach v_draft in array p_drafts loop
    if not v_keys @> v_draft.ahead then v_keys := v_keys || v_draft.ahead; end if;
  end loop;
  select array_agg(each.key), array_agg(a) into v_known.keys, v_known.activities
  from unnest(v_keys) as each (key)
  join ratchet_internal.graph_activities a
    on a.version_id = any (array[each.key >> 32]) and a.position = (each.key & 4294967295)::int;
  return v_known;
end $$;
comment on function ratchet_internal.known_activities(ratchet_internal.graph_draft[]) is
  'The activities that the stretches of jobs begin with and may come to, with keys.';

-- sql/graph/run_stretch.sql

-- Runs a job of a graph, in memory, from what has been answered until nothing is left to do but
-- wait, or the budget of activities is used up: what is left over then goes on through messages of
-- its own. Returns what is to be written (write_drafts); null when the job would stop another one,
-- which is done in the database at once, and only for a job that is alone in this. What earlier
-- stretches failed with is forgotten.
-- Locks: the job (the caller has it, unless it is new); jobs that it stops, never waiting. Writes:
-- as interrupt_other.

create function ratchet_internal.run_stretch(
  p_draft ratchet_internal.graph_draft, p_budget int, p_is_alone boolean, p_keys bigint[],
  p_known ratchet_internal.graph_activities[]
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_items ratchet_internal.graph_item[] := p_draft.items;
  v_item ratchet_internal.graph_item;
  v_activity ratchet_internal.graph_activities;
  v_next ratchet_internal.graph_draft;
  v_attributes ratchet.jobs_attributes[] := '{}';
  v_at int := 0;
  v_steps int := p_draft.steps;
begin
  v_draft.items := '{}';
  v_draft.job.error := null;
  while v_at < cardinality(v_items) and v_draft.stop is null and (v_draft.job).status > 0 loop
    v_at := v_at + 1;
    v_item := v_items[v_at];
    if v_steps >= p_budget then
      if v_item.message is null then
        v_draft := ratchet_internal.postpone(v_draft, v_item, 0);
      end if;
      continue;
    end if;
    v_activity := p_known[array_position(p_keys, (p_draft.version_id << 32) | v_item.position)];
    if v_activity.version_id is null then
      select * into v_activity from ratchet_internal.graph_activities
      where version_id = p_draft.version_id and position = v_item.position;
    end if;
    if cardinality(v_activity.path) is distinct from
      length(v_item.address) - length(replace(v_item.address, ',', ''))
    then
      -- It is gone, or is not as deep in its tree as the address says.
      v_draft.stop := ratchet_internal.misfit((v_draft.job).namespace, v_item);
      exit;
    end if;
    if v_activity.kind = 'await' and ratchet_internal.is_blocked(v_item) then
      v_draft := ratchet_internal.postpone(v_draft, v_item, 20);
      continue;
    end if;
    v_next := case when not v_activity.is_plain or v_draft.spans is not null
        or (v_item.answer).job_id is not null and ((v_item.answer).kind <> 'worker'
          or (v_item.answer).is_failed or (v_item.answer).code is not null) then null
      when v_activity.kind = 'worker' and (v_item.answer).job_id is null
        then ratchet_internal.run_worker(v_draft, v_activity, v_item)
      else ratchet_internal.run_plain(v_draft, v_activity, v_item, case when v_at
        = cardinality(v_items) then p_budget - v_steps else 1 end, p_keys, p_known) end;
    if v_next.version_id is null then
      v_next := ratchet_internal.run_any(v_draft, v_activity, v_item, p_is_alone);
      if v_next.version_id is null then return null; end if;
    end if;
    v_steps := v_steps + v_next.steps;
    v_draft := v_next;
    foreach v_item in array v_draft.items loop v_items := v_items || v_item; end loop;
    if cardinality(v_draft.attributes) >= 50 then
      -- A long list in a draft would be copied at each step.
      v_attributes := v_attributes || v_draft.attributes;
      v_draft.attributes := null;
    end if;
  end loop;
  v_draft.attributes := v_attributes || v_draft.attributes;
  v_draft.items := null;
  v_draft.steps := v_steps;
  v_draft.root := coalesce(v_activity.path[1], v_draft.root);
  return ratchet_internal.conclude_stretch(v_draft);
end $$;
comment on function ratchet_internal.run_stretch(ratchet_internal.graph_draft, int, boolean,
  bigint[], ratchet_internal.graph_activities[]) is
  'Runs a job of a graph in memory as far as it goes, or as the budget allows.';

-- Graphs: starting jobs, going on with them.

-- sql/graph/find_graph.sql

-- The graph that a topic starts in a version: the one that subscribes to it, else the default
-- graph. Topics that begin with a dot are internal. No row: there is none.

create function ratchet_internal.find_graph(p_version bigint, p_topic text)
returns ratchet_internal.graphs
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_graph ratchet_internal.graphs;
begin
  if p_topic like '.%' then return null; end if;
  select * into v_graph from ratchet_internal.graphs
  where version_id = p_version and topic = p_topic;
  if not found then
    select * into v_graph from ratchet_internal.graphs
    where version_id = p_version and topic is null;
  end if;
  return v_graph;
end $$;
comment on function ratchet_internal.find_graph(bigint, text) is
  'The graph that a topic starts in a version; null when there is none.';

-- sql/graph/active_version.sql

-- The active version of an app, without its document, which may be large. Raises: WF101, WF207.

create function ratchet_internal.active_version(p_app text, p_namespace text)
returns ratchet_internal.graph_versions
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_version ratchet_internal.graph_versions;
begin
  select v.id, v.space, v.version, null, v.deployed_at, v.replaced_at into v_version
  from ratchet_internal.graph_apps a
  join ratchet_internal.graph_versions v on v.id = a.version_id
  where a.space = ratchet_internal.app_space(p_app, p_namespace);
  if not found then
    perform ratchet_internal.raise_error('WF207', 'app has no active version',
      jsonb_build_object('app', p_app, 'namespace', p_namespace),
      'Deploy a version and activate it.');
  end if;
  return v_version;
end $$;
comment on function ratchet_internal.active_version(text, text) is
  'The active version of an app; raises WF207 when it has none.';

-- sql/graph/find_version.sql

-- The active version that has a graph for a topic: of the app given, or of the only app that has
-- one. Raises: WF101, WF206, WF207.

create function ratchet_internal.find_version(p_topic text, p_app text, p_namespace text)
returns ratchet_internal.graph_versions
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_version ratchet_internal.graph_versions;
  v_apps text[];
begin
  if p_app is not null then
    v_version := ratchet_internal.active_version(p_app, p_namespace);
    if (ratchet_internal.find_graph(v_version.id, p_topic)).version_id is null then
      perform ratchet_internal.raise_error('WF206', 'no graph for topic', jsonb_build_object(
        'topic', p_topic, 'app', p_app, 'version', v_version.version),
        'no subscription found for topic ' || p_topic || ' in app ' || p_app
        || ' for app version ' || v_version.version);
    end if;
    return v_version;
  end if;
  select array_agg(a.app order by a.app) into v_apps from ratchet_internal.graph_apps a
  where a.namespace = p_namespace
    and (ratchet_internal.find_graph(a.version_id, p_topic)).version_id is not null;
  if cardinality(v_apps) = 1 then
    return ratchet_internal.active_version(v_apps[1], p_namespace);
  end if;
  perform ratchet_internal.raise_error('WF206', 'no graph for topic', jsonb_build_object(
    'topic', p_topic, 'namespace', p_namespace, 'apps', coalesce(v_apps, '{}')),
    case when v_apps is null then 'No active version of an app has a graph for this topic.'
      else 'Several apps have a graph for this topic: name the app.' end);
  return null;
end $$;
comment on function ratchet_internal.find_version(text, text, text) is
  'The active version that has a graph for a topic; raises WF206 when there is none, or several.';

-- sql/graph/find_beginning.sql

-- What a topic starts: the active version, and the graph with the activities that it needs. When
-- the app is named and has a graph of the topic's own, as a rule, that is one statement, of rows
-- that keep their types: records are converted by way of text.
-- Raises: WF101, WF206, WF207.

create function ratchet_internal.find_beginning(p_topic text, p_app text, p_namespace text)
returns ratchet_internal.graph_beginning
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_begin ratchet_internal.graph_beginning;
  v_space text;
begin
  if p_app is not null and p_topic not like '.%' then
    v_space := ratchet_internal.app_space(p_app, p_namespace);
    select row(v.id, v.space, v.version, null, v.deployed_at, v.replaced_at)
      ::ratchet_internal.graph_versions, g into v_begin
    from ratchet_internal.graph_apps a
    join ratchet_internal.graph_versions v on v.id = a.version_id
    join ratchet_internal.graphs g on g.version_id = any (array[a.version_id])
      and g.topic = p_topic
    where a.space = v_space;
    if found then return v_begin; end if;
  end if;
  v_begin.version := ratchet_internal.find_version(p_topic, p_app, p_namespace);
  v_begin.graph := ratchet_internal.find_graph((v_begin.version).id, p_topic);
  return v_begin;
end $$;
comment on function ratchet_internal.find_beginning(text, text, text) is
  'The active version and the graph that a topic starts.';

-- sql/graph/new_graph_job.sql

-- A job as it is known before its trigger has looked at the payload. Inlinable: one expression
-- where it is called, instead of one for each column. The values are in the order of the columns.

create function ratchet_internal.new_graph_job(
  p_now timestamptz, p_id bigint, p_version ratchet_internal.graph_versions,
  p_topic text, p_payload json
) returns ratchet.jobs
language sql stable
return row(p_id, null, p_version.space, null, p_topic, split_part(p_version.space, ':', 2), 1,
  p_version.version, null, null, false, null, null, null, null, null, null, null, null, null,
  1, null, p_payload, null, null, null, p_now, p_now, null, null, null, null)::ratchet.jobs;
comment on function ratchet_internal.new_graph_job(timestamptz, bigint,
  ratchet_internal.graph_versions, text, json) is
  'A job of a graph as it is known before its trigger has looked at the payload.';

-- sql/graph/trigger_options.sql

-- The options of a trigger, evaluated where they have expressions. Raises: WF107, WF506.

create function ratchet_internal.trigger_options(
  p_job ratchet.jobs, p_trigger ratchet_internal.graph_activities, p_output jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_trigger.options is null then return p_trigger.constants; end if;
  return p_trigger.constants || ratchet_internal.run_maps(p_trigger.options,
    ratchet_internal.graph_view(p_job, p_trigger, '{}', ratchet_internal.activity_entry(p_trigger,
      ratchet_internal.graph_attribute(p_job.created_at, p_job.id, p_trigger, ',0'), p_output,
      null, null)));
end $$;
comment on function ratchet_internal.trigger_options(ratchet.jobs,
  ratchet_internal.graph_activities, jsonb) is
  'The options of a trigger, evaluated.';

-- sql/graph/trigger_facts.sql

-- What a job says about itself for statistics, evaluated: nothing unless it has a key. Raises WF107
-- for a measure without a value.

create function ratchet_internal.trigger_facts(
  p_now timestamptz, p_trigger ratchet_internal.graph_activities, p_options jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_minutes int := case p_options ->> 'granularity' when '10m' then 10 when '15m' then 15
    when '30m' then 30 when '1h' then 60 else 5 end;
  v_missing text;
begin
  if coalesce(p_options ->> 'key', '') = '' then return null; end if;
  select min(m ->> 'name') into v_missing
  from jsonb_array_elements(p_trigger.constants -> 'measures') with ordinality as each (m, at)
  where p_options -> ('measure' || at) is null;
  perform ratchet_internal.check_expression(v_missing is null, 'stats.measures',
    'the payload has no ' || v_missing);
  return jsonb_build_object('key', p_options ->> 'key', 'bucket',
    case when p_options ->> 'granularity' = 'infinity' then '0'
      else to_char(date_bin(make_interval(mins => v_minutes), p_now at time zone 'UTC',
        timestamp '2000-01-01'), 'YYYYMMDDHH24MI') end,
    'measures', coalesce((
      select jsonb_agg(m || jsonb_build_object('value', p_options -> ('measure' || at)))
      from jsonb_array_elements(p_trigger.constants -> 'measures') with ordinality
        as each (m, at)), '[]'));
end $$;
comment on function ratchet_internal.trigger_facts(
  timestamptz, ratchet_internal.graph_activities, jsonb) is
  'What a job says about itself for statistics; null unless it has a key.';

-- sql/graph/record_facts.sql

-- Records what a job says about itself when it starts. Writes: graph_facts.

create function ratchet_internal.record_facts(
  p_now timestamptz, p_job ratchet.jobs, p_facts jsonb
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into ratchet_internal.graph_facts
    (space, topic, key, bucket, measure, name, value, job_key, recorded_at)
  select p_job.namespace, p_job.workflow, p_facts ->> 'key', p_facts ->> 'bucket', 'job', '',
    null, p_job.key, p_now
  union all
  select p_job.namespace, p_job.workflow, p_facts ->> 'key', p_facts ->> 'bucket',
    m ->> 'measure', m ->> 'name', m ->> 'value', p_job.key, p_now
  from jsonb_array_elements(p_facts -> 'measures') m
  where m ->> 'measure' in ('count', 'sum', 'avg', 'mdn', 'index')
$$;
comment on function ratchet_internal.record_facts(timestamptz, ratchet.jobs, jsonb) is
  'Records what a job says about itself when it starts.';

-- sql/graph/told_lineage.sql

-- Lineage that a payload tells of: its parentWorkflowId and originJobId, ids of jobs of the same
-- app. Ids of no job are left out; the root is that of the parent unless it is told.

create function ratchet_internal.told_lineage(p_job ratchet.jobs, p_payload jsonb)
returns ratchet.jobs
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job ratchet.jobs := p_job;
  v_root bigint;
begin
  select id, coalesce(origin_id, id) into v_job.parent_id, v_root from ratchet.jobs
  where key = p_payload ->> 'parentWorkflowId' and namespace = p_job.namespace;
  select id into v_job.origin_id from ratchet.jobs
  where key = p_payload ->> 'originJobId' and namespace = p_job.namespace;
  v_job.origin_id := coalesce(v_job.origin_id, v_root);
  return v_job;
end $$;
comment on function ratchet_internal.told_lineage(ratchet.jobs, jsonb) is
  'A job with the lineage that its payload tells of.';

-- sql/graph/inception.sql

-- Works out a job that is about to start: its id and labels, what its trigger makes of the payload,
-- and what follows, of which run_plain does as much as it can within a budget. Writes nothing.
-- p_job comes with what the caller knows: number, namespace, app, version, topic, payload, options
-- of its own. The topic is a name, or that of a child.
-- Raises: WF101 for an id that is no name, WF107 for an expression that fails.

create function ratchet_internal.inception(
  p_job ratchet.jobs, p_graph ratchet_internal.graphs, p_budget int
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known ratchet_internal.graph_activities[] := p_graph.activities;
  v_trigger ratchet_internal.graph_activities := v_known[1];
  v_job ratchet.jobs := p_job;
  v_draft ratchet_internal.graph_draft;
  v_plain ratchet_internal.graph_draft;
  v_out ratchet_internal.graph_outcome;
  v_output jsonb := ratchet_internal.readable(p_job.input)::jsonb;
  v_options jsonb;
  v_facts jsonb;
begin
  v_job.key := coalesce(p_job.request_id::text, gen_random_uuid()::text);
  v_job.entity := coalesce(p_job.entity, p_job.workflow);
  v_job.options := jsonb_strip_nulls(jsonb_build_object('publishes', p_graph.publishes,
    'aid', v_trigger.name));
  if p_job.options is not null then
    v_job.options := v_job.options::jsonb || p_job.options::jsonb;
    v_job.expire_seconds := coalesce(
      ratchet_internal.expire_of((p_job.options -> 'expire')::jsonb), v_job.expire_seconds);
  end if;
  if v_job.parent_id is null and v_output ?| array['originJobId', 'parentWorkflowId'] then
    v_job := ratchet_internal.told_lineage(v_job, v_output);
  end if;
  if v_trigger.options is not null or v_trigger.constants <> '{}' then
    v_options := ratchet_internal.trigger_options(p_job, v_trigger, v_output);
    v_job.key := coalesce(nullif(v_options ->> 'id', ''), v_job.key);
    v_job.entity := coalesce(p_job.entity, nullif(v_options ->> 'entity', ''), v_job.workflow);
  end if;
  if v_options is not null or p_job.parent_id is not null then
    perform ratchet_internal.check_name(v_job.key, 'job id'),
      ratchet_internal.check_name(v_job.entity, 'entity');
  end if;
  if v_options ? 'key' then
    v_facts := ratchet_internal.trigger_facts(v_job.created_at, v_trigger, v_options);
    v_job.options := v_job.options::jsonb || jsonb_strip_nulls(jsonb_build_object(
      'key', v_options -> 'key', 'ts', v_facts -> 'bucket'));
  end if;
  v_draft := row(v_job.created_at, v_trigger.version_id, v_trigger.position, true, v_job,
    v_trigger.ahead, null, 0, null, null, null, null, null, '{}', null, null, null, v_facts, null,
    null, null, null, null, p_graph.expire,
    ratchet_internal.wanted_spans())::ratchet_internal.graph_draft;
  if v_trigger.is_plain and v_draft.spans is null then
    v_plain := ratchet_internal.run_plain(v_draft, v_trigger, row(',0', v_trigger.position, '{}',
      null, null, null), p_budget + 1, v_trigger.ahead, v_known);
    if v_plain.version_id is not null then
      v_plain.steps := v_plain.steps - 1;
      return v_plain;
    end if;
  end if;
  v_out.attribute := ratchet_internal.graph_attribute(v_job.created_at, v_job.id, v_trigger, ',0');
  v_out.output := v_output;
  v_out := ratchet_internal.leave_activity(v_job, v_trigger, '{}',
    ratchet_internal.close_outcome(v_out, null));
  if v_out.error is not null then
    perform ratchet_internal.raise_error('WF107', 'expression failed', v_out.error,
      'Look at what the expressions of the trigger read of this payload.');
  end if;
  v_draft := ratchet_internal.add_outcome(v_draft, v_trigger, null, v_out);
  if v_draft.spans is not null then
    v_draft.spans := v_draft.spans
      || ratchet_internal.span_of(v_draft.job, v_trigger, null, v_out);
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.inception(ratchet.jobs, ratchet_internal.graphs, int) is
  'Works out a job of a graph that is about to start; writes nothing.';

-- sql/graph/create_graph_job.sql

-- Inserts a job of a graph. An id is taken as long as its job runs, and after that until the time
-- for which it is kept has passed: then the old job makes room.
-- Locks: the new row (a concurrent start of the same id waits for this transaction). Writes: jobs;
-- removes an expired job with its history. Returns whether the id was free.

create function ratchet_internal.create_graph_job(p_now timestamptz, p_job ratchet.jobs)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_old bigint;
begin
  loop
    insert into ratchet.jobs (id, key, namespace, entity, workflow, queue, version, status,
      is_awaited, parent_id, origin_id, expire_seconds, options, input, result, error, context,
      created_at, updated_at, finished_at, pending_until, request_id)
    overriding system value
    select p_job.id, p_job.key, p_job.namespace, p_job.entity, p_job.workflow, p_job.queue,
      p_job.version, p_job.status, p_job.is_awaited, p_job.parent_id, p_job.origin_id,
      p_job.expire_seconds, p_job.options, p_job.input, p_job.result, p_job.error,
      p_job.context, p_job.created_at, p_job.updated_at, p_job.finished_at,
      p_job.pending_until, p_job.request_id
    on conflict (key, namespace) do nothing;
    if found then return true; end if;
    delete from ratchet.jobs
    where key = p_job.key and namespace = p_job.namespace and status <= 0
      and (p_job.request_id is null or request_id is distinct from p_job.request_id)
      and coalesce(pending_until, finished_at + make_interval(secs => expire_seconds)) <= p_now
    returning id into v_old;
    if not found then return false; end if;
    delete from ratchet.jobs_attributes where job_id = v_old;
  end loop;
end $$;
comment on function ratchet_internal.create_graph_job(timestamptz, ratchet.jobs) is
  'Inserts a job of a graph; false when a job has its id.';

-- sql/graph/start_graph.sql

-- Starts a job of a graph and runs its first stretch, which is written together with its row: a job
-- that is over by then is inserted once. Without anything to do it ends at once. What stops other
-- jobs, or signals to all that are listed, must find it running and listed: then its row comes
-- first.
-- Locks: the new row; and as run_stretch, write_drafts. Writes: all that they do, graph_facts.
-- Returns null when a job has its id.

create function ratchet_internal.start_graph(
  p_draft ratchet_internal.graph_draft, p_budget int, p_graph ratchet_internal.graphs
) returns ratchet_internal.graph_start
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job ratchet.jobs := p_draft.job;
  v_draft ratchet_internal.graph_draft;
  v_known ratchet_internal.graph_activities[];
  v_comes_first boolean := false;
  v_jobs bigint[] := '{}';
begin
  if p_draft.facts is not null then
    v_comes_first := exists (
      select from ratchet_internal.graph_activities
      where version_id = p_draft.version_id and kind = 'signal'
        and constants ->> 'subtype' = 'all');
  end if;
  if coalesce(cardinality(p_draft.items), 0) = 0 then
    v_draft := ratchet_internal.conclude_stretch(p_draft);
  else
    v_known := p_graph.activities;
    if not v_comes_first then
      v_draft := ratchet_internal.run_stretch(p_draft, p_budget, false, p_draft.ahead, v_known);
    end if;
  end if;
  if v_draft.version_id is null then
    v_job.status := greatest(v_job.status, 1);
  else
    v_job := v_draft.job;
  end if;
  if not ratchet_internal.create_graph_job(p_draft.now, v_job) then return null; end if;
  if p_draft.facts is not null then
    perform ratchet_internal.record_facts(p_draft.now, v_job, p_draft.facts);
  end if;
  if v_draft.version_id is null then
    v_draft := p_draft;
    v_draft.is_new := false;
    v_draft := ratchet_internal.run_stretch(v_draft, p_budget, true, p_draft.ahead, v_known);
  end if;
  if v_draft.spans is not null then
    perform ratchet_internal.tell_spans(array[v_draft]);
  end if;
  if ratchet_internal.is_history(v_draft) then
    insert into ratchet.jobs_attributes select a.* from unnest(v_draft.attributes) a;
    if exists (select from ratchet_internal.subscriptions) then
      perform ratchet_internal.announce_drafts(array[v_draft]);
    end if;
  else
    v_jobs := ratchet_internal.write_drafts(p_draft.now, array[v_draft]);
  end if;
  return row(v_draft.job, row(v_draft.steps, v_draft.children,
    v_draft.jobs || v_jobs))::ratchet_internal.graph_start;
end $$;
comment on function ratchet_internal.start_graph(ratchet_internal.graph_draft, int,
  ratchet_internal.graphs) is
  'Starts a job of a graph and runs its first stretch; null when a job has its id.';

-- sql/graph/child_draft.sql

-- Works out the job that an await activity starts; when it cannot be, stop has the error.

create function ratchet_internal.child_draft(
  p_now timestamptz, p_parent ratchet.jobs, p_version ratchet_internal.graph_versions,
  p_graph ratchet_internal.graphs, p_effect jsonb
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft;
  v_job ratchet.jobs;
  v_message text;
  v_detail text;
begin
  if p_graph.version_id is null then
    v_draft.stop := jsonb_build_object('error', jsonb_build_object('code', 404, 'message',
      'no subscription found for topic ' || (p_effect ->> 'topic')));
    return v_draft;
  end if;
  v_job := ratchet_internal.new_graph_job(p_now, (p_effect -> 'id')::bigint, p_version,
    p_effect ->> 'topic', (p_effect -> 'input')::json);
  v_job.parent_id := p_parent.id;
  v_job.origin_id := coalesce(p_parent.origin_id, p_parent.id);
  v_job.is_awaited := (p_effect -> 'is_awaited')::boolean;
  v_job.options := jsonb_strip_nulls(jsonb_build_object(
    'pj', p_parent.key, 'pg', p_parent.id::text, 'pd', p_effect -> 'address',
    'pa', p_effect -> 'activity', 'px', nullif(not v_job.is_awaited, false),
    'trc', p_parent.options ->> 'trc', 'spn', p_parent.options ->> 'spn',
    'expire', p_parent.options -> 'expire', 'max_cycles', p_parent.options -> 'max_cycles'));
  return ratchet_internal.inception(v_job, p_graph, 0);
exception when sqlstate 'WF107' or sqlstate 'WF506' or sqlstate 'WF101' or data_exception
  or program_limit_exceeded
then
  get stacked diagnostics v_message = message_text, v_detail = pg_exception_detail;
  v_draft.stop := jsonb_build_object('error', ratchet_internal.expression_error(
    p_effect ->> 'topic', 'trigger', v_message, v_detail));
  return v_draft;
end $$;
comment on function ratchet_internal.child_draft(timestamptz, ratchet.jobs,
  ratchet_internal.graph_versions, ratchet_internal.graphs, jsonb) is
  'Works out the job that an await activity starts, or why it cannot be started.';

-- sql/graph/settle_await.sql

-- Answers an await activity whose child could not be started, or is not waited for. Its job may
-- have been stopped by what the child did: then there is nothing to answer.
-- Locks: the message of the activity (its job is locked or was written here). Writes: messages,
-- attributes. Wakes: idle workers.

create function ratchet_internal.settle_await(
  p_now timestamptz, p_effect jsonb, p_error jsonb, p_value jsonb
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.settle(p_now, array[m.job_id], array[m.address], array[m.position],
    array[1], array[p_error is not null], array[coalesce(p_error, p_value)::text], false,
    array[(p_error ->> 'code')::int])
  from ratchet_internal.messages m
  where m.job_id = (p_effect -> 'job')::bigint and m.address = p_effect ->> 'address'
    and m.position = (p_effect -> 'position')::int and m.kind = 'child';
end $$;
comment on function ratchet_internal.settle_await(timestamptz, jsonb, jsonb, jsonb) is
  'Answers an await activity whose child could not be started, or is not waited for.';

-- sql/graph/start_child.sql

-- Starts the job that an await activity asks for. One that cannot be started answers the activity
-- with an error; one that nobody waits for answers it at once with its id.
-- Locks, Writes: as run_stretch; the message of the activity (its job is locked or was written
-- here).

create function ratchet_internal.start_child(
  p_now timestamptz, p_effect jsonb, p_budget int
) returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_parent ratchet.jobs;
  v_version ratchet_internal.graph_versions;
  v_graph ratchet_internal.graphs;
  v_draft ratchet_internal.graph_draft;
  v_run ratchet_internal.graph_run;
  v_error jsonb;
begin
  select * into strict v_parent from ratchet.jobs where id = (p_effect -> 'job')::bigint;
  select v.id, v.space, v.version, null, v.deployed_at, v.replaced_at into v_version
  from ratchet_internal.graph_apps a
  join ratchet_internal.graph_versions v on v.id = a.version_id
  where a.space = v_parent.namespace;
  v_graph := ratchet_internal.find_graph(v_version.id, p_effect ->> 'topic');
  v_draft := ratchet_internal.child_draft(p_now, v_parent, v_version, v_graph, p_effect);
  v_error := (v_draft.stop) -> 'error';
  if v_error is null then
    v_run := (ratchet_internal.start_graph(v_draft, p_budget, v_graph)).run;
    if v_run is null then
      v_error := jsonb_build_object('code', 409, 'message',
        'Duplicate job: ' || (v_draft.job).key);
    end if;
  end if;
  if v_error is null and (p_effect -> 'is_awaited')::boolean then return v_run; end if;
  perform ratchet_internal.settle_await(p_now, p_effect, v_error, jsonb_build_object(
    'job_id', (v_draft.job).key, 'jc', ratchet_internal.graph_time(p_now),
    'ju', ratchet_internal.graph_time(p_now)));
  return row(coalesce(v_run.steps, 1), v_run.children,
    v_run.jobs || v_parent.id)::ratchet_internal.graph_run;
end $$;
comment on function ratchet_internal.start_child(timestamptz, jsonb, int) is
  'Starts the job that an await activity asks for, or answers the activity with an error.';

-- sql/graph/load_graphs.sql

-- Locks jobs of graphs and their answers, never waiting, and loads what their stretches begin with:
-- the jobs, what has been answered, and the outputs of ancestors as far as an activity or one below
-- it reads them. What somebody else has locked is left for later. offset 0 keeps the order of the
-- joins: a plan made before there are statistics reads whole tables otherwise. The last one keeps
-- the condition on items from aggregating them, and looking up all ancestors, a second time.

create function ratchet_internal.load_graphs(p_now timestamptz, p_jobs bigint[])
returns ratchet_internal.graph_loads
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_jobs bigint[] := array(
    select id from ratchet.jobs
    where id = any (p_jobs) and status > 0 and version is not null
    order by id for no key update skip locked);
  v_loads ratchet_internal.graph_loads;
begin
  v_loads.drafts := array(
    select row(p_now, app.version_id, null, false, j, found.ahead, found.items, 0, null, null,
      null, null, null, '{}', null, null, null, null, null, null, null, null, null, null, null
      )::ratchet_internal.graph_draft
    from unnest(v_jobs) as given (id)
    cross join lateral (select * from ratchet.jobs where id = given.id offset 0) j
    cross join lateral (select a.version_id from ratchet_internal.graph_apps a
      where a.space = j.namespace offset 0) app
    cross join lateral (
      select array_agg(row(m.address, m.position, coalesce(scope.outputs, '{}'), run, m.options,
        m.ctid)::ratchet_internal.graph_item
        order by m.due_at, m.address, m.position) as items,
        array_agg(app.version_id << 32 | m.position) || max(activity.ahead) as ahead
      from (
        select ctid, address, position, options, due_at from ratchet_internal.messages
        where job_id = j.id and kind = 'result' and due_at <= p_now and position > 0
        order by address, position for update skip locked) m
      left join lateral (select a.* from ratchet.jobs_attributes a
        where a.job_id = j.id and a.address = m.address and a.position = m.position
        offset 0) run on true
      left join lateral (select a.* from ratchet_internal.graph_activities a
        where a.version_id = app.version_id and a.position = m.position offset 0)
        activity on true
      cross join lateral (select case when run.job_id is null then activity.reads
        else activity.reads_late end as reads) needed
      cross join lateral (select case when needed.reads <> '{}' then (
        select jsonb_object_agg(above.name, ratchet_internal.row_entry(above, a, j.input))
        from unnest(activity.path, activity.path_names) with ordinality
          as each (position, name, depth)
        cross join lateral (select a.* from ratchet_internal.graph_activities a
          where a.version_id = app.version_id and a.position = each.position offset 0) above
        cross join lateral (select a.* from ratchet.jobs_attributes a
          where a.job_id = j.id and a.position = each.position
            and a.address = ratchet_internal.cut_address(m.address, each.depth::int)
          offset 0) a
        where each.name = any (needed.reads) and each.depth < cardinality(activity.path))
        end as outputs) scope
      offset 0) found
    where found.items is not null);
  return v_loads;
end $$;
comment on function ratchet_internal.load_graphs(timestamptz, bigint[]) is
  'Locks jobs of graphs, never waiting, and loads what their stretches begin with.';

-- sql/graph/may_go_on.sql

-- Whether what a stretch has come to may be written without waiting for a message that somebody
-- else has locked. One that goes on alone (null) may stop its own job as well. A job that is over
-- with nothing else open, and that nobody awaits, has no message that others could hold.
-- Locks: as lock_messages.

create function ratchet_internal.may_go_on(
  p_loaded ratchet_internal.graph_draft, p_draft ratchet_internal.graph_draft
) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job ratchet.jobs := p_loaded.job;
begin
  return case
    when p_draft.version_id is null then false
    when (p_draft.job).finished_at is not null
      then not v_job.is_awaited and v_job.status = cardinality(p_loaded.items)
    else not v_job.is_awaited or p_draft.announcements is null
  end or ratchet_internal.lock_messages(v_job.id);
end $$;
comment on function ratchet_internal.may_go_on(
  ratchet_internal.graph_draft, ratchet_internal.graph_draft) is
  'Whether what a stretch has come to may be written without waiting for a lock.';

-- sql/graph/continue_graphs.sql

-- Runs the next stretches of jobs, as far as the budget goes: all are loaded, then run in memory,
-- then written, each in a few statements. A job that stops others is left to the end, and goes
-- alone. Those beyond the budget, and those that would end or tell their parents while somebody has
-- locked a message that goes with it, are left for the next call: their answers stay.
-- Locks, Writes: as load_graphs, run_stretch, lock_messages, write_drafts.

create function ratchet_internal.continue_graphs(p_now timestamptz, p_jobs bigint[], p_budget int)
returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_loads ratchet_internal.graph_draft[] :=
    (ratchet_internal.load_graphs(p_now, p_jobs)).drafts;
  v_known ratchet_internal.graph_known := ratchet_internal.known_activities(v_loads);
  -- Lists of their own are not copied at each call.
  v_keys bigint[] := v_known.keys;
  v_activities ratchet_internal.graph_activities[] := v_known.activities;
  v_loaded ratchet_internal.graph_draft;
  v_draft ratchet_internal.graph_draft;
  v_drafts ratchet_internal.graph_draft[];
  v_alone bigint[];
  v_job bigint;
  v_spans jsonb[] := ratchet_internal.wanted_spans();
  v_run ratchet_internal.graph_run := row(0, null, null);
  v_more ratchet_internal.graph_run;
begin
  foreach v_loaded in array v_loads loop
    exit when v_run.steps >= p_budget;
    v_loaded.spans := v_spans;
    v_draft := ratchet_internal.run_stretch(v_loaded, p_budget - v_run.steps, false, v_keys,
      v_activities);
    if v_draft.version_id is null and cardinality(p_jobs) > 1 then
      v_alone := v_alone || (v_loaded.job).id;
      continue;
    end if;
    continue when not ratchet_internal.may_go_on(v_loaded, v_draft);
    if v_draft.version_id is null then
      v_draft := ratchet_internal.run_stretch(v_loaded, p_budget - v_run.steps, true,
        v_keys, v_activities);
    end if;
    v_drafts := v_drafts || v_draft;
    v_run.steps := v_run.steps + v_draft.steps;
    v_run.children := v_run.children || v_draft.children;
    v_run.jobs := v_run.jobs || v_draft.jobs;
  end loop;
  if v_drafts is not null then
    if v_spans is not null then perform ratchet_internal.tell_spans(v_drafts); end if;
    v_run.jobs := v_run.jobs || ratchet_internal.write_drafts(p_now, v_drafts);
  end if;
  foreach v_job in array coalesce(v_alone, '{}') loop
    exit when v_run.steps >= p_budget;
    v_more := ratchet_internal.continue_graphs(p_now, array[v_job], p_budget - v_run.steps);
    v_run := row(v_run.steps + v_more.steps, v_run.children || v_more.children,
      v_run.jobs || v_more.jobs);
  end loop;
  return v_run;
end $$;
comment on function ratchet_internal.continue_graphs(timestamptz, bigint[], int) is
  'Runs the next stretches of jobs, as far as the budget goes.';

-- sql/graph/look_at_child.sql

-- Answers an activity that has begun to wait for a child anew, when the child has ended meanwhile.
-- The caller holds the child, so that it does not end now. Writes: messages, attributes.

create function ratchet_internal.look_at_child(p_now timestamptz, p_child bigint)
returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_waiting record;
begin
  if exists (select from ratchet.jobs where id = p_child and status > 0) then return null; end if;
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions into v_waiting
  from ratchet_internal.messages m where m.kind = 'child' and m.key = p_child::text;
  if exists (select from ratchet.jobs where id = p_child) then
    perform ratchet_internal.answer_parents(p_now, array[p_child], false);
  elsif v_waiting.jobs is not null then
    perform ratchet_internal.settle(p_now, v_waiting.jobs, v_waiting.addresses,
      v_waiting.positions, array[1], array[true],
      array['{"code":404,"message":"the job was removed while it was waited for"}'], false,
      array[404]);
  end if;
  return row(0, null, v_waiting.jobs)::ratchet_internal.graph_run;
end $$;
comment on function ratchet_internal.look_at_child(timestamptz, bigint) is
  'Answers an activity that waits for a child anew, when the child has ended meanwhile.';

-- sql/graph/advance_next.sql

-- Does the next thing of a run: starts a child, looks at one that is awaited again, or goes on with
-- the next jobs, so many at once. Children come first, since a message names them already.

create function ratchet_internal.advance_next(
  p_now timestamptz, p_run ratchet_internal.graph_run, p_budget int, p_width int
) returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_child jsonb := p_run.children[1];
  v_run ratchet_internal.graph_run;
begin
  if v_child is null then
    v_run := ratchet_internal.continue_graphs(p_now, p_run.jobs[:p_width],
      p_budget - p_run.steps);
    return row(p_run.steps + v_run.steps, v_run.children,
      p_run.jobs[p_width + 1:] || v_run.jobs)::ratchet_internal.graph_run;
  elsif v_child ? 'awaited' then
    v_run := ratchet_internal.look_at_child(p_now, (v_child -> 'awaited')::bigint);
  else
    v_run := ratchet_internal.start_child(p_now, v_child, p_budget - p_run.steps);
  end if;
  return row(p_run.steps + coalesce(v_run.steps, 0), p_run.children[2:] || v_run.children,
    p_run.jobs || v_run.jobs)::ratchet_internal.graph_run;
end $$;
comment on function ratchet_internal.advance_next(
  timestamptz, ratchet_internal.graph_run, int, int) is
  'Does the next thing of a run: starts a child, or goes on with jobs.';

-- sql/graph/advance_together.sql

-- Goes on with jobs of graphs and with whatever they set going, until nothing is left to do or the
-- budget of activities is used up. An error of one is an error of all.

create function ratchet_internal.advance_together(
  p_now timestamptz, p_run ratchet_internal.graph_run, p_budget int
) returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run ratchet_internal.graph_run := p_run;
begin
  while v_run.children[1] is not null or v_run.jobs[1] is not null and v_run.steps < p_budget loop
    v_run := ratchet_internal.advance_next(p_now, v_run, p_budget, 100);
  end loop;
  return v_run;
end $$;
comment on function ratchet_internal.advance_together(
  timestamptz, ratchet_internal.graph_run, int) is
  'Goes on with jobs of graphs and with whatever they set going.';

-- sql/graph/advance_alone.sql

-- Goes on with the first job of a run, and starts the children that it asks for, and theirs. One
-- that cannot be started answers the activity that asked for it; unless the reason may pass: that
-- is an error of this call, so that the job asks again later.

create function ratchet_internal.advance_alone(
  p_now timestamptz, p_run ratchet_internal.graph_run, p_budget int
) returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run ratchet_internal.graph_run := p_run;
  v_tried record;
begin
  if v_run.children[1] is null then
    v_run := ratchet_internal.advance_next(p_now, v_run, p_budget, 1);
  end if;
  while v_run.children[1] is not null loop
    v_tried := ratchet_internal.try_graphs(p_now, row(0, v_run.children[1:1], null),
      p_budget - v_run.steps, 'start');
    if (v_tried.problem -> 'may_pass')::boolean
      or v_tried.problem is not null and v_run.children[1] ? 'awaited'
    then
      raise exception using errcode = v_tried.problem ->> 'sqlstate',
        message = v_tried.problem ->> 'message',
        detail = coalesce(v_tried.problem ->> 'detail', '');
    elsif v_tried.problem is not null then
      perform ratchet_internal.settle_await(p_now, v_run.children[1], v_tried.problem - 'may_pass',
        null);
      v_tried.run := row(1, null, array[(v_run.children[1] -> 'job')::bigint])
        ::ratchet_internal.graph_run;
    end if;
    v_run := row(v_run.steps + (v_tried.run).steps, v_run.children[2:] || (v_tried.run).children,
      v_run.jobs || (v_tried.run).jobs)::ratchet_internal.graph_run;
  end loop;
  return v_run;
end $$;
comment on function ratchet_internal.advance_alone(
  timestamptz, ratchet_internal.graph_run, int) is
  'Goes on with the first job of a run, and starts the children that it asks for.';

-- sql/graph/fail_graph.sql

-- Records that a stretch of a job failed: the job ends with the problem as its error; unless that
-- may pass, and has not come ten times in a row. One that somebody else has locked is left alone.
-- Locks: the job, never waiting; messages. Writes: jobs; and as end_jobs.

create function ratchet_internal.fail_graph(p_now timestamptz, p_job bigint, p_problem jsonb)
returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job ratchet.jobs;
  v_error json := p_problem - 'may_pass';
begin
  select * into v_job from ratchet.jobs
  where id = p_job and status > 0 for no key update skip locked;
  if not found then return row(0, null, null)::ratchet_internal.graph_run; end if;
  if (p_problem -> 'may_pass')::boolean and v_job.attempt < 9 then
    update ratchet.jobs set attempt = attempt + 1, error = v_error, updated_at = p_now
    where id = p_job;
    return row(0, null, null)::ratchet_internal.graph_run;
  end if;
  perform ratchet_internal.end_jobs(null, p_now, array[p_job], array[''], array[null::json],
    array[v_error]);
  return row(1, null, case when v_job.is_awaited then array[v_job.parent_id] end
    )::ratchet_internal.graph_run;
end $$;
comment on function ratchet_internal.fail_graph(timestamptz, bigint, jsonb) is
  'Records that a stretch of a job failed: the job ends, or is to be tried again.';

-- sql/graph/try_graphs.sql

-- Goes on with graphs in a subtransaction: what fails is taken back, and comes as a problem. p_how:
-- together; alone (the first job and its children); start (the first child); fail (the first job,
-- with the problem given).
-- Caught is what the data of one job, or what users put on the public tables, can bring about. Not
-- caught, so that the call fails and may be repeated: a cancelled statement, the end of the
-- session, a full disk, damaged files; and errors of classes that only their author knows.

create function ratchet_internal.try_graphs(
  p_now timestamptz, p_run ratchet_internal.graph_run, p_budget int, p_how text,
  p_problem jsonb default null, out run ratchet_internal.graph_run, out problem jsonb
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text;
  v_message text;
  v_detail text;
begin
  run := case p_how
    when 'together' then ratchet_internal.advance_together(p_now, p_run, p_budget)
    when 'alone' then ratchet_internal.advance_alone(p_now, p_run, p_budget)
    when 'start' then ratchet_internal.advance_next(p_now, p_run, p_budget, 1)
    else ratchet_internal.fail_graph(p_now, p_run.jobs[1], p_problem) end;
exception
  when sqlstate '09000' or sqlstate '0A000' or sqlstate '20000' or sqlstate '21000'
    or sqlstate '22000' or sqlstate '23000' or sqlstate '24000' or sqlstate '27000'
    or sqlstate '2F000' or sqlstate '34000' or sqlstate '38000' or sqlstate '39000'
    or sqlstate '3B000' or sqlstate '3D000' or sqlstate '3F000' or sqlstate '40000'
    or sqlstate '42000' or sqlstate '44000' or sqlstate '45000' or sqlstate '53200'
    or sqlstate '54000' or sqlstate '55000' or sqlstate 'HV000' or sqlstate 'P0000'
    or sqlstate 'WF000' or sqlstate 'XX000'
then
  get stacked diagnostics v_state = returned_sqlstate, v_message = message_text,
    v_detail = pg_exception_detail;
  if v_state in ('XX001', 'XX002') then raise; end if;
  run := null;
  problem := jsonb_strip_nulls(jsonb_build_object('code', 500, 'sqlstate', v_state,
    'message', left(v_message, 1000), 'detail', nullif(left(v_detail, 1000), ''),
    'may_pass', v_state in ('40001', '40P01', '53200', '55P03')));
end $$;
comment on function ratchet_internal.try_graphs(
  timestamptz, ratchet_internal.graph_run, int, text, jsonb) is
  'Goes on with graphs in a subtransaction: what fails is taken back, and comes as a problem.';

-- sql/graph/put_off.sql

-- What becomes of a job whose stretch failed: it ends, or its answers are due again after a second
-- at first, at last every two minutes. So is one that cannot be ended either, because something
-- that a user put on a table refuses that too: nothing is written in its row, but it is out of the
-- way of the others.
-- Locks: the job, messages, never waiting. Writes: messages; and as fail_graph.

create function ratchet_internal.put_off(p_now timestamptz, p_job bigint, p_problem jsonb)
returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tried record;
begin
  v_tried := ratchet_internal.try_graphs(p_now, row(0, null, array[p_job]), 0, 'fail', p_problem);
  update ratchet_internal.messages m
  set due_at = p_now + ratchet_internal.retry_delay(null,
    case when v_tried.problem is null then due.attempt - 1 else 9 end)
  from (
    select m.address, m.position, j.attempt from ratchet.jobs j
    join ratchet_internal.messages m on m.job_id = j.id
    where j.id = p_job and j.status > 0 and m.kind = 'result' and m.due_at <= p_now
    order by m.address, m.position for update of m skip locked) due
  where m.job_id = p_job and m.address = due.address and m.position = due.position;
  return coalesce(v_tried.run, row(0, null, null)::ratchet_internal.graph_run);
end $$;
comment on function ratchet_internal.put_off(timestamptz, bigint, jsonb) is
  'Ends a job whose stretch failed, or has it tried again later.';

-- sql/graph/advance_apart.sql

-- Goes on with graphs a job at a time: one that fails is taken back, ended or put off, and the
-- others go on. After an error that may pass the rest is left for the next call, since waiting for
-- one lock after another would hold up everybody.

create function ratchet_internal.advance_apart(
  p_now timestamptz, p_run ratchet_internal.graph_run, p_budget int
) returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run ratchet_internal.graph_run := p_run;
  v_job bigint;
  v_tried record;
begin
  if v_run.children[1] is not null then
    v_run := ratchet_internal.advance_alone(p_now, v_run, p_budget);
  end if;
  while v_run.jobs[1] is not null and v_run.steps < p_budget loop
    v_job := v_run.jobs[1];
    v_tried := ratchet_internal.try_graphs(p_now, v_run, p_budget, 'alone');
    if v_tried.problem is null then
      v_run := v_tried.run;
      continue;
    end if;
    v_tried.run := ratchet_internal.put_off(p_now, v_job, v_tried.problem);
    v_run := row(v_run.steps + (v_tried.run).steps, null,
      array_remove(v_run.jobs, v_job) || (v_tried.run).jobs)::ratchet_internal.graph_run;
    exit when (v_tried.problem -> 'may_pass')::boolean;
  end loop;
  return v_run;
end $$;
comment on function ratchet_internal.advance_apart(
  timestamptz, ratchet_internal.graph_run, int) is
  'Goes on with graphs a job at a time, so that one that fails holds up no other.';

-- sql/graph/advance_graphs.sql

-- Goes on with jobs of graphs, and with whatever their stretches set going: children that start,
-- parents that are answered. All in this transaction, until nothing is left to do or the budget
-- of activities is used up. Children are always started, since a message names them already;
-- beyond the budget their first activities are left for later.
-- An error stays with its job. All go on together in one subtransaction, which costs next to
-- nothing; only when that fails is each tried by itself.
-- Plans are generic: statements over a few rows in an array would be planned at each call.
-- Returns how many activities were run.

create function ratchet_internal.advance_graphs(
  p_now timestamptz, p_run ratchet_internal.graph_run, p_budget int default 1000
) returns int
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_run ratchet_internal.graph_run := p_run;
  v_tried record;
begin
  if v_run.children[1] is null and v_run.jobs[1] is null then return v_run.steps; end if;
  v_tried := ratchet_internal.try_graphs(p_now, v_run, p_budget, 'together');
  if v_tried.problem is null then
    v_run := v_tried.run;
  else
    v_run := ratchet_internal.advance_apart(p_now, v_run, p_budget);
  end if;
  return v_run.steps;
end $$;
comment on function ratchet_internal.advance_graphs(
  timestamptz, ratchet_internal.graph_run, int) is
  'Goes on with jobs of graphs and with whatever they set going; an error stays with its job.';

-- Graphs: what people and programs call.

-- sql/graph/check_publish.sql

-- Checks the options of publish. Raises: WF101, WF104, WF105.

create function ratchet_internal.check_publish(p_options json) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_option text;
begin
  if p_options is null then return; end if;
  perform ratchet_internal.check_readable(p_options, 'options');
  if json_typeof(p_options) <> 'object' then
    v_option := '(not an object)';
  else
    select key into v_option from json_each(p_options)
    where key not in ('entity', 'search', 'marker', 'pending', 'trc', 'spn', 'reply_to',
      'request_id', 'expire', 'max_cycles')
      or json_typeof(value) <> 'null' and (
        key in ('search', 'marker') and json_typeof(value) <> 'object'
        or key in ('trc', 'spn', 'reply_to', 'entity') and json_typeof(value) <> 'string'
        or key = 'request_id'
          and value #>> '{}' !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        or key in ('pending', 'expire')
          and ratchet_internal.number_of(p_options, key, -1) not between 0 and 1e10
        or key = 'max_cycles'
          and ratchet_internal.number_of(p_options, key, -1) not between 1 and 1e7)
    limit 1;
  end if;
  if v_option is not null then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', left(v_option, 100)),
      'Options are entity, trc, spn, reply_to (texts), search, marker (objects), pending, '
      || 'expire (seconds), max_cycles (1 to 10 million) and request_id (uuid).');
  end if;
  if p_options ->> 'entity' is not null then
    perform ratchet_internal.check_name(p_options ->> 'entity', 'entity');
  end if;
end $$;
comment on function ratchet_internal.check_publish(json) is
  'Raises WF101, WF104 or WF105 unless the options of publish are valid.';

-- sql/graph/publish_fields.sql

-- User data and markers that a caller gives a new job: of search each name, with an underscore put
-- before it; of marker the names that begin with a hyphen.

create function ratchet_internal.publish_fields(p_options jsonb) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_object_agg(field.name, field.value), '{}')
  from (
    select '_' || key as name, value from jsonb_each_text(
      case jsonb_typeof(p_options -> 'search') when 'object' then p_options -> 'search'
        else '{}' end)
    union all
    select key, value from jsonb_each_text(
      case jsonb_typeof(p_options -> 'marker') when 'object' then p_options -> 'marker'
        else '{}' end)
    where key like '-%') field
$$;
comment on function ratchet_internal.publish_fields(jsonb) is
  'User data and markers that a caller gives a new job.';

-- sql/graph/reserve_job.sql

-- Makes of a job about to start one whose id is only reserved: it has no activities to run, and
-- goes when its time has passed. Its semaphore is -1, as that of no other job.

create function ratchet_internal.reserve_job(
  p_draft ratchet_internal.graph_draft, p_options json
) returns ratchet_internal.graph_draft
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
begin
  v_draft.items := null;
  v_draft.announcements := null;
  v_draft.stop := jsonb_build_object('reserved',
    greatest(ratchet_internal.number_of(p_options, 'pending', 1), 1));
  return v_draft;
end $$;
comment on function ratchet_internal.reserve_job(ratchet_internal.graph_draft, json) is
  'Makes of a job about to start one whose id is only reserved.';

-- sql/graph/job_state.sql

-- A job of a graph as callers see it. Inlinable.

create function ratchet_internal.job_state(p_job ratchet.jobs) returns json
language sql stable
return json_build_object('job_id', p_job.key, 'status', p_job.status,
  'metadata', ratchet_internal.job_metadata(p_job), 'data', p_job.context,
  'error', p_job.error);
comment on function ratchet_internal.job_state(ratchet.jobs) is
  'A job of a graph as callers see it: id, status, metadata, data, error.';

-- sql/graph/publish.sql

-- Starts a job of the graph that subscribes to a topic, in the caller's transaction, and runs it as
-- far as it goes without workers. Without an app, the only one with an active version that has the
-- topic. Options: entity, search (object of texts), marker (object), pending (seconds: the id is
-- only reserved), trc, spn; expire (seconds it is kept once finished, if its graph does not say),
-- max_cycles (passes of one activity after which it is stopped); reply_to, a subscription that gets
-- the first broadcast of the job if it has no answer yet when this returns; request_id, with which
-- a repetition gives the job again.
-- Locks: the new rows. Writes: jobs, messages, attributes, signals. Wakes: idle workers.
-- Raises: WF101, WF104, WF107, WF206 no graph, WF301 the id is taken, WF501.

create function ratchet.publish(
  p_topic text, p_data json default '{}', p_app text default null, p_options json default null,
  p_namespace text default 'hmsh'
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_mergejoin = off set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_begin ratchet_internal.graph_beginning;
  v_draft ratchet_internal.graph_draft;
  v_job ratchet.jobs;
  v_start ratchet_internal.graph_start;
  v_reply text;
  v_may_announce boolean;
begin
  if not ratchet_internal.is_name(p_topic) or octet_length(p_data::text) > 16777216
    or p_options is not null then
    perform ratchet_internal.check_name(p_topic, 'topic'),
      ratchet_internal.check_size(p_data, 'payload'), ratchet_internal.check_publish(p_options);
  end if;
  v_begin := ratchet_internal.find_beginning(p_topic, p_app, p_namespace);
  v_job := ratchet_internal.new_graph_job(v_now, nextval('ratchet.jobs_id_seq'),
    v_begin.version, p_topic, coalesce(p_data, '{}'));
  if p_options is not null then
    v_reply := p_options ->> 'reply_to';
    v_job.entity := p_options ->> 'entity';
    v_job.request_id := (p_options ->> 'request_id')::uuid;
    v_job.options := jsonb_strip_nulls(jsonb_build_object('trc', p_options -> 'trc',
      'spn', p_options -> 'spn', 'ngn', v_reply, 'expire', p_options -> 'expire',
      'max_cycles', p_options -> 'max_cycles'));
  end if;
  v_draft := ratchet_internal.inception(v_job, v_begin.graph,
    case when p_options ->> 'pending' is null then 1000 else 0 end);
  if p_options is not null then
    if p_options ->> 'pending' is not null then
      v_draft := ratchet_internal.reserve_job(v_draft, p_options);
    end if;
    v_draft.fields := nullif(coalesce(v_draft.fields, '{}')
      || ratchet_internal.publish_fields(p_options::jsonb), '{}');
  end if;
  if v_reply is not null then
    v_may_announce := exists (select from ratchet_internal.graph_activities
      where version_id = v_draft.version_id and announce is not null);
    if v_may_announce then
      perform ratchet_internal.expect_reply((v_draft.job).namespace, (v_draft.job).key, v_reply);
    end if;
  end if;
  v_start := ratchet_internal.start_graph(v_draft, 1000, v_begin.graph);
  if v_start is null then
    -- A statement of its own: it sees the job that the one before waited for.
    select * into v_job from ratchet.jobs where key = (v_draft.job).key
      and namespace = (v_draft.job).namespace and request_id = (v_draft.job).request_id;
    if found then return ratchet_internal.job_state(v_job); end if;
    perform ratchet_internal.raise_error('WF301', 'duplicate job', jsonb_build_object(
      'workflow_id', (v_draft.job).key, 'namespace', (v_draft.job).namespace),
      'A job with this id is kept; choose another id, or read that job.');
  end if;
  v_job := v_start.job;
  if (v_start.run).children[1] is not null or (v_start.run).jobs[1] is not null then
    perform ratchet_internal.advance_graphs(v_now, v_start.run);
    select * into v_job from ratchet.jobs where id = (v_draft.job).id;
  end if;
  if v_reply is not null and v_job.status > 0 and not v_may_announce then
    perform ratchet_internal.expect_reply((v_draft.job).namespace, v_job.key, v_reply);
  end if;
  return ratchet_internal.job_state(v_job);
end $$;
comment on function ratchet.publish(text, json, text, json, text) is
  'Starts a job of the graph that subscribes to a topic; returns its id and state after the first '
  'stretch.';

-- sql/graph/signal_topic.sql

-- Sends a signal to the hook that waits under a topic and the key in the payload, in the caller's
-- transaction; kept for a wait that is not there yet, ten minutes or as long as $expire in the
-- payload says. It only inserts; matching happens after the commit, as for all signals.
-- Status success (code 200) ends the wait, pending (202) leaves it open.
-- Writes: signals. Wakes: an idle engine of the app. Raises: WF101, WF104, WF207, WF208 no rule has
-- the topic, WF501. Returns the signal's number.

create function ratchet.signal_topic(
  p_topic text, p_data json, p_app text, p_status text default null, p_code int default null,
  p_namespace text default 'hmsh'
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_version ratchet_internal.graph_versions;
  v_payload jsonb;
  v_key text;
  v_id bigint;
begin
  perform ratchet_internal.check_name(p_topic, 'topic');
  perform ratchet_internal.check_size(p_data, 'signal payload');
  v_version := ratchet_internal.active_version(p_app, p_namespace);
  v_payload := ratchet_internal.readable(p_data);
  v_key := ratchet_internal.signal_key(v_version.id, p_topic, coalesce(v_payload, '{}'));
  if v_key is null then
    perform ratchet_internal.raise_error('WF208', 'no hook waits like this', jsonb_build_object(
      'topic', p_topic, 'app', p_app, 'version', v_version.version),
      case when exists (select from ratchet_internal.graph_hooks
          where version_id = v_version.id and topic = p_topic)
        then 'The payload lacks the key that the hook rule of this topic reads.'
        else 'There is no hook rule for topic ' || p_topic || ' in the active version.' end);
  end if;
  insert into ratchet_internal.signals (key, namespace, payload, code, sent_at, expires_at)
  values (v_key, v_version.space, p_data, ratchet_internal.signal_code(p_status, p_code), v_now,
    ratchet_internal.after(v_now, ratchet_internal.signal_expire(v_payload)))
  returning id into v_id;
  perform ratchet_internal.wake_route(v_version.space, '$graph', '$graph');
  return v_id;
end $$;
comment on function ratchet.signal_topic(text, json, text, text, int, text) is
  'Sends a signal to the hook that waits under a topic and the key in the payload; returns its '
  'number.';

-- sql/graph/check_response.sql

-- Checks status and code of an answer given by hand. Raises: WF104.

create function ratchet_internal.check_response(p_status text, p_code int) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_status is null or p_status not in ('success', 'pending', 'error')
    or (p_status = 'pending') <> (p_code is not distinct from 202)
    or p_code not between 1 and 1000000000
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'status', 'status', left(p_status, 100), 'code', p_code),
      'Status is success, error, or pending with code 202 and no other.');
  end if;
end $$;
comment on function ratchet_internal.check_response(text, int) is
  'Raises WF104 unless status and code of an answer belong together.';

-- sql/graph/open_activity.sql

-- The message of a worker activity that can be answered, locked: of whichever pass is open beside
-- the one at the address. Locks: the message.

create function ratchet_internal.open_activity(
  p_job bigint, p_space text, p_activity text, p_address text
) returns ratchet_internal.messages
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  select m from ratchet_internal.messages m
  where m.job_id = p_job
    and m.position = (select n.position from ratchet_internal.graph_names n
      where n.space = p_space and n.name = p_activity)
    and regexp_replace(m.address, ',[0-9]+$', '') = regexp_replace(p_address, ',[0-9]+$', '')
    and (m.kind in ('activity', 'result') or m.kind = 'wait' and m.key = E'\x1frespond')
  order by length(m.address) desc, m.address desc limit 1 for update
$$;
comment on function ratchet_internal.open_activity(bigint, text, text, text) is
  'The message of a worker activity that can be answered by hand, locked.';

-- sql/graph/respond.sql

-- Answers a worker activity by hand: one whose callback answered that it is not done yet, or that
-- it will be answered like this; also one that no worker has taken. What comes too late (the
-- activity was answered, the job ended, or p_gid is not its generation) changes nothing.
-- Locks: the message. Writes: messages, attributes. Wakes: idle workers. Raises: WF101, WF104,
-- WF207, WF308 when an earlier answer is being worked in at this moment, WF501, WF605.

create function ratchet.respond(
  p_job text, p_activity text, p_dimension text, p_status text, p_code int, p_data json,
  p_app text, p_gid text default null, p_namespace text default 'hmsh'
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_mergejoin = off set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_space text := ratchet_internal.app_space(p_app, p_namespace);
  v_open ratchet_internal.messages;
  v_job bigint;
begin
  perform ratchet_internal.check_isolation();
  perform ratchet_internal.check_size(p_data, 'result');
  perform ratchet_internal.check_response(p_status, p_code);
  select id into v_job from ratchet.jobs where key = p_job and namespace = v_space
    and status > 0 and (p_gid is null or p_gid = id::text);
  for v_at in 1..2 loop
    v_open := ratchet_internal.open_activity(v_job, v_space, p_activity, p_dimension);
    exit when v_open.kind is distinct from 'result';
    perform ratchet_internal.advance_graphs(v_now, row(0, null, array[v_job]));
  end loop;
  if v_open.kind = 'result' and v_open.address is not null then
    perform ratchet_internal.raise_error('WF308', 'activity is busy', jsonb_build_object(
      'workflow_id', p_job, 'activity', p_activity),
      'An earlier answer is being worked in at this moment; repeat the call.');
  elsif v_open.job_id is not null then
    perform ratchet_internal.settle(v_now, array[v_open.job_id], array[v_open.address],
      array[v_open.position], array[v_open.attempt], array[p_status = 'error'],
      array[p_data::text], false, array[p_code]);
  end if;
  return v_job || p_dimension || '-' || p_activity;
end $$;
comment on function ratchet.respond(text, text, text, text, int, json, text, text, text) is
  'Answers a worker activity by hand; what comes too late changes nothing.';

-- sql/graph/check_interrupt.sql

-- Checks the options of interrupt. Raises: WF104, WF105.

create function ratchet_internal.check_interrupt(p_options json) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_option text;
begin
  perform ratchet_internal.check_readable(p_options, 'options');
  if json_typeof(p_options) <> 'object' then
    v_option := '(not an object)';
  else
    select key into v_option from json_each(p_options)
    where key not in ('throw', 'reason', 'code', 'stack', 'expire', 'suppress', 'descend')
      or json_typeof(value) <> 'null' and json_typeof(value) <> case
        when key in ('throw', 'suppress', 'descend') then 'boolean'
        when key in ('code', 'expire') then 'number' else 'string' end
      or key = 'code' and json_typeof(value) = 'number'
        and ratchet_internal.number_of(p_options, 'code', -1) not between 1 and 1e9
    limit 1;
  end if;
  if v_option is not null then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', left(v_option, 100)),
      'Options are throw, suppress (booleans), reason, stack (texts), code, expire (numbers).');
  end if;
end $$;
comment on function ratchet_internal.check_interrupt(json) is
  'Raises WF104 or WF105 unless the options of interrupt are valid.';

-- sql/graph/interrupt.sql

-- Stops a job of a graph at once, in the caller's transaction. Options: throw (false: no error, who
-- waits gets the data so far), reason, code, stack, expire (seconds the job is kept), suppress (no
-- error when it is unknown or has ended).
-- Locks: the job, then messages. Writes: jobs, messages, attributes of a waiting parent.
-- Raises: WF101, WF104, WF105, WF201, WF302, WF605. Returns the job's number, null if suppressed.

create function ratchet.interrupt(
  p_job text, p_app text, p_options json default null, p_namespace text default 'hmsh'
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_mergejoin = off set jit = off
as $$
declare
  v_space text := ratchet_internal.app_space(p_app, p_namespace);
  v_options json := coalesce(p_options, '{}');
  v_is_suppressed boolean;
  v_job ratchet.jobs;
begin
  perform ratchet_internal.check_isolation();
  perform ratchet_internal.check_interrupt(v_options);
  v_is_suppressed := coalesce((v_options ->> 'suppress')::boolean, false);
  select * into v_job from ratchet.jobs
  where key = p_job and namespace = v_space for update;
  if v_job.id is null and not v_is_suppressed then
    v_job := ratchet_internal.find_job(p_job, v_space);
  end if;
  if v_job.id is null then return null; end if;
  if ratchet_internal.stop_graph(ratchet_internal.write_time(), v_job, jsonb_build_object(
    'is_thrown', coalesce((v_options ->> 'throw')::boolean, true),
    'expire', coalesce(v_options -> 'expire', '1'), 'error', ratchet_internal.interrupt_error(p_job,
      v_options ->> 'reason', ratchet_internal.number_of(v_options, 'code', 410)::int,
      v_options ->> 'stack')))
  then
    return v_job.id;
  end if;
  if not v_is_suppressed then
    perform ratchet_internal.raise_error('WF302', 'job already finished',
      jsonb_build_object('workflow_id', p_job), 'There is nothing left to stop.');
  end if;
  return null;
end $$;
comment on function ratchet.interrupt(text, text, json, text) is
  'Stops a job of a graph at once; returns its number.';

-- sql/graph/scrub.sql

-- Removes a job of a graph with its history, in any state. One that runs is stopped first, so that
-- whoever waits for it is told. An unknown id is ignored.
-- Locks: the job, then messages. Writes: jobs, messages, attributes. Raises: WF101, WF605.

create function ratchet.scrub(p_job text, p_app text, p_namespace text default 'hmsh')
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_mergejoin = off set jit = off
as $$
declare
  v_job ratchet.jobs;
begin
  perform ratchet_internal.check_isolation();
  select * into v_job from ratchet.jobs
  where key = p_job and namespace = ratchet_internal.app_space(p_app, p_namespace) for update;
  if not found then return false; end if;
  perform ratchet_internal.stop_graph(ratchet_internal.write_time(), v_job, jsonb_build_object(
    'error',
    ratchet_internal.interrupt_error(p_job, 'job [' || p_job || '] was removed', 410, null)));
  delete from ratchet.jobs_attributes where job_id = v_job.id;
  delete from ratchet.jobs where id = v_job.id;
  return true;
end $$;
comment on function ratchet.scrub(text, text, text) is
  'Removes a job of a graph in any state; returns whether there was one.';

-- sql/graph/graph_state.sql

-- A job of a graph: id, status, metadata, data, error. Raises: WF101, WF201.

create function ratchet.graph_state(p_job text, p_app text, p_namespace text default 'hmsh')
returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.job_state(ratchet_internal.find_job(p_job,
    ratchet_internal.app_space(p_app, p_namespace)))
$$;
comment on function ratchet.graph_state(text, text, text) is
  'The state of a job of a graph: status, metadata, data, error.';

-- sql/graph/graph_status.sql

-- The semaphore of a job of a graph: how many of its activities are open. Raises: WF101, WF201.

create function ratchet.graph_status(p_job text, p_app text, p_namespace text default 'hmsh')
returns int
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (ratchet_internal.find_job(p_job,
    ratchet_internal.app_space(p_app, p_namespace))).status
$$;
comment on function ratchet.graph_status(text, text, text) is
  'The semaphore of a job of a graph: > 0 open activities, 0 ended, -1 reserved, less stopped.';

-- sql/graph/run_graphs.sql

-- Does what engine workers do for graphs, once, for those who have none, and for psql: matches
-- signals, ends sleeps, and goes on with what has been answered. Without an app, for all apps of
-- the namespace. What one call sets going in others, as a signal it sends, is found by the next.
-- Locks: messages and jobs, never waiting. Writes: all that stretches do. Raises: WF101, WF605.
-- Returns how many activities were run.

create function ratchet.run_graphs(
  p_app text default null, p_namespace text default 'hmsh', p_budget int default 1000
) returns int
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_mergejoin = off set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_space text;
  v_due record;
begin
  perform ratchet_internal.check_isolation();
  if p_app is not null then v_space := ratchet_internal.app_space(p_app, p_namespace); end if;
  perform ratchet_internal.deliver_signals(v_now);
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(m.kind) as kinds,
    bool_or(m.kind = 'wait') as have_tasks into v_due
  from ratchet_internal.graph_apps a
  cross join lateral (
    select job_id, address, position, kind from ratchet_internal.messages
    where queue = '$graph' and workflow = '$graph' and namespace = a.space
      and worker_id is null and kind in ('timer', 'wait', 'result') and due_at <= v_now
    order by due_at limit 1000 for update skip locked) m
  where a.namespace = p_namespace and a.space = coalesce(v_space, a.space);
  if v_due.have_tasks then
    perform ratchet_internal.expire_escalations(v_now, v_due.jobs, v_due.addresses,
      v_due.positions);
  end if;
  perform ratchet_internal.settle_due(v_now, v_due.jobs, v_due.addresses, v_due.positions,
    v_due.kinds, coalesce(v_due.have_tasks, false));
  return ratchet_internal.advance_graphs(v_now, row(0, null, array(
    select distinct job_id from unnest(v_due.jobs) as each (job_id) order by 1)), p_budget);
end $$;
comment on function ratchet.run_graphs(text, text, int) is
  'Goes on with graphs as an engine worker does, once; returns how many activities were run.';

-- sql/graph/spans/with_spans.sql

-- From here on the stretches of this transaction tell what they do, and told_spans gives it. For an
-- argument of the call that runs them, which it returns: arguments are evaluated before the call.
--   select … from ratchet.exchange(ratchet.with_spans('12')::bigint, …)
--   union all select … from ratchet.told_spans()

create function ratchet.with_spans(p_argument text) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('ratchet.spans', '[', true);
  return p_argument;
end $$;
comment on function ratchet.with_spans(text) is
  'Makes the stretches of graphs in this transaction tell what they do; returns its argument.';

-- sql/graph/spans/told_spans.sql

-- What the stretches of this transaction did since with_spans, as one thing that an exchange hands
-- out (spans); nothing if they did nothing.

create function ratchet.told_spans() returns setof ratchet.work
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_work ratchet.work;
begin
  v_work.kind := 'spans';
  v_work.value := rtrim(current_setting('ratchet.spans', true), ',') || ']';
  if length(v_work.value) > 2 then return next v_work; end if;
end $$;
comment on function ratchet.told_spans() is
  'What the stretches of graphs in this transaction did, for who wants to tell of it in spans.';

-- Graphs: what jobs said of themselves, counted when it is asked for; one job, exported.

-- sql/graph/stats/stats_time.sql

-- A time of a query: ISO 8601, milliseconds since 1970, or NOW. Raises: WF104.

create function ratchet_internal.stats_time(p_query jsonb, p_option text) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
  v_given text := p_query ->> p_option;
begin
  if upper(v_given) = 'NOW' then return ratchet_internal.now(); end if;
  if v_given ~ '^[0-9]{9,14}$' then return to_timestamp(v_given::float8 / 1000); end if;
  if v_given !~ '^[0-9]{4}-[0-9]{2}' then
    raise invalid_datetime_format;
  end if;
  return v_given::timestamptz;
exception when invalid_datetime_format or datetime_field_overflow then
  perform ratchet_internal.raise_error('WF104', 'invalid option',
    jsonb_build_object('option', p_option, 'value', left(v_given, 60)),
    'Give a time as ISO 8601, as milliseconds since 1970, or NOW.');
  return null;
end $$;
comment on function ratchet_internal.stats_time(jsonb, text) is
  'A time of a query for statistics; null when it is not given.';

-- sql/graph/stats/stats_buckets.sql

-- The buckets that a query is about, both ends included, oldest first. Two of start, end and range
-- tell which; for a granularity of infinity there is one, and no need to tell.
-- Raises: WF104.

create function ratchet_internal.stats_buckets(p_query jsonb, p_granularity text)
returns table (bucket text, segment text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_step interval := case p_granularity when '1h' then '1 hour'
    when 'infinity' then null else replace(p_granularity, 'm', ' minutes') end::interval;
  v_range interval := case when p_query ->> 'range' ~ '^[0-9]{1,5}[mhd]$'
    then translate(p_query ->> 'range', 'mhd', '')::int * case right(p_query ->> 'range', 1)
      when 'm' then interval '1 minute' when 'h' then '1 hour' else '1 day' end end;
  v_start timestamptz := ratchet_internal.stats_time(p_query, 'start');
  v_end timestamptz := ratchet_internal.stats_time(p_query, 'end');
  v_epoch constant timestamp := timestamp '2000-01-01';
begin
  if p_granularity = 'infinity' then
    return query select '0', '0';
    return;
  end if;
  if num_nonnulls(p_query ->> 'start', p_query ->> 'end', p_query ->> 'range') <> 2
    or p_query ->> 'range' is not null and v_range is null
    or coalesce(v_end - v_start, v_range) not between interval '0' and v_step * 100000
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'query', 'start', p_query -> 'start', 'end', p_query -> 'end',
        'range', p_query -> 'range'), 'Invalid combination of start, end, and range values: give '
      || 'two of them, the range as 30m, 1h or 7d, and at most 100000 buckets in all.');
  end if;
  v_start := coalesce(v_start, v_end - v_range);
  v_end := coalesce(v_end, v_start + v_range);
  return query
    select to_char(at, 'YYYYMMDDHH24MI'), to_char(at, 'YYYY-MM-DD"T"HH24:MI"Z"')
    from generate_series(date_bin(v_step, v_start at time zone 'UTC', v_epoch),
      date_bin(v_step, v_end at time zone 'UTC', v_epoch), v_step) at;
end $$;
comment on function ratchet_internal.stats_buckets(jsonb, text) is
  'The buckets that a query for statistics is about, both ends included.';

-- sql/graph/stats/stats_scope.sql

-- What a query for statistics is about: the space, the granularity, and the key that the trigger of
-- the topic makes of the payload in the query. Raises: WF101, WF104, WF107, WF206, WF207.

create function ratchet_internal.stats_scope(
  p_topic text, p_query jsonb, p_app text, p_namespace text, out space text, out key text,
  out granularity text
) returns record
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_trigger ratchet_internal.graph_activities;
  v_options jsonb;
  v_row ratchet.jobs_attributes;
begin
  if jsonb_typeof(p_query) is distinct from 'object' then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'query'), 'Give an object with data, start, end, range.');
  end if;
  v_trigger := (ratchet_internal.find_graph(
    (ratchet_internal.find_version(p_topic, p_app, p_namespace)).id, p_topic)).activities[1];
  v_options := v_trigger.constants;
  if v_trigger.options is not null and not v_options ? 'key' then
    v_row := ratchet_internal.graph_attribute(ratchet_internal.now(), 0, v_trigger, ',0');
    v_options := v_options || ratchet_internal.run_maps(v_trigger.options,
      ratchet_internal.graph_view(null, v_trigger, '{}', ratchet_internal.activity_entry(
        v_trigger, v_row, coalesce(p_query -> 'data', '{}'), null, null)));
  end if;
  space := ratchet_internal.app_space(p_app, p_namespace);
  key := coalesce(v_options ->> 'key', '');
  granularity := coalesce(v_options ->> 'granularity', '5m');
end $$;
comment on function ratchet_internal.stats_scope(text, jsonb, text, text) is
  'Space, key and granularity that a query for statistics is about.';

-- sql/graph/stats/indexed_jobs.sql

-- The jobs that said of themselves what the facets (name:value) are, by facet and bucket; without
-- facets all that are in an index: those that only count themselves are in no list.

create function ratchet_internal.indexed_jobs(
  p_topic text, p_query jsonb, p_facets text[], p_app text, p_namespace text
) returns table (key text, granularity text, bucket text, segment text, facet text, ids text[])
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select s.key, s.granularity, b.bucket, b.segment, f.name || ':' || coalesce(f.value, ''),
    array_agg(distinct f.job_key order by f.job_key)
  from ratchet_internal.stats_scope(p_topic, p_query, p_app, p_namespace) s
  cross join lateral ratchet_internal.stats_buckets(p_query, s.granularity) b
  join ratchet_internal.graph_facts f
    on f.space = s.space and f.topic = p_topic and f.key = s.key and f.bucket = b.bucket
  where f.measure = 'index' and (coalesce(cardinality(p_facets), 0) = 0
    or f.name || ':' || coalesce(f.value, '') = any (p_facets))
  group by 1, 2, 3, 4, 5
$$;
comment on function ratchet_internal.indexed_jobs(text, jsonb, text[], text, text) is
  'Ids of the jobs that said of themselves what the facets are, by facet and bucket.';

-- sql/graph/stats/hooked_topic.sql

-- The topic of the graph whose hook a signal topic resumes; null when no rule has it.

create function ratchet_internal.hooked_topic(p_version bigint, p_topic text) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(g.topic, '')
  from ratchet_internal.graph_hooks h
  join ratchet_internal.graph_activities a
    on a.version_id = h.version_id and a.position = h.position
  join ratchet_internal.graphs g on g.version_id = a.version_id and g.position = a.path[1]
  where h.version_id = p_version and h.topic = p_topic
$$;
comment on function ratchet_internal.hooked_topic(bigint, text) is
  'Topic of the graph whose hook a signal topic resumes.';

-- sql/graph/stats/unlist_jobs.sql

-- Takes jobs off the lists of an index: keys are <bucket>:<name>:<value>. Writes: graph_facts.

create function ratchet_internal.unlist_jobs(
  p_space text, p_topic text, p_keys text[], p_jobs text[]
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  delete from ratchet_internal.graph_facts f
  where f.space = p_space and f.topic = p_topic and f.measure = 'index'
    and f.job_key = any (p_jobs) and f.bucket || ':' || f.name || ':' || f.value = any (p_keys)
$$;
comment on function ratchet_internal.unlist_jobs(text, text, text[], text[]) is
  'Takes jobs off the lists of an index.';

-- sql/graph/stats/signals_to_all.sql

-- The signals that an activity sends to all: one for each job that is listed under key_name and
-- key_value in the time that its resolver says. Each gets the payload with its own id.
-- Writes: graph_facts, with scrub. Raises: WF107.

create function ratchet_internal.signals_to_all(
  p_job ratchet.jobs, p_version bigint, p_options jsonb, p_payload jsonb
) returns jsonb[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_topic text := p_options ->> 'topic';
  v_graph text := ratchet_internal.hooked_topic(p_version, v_topic);
  v_keys text[];
  v_jobs text[];
begin
  perform ratchet_internal.check_expression(v_graph is not null, 'topic',
    'no hook rule has this topic');
  begin
    select array_agg(distinct i.bucket || ':' || i.facet), array_agg(distinct id)
    into v_keys, v_jobs
    from ratchet_internal.indexed_jobs(v_graph, coalesce(p_options -> 'resolver', '{}'),
      array[(p_options ->> 'key_name') || ':' || (p_options ->> 'key_value')],
      p_job.queue, split_part(p_job.namespace, ':', 1)) i
    cross join lateral unnest(i.ids) id;
  exception when sqlstate 'WF104' then
    perform ratchet_internal.check_expression(false, 'resolver',
      'it needs two of start, end and range, as times and as 30m, 1h or 7d');
  end;
  if p_options -> 'scrub' = 'true' then
    perform ratchet_internal.unlist_jobs(p_job.namespace, v_graph, v_keys, v_jobs);
  end if;
  return (
    select array_agg(jsonb_build_object('kind', 'signal', 'payload', each.payload, 'code', 200,
      'key', ratchet_internal.signal_key(p_version, v_topic, each.payload)))
    from (select p_payload || jsonb_build_object('id', id) from unnest(v_jobs) id)
      each (payload)
    where ratchet_internal.signal_key(p_version, v_topic, each.payload) is not null);
end $$;
comment on function ratchet_internal.signals_to_all(ratchet.jobs, bigint, jsonb, jsonb) is
  'The signals that an activity sends to all the jobs that are listed.';

-- sql/graph/stats/graph_stats.sql

-- How many jobs of a topic started in a time, and how many said what of themselves (count facets),
-- in all and by bucket. p_query: data, two of start, end and range, sparse (true: no segments).
-- Raises: WF101, WF104, WF107, WF206, WF207.

create function ratchet.graph_stats(
  p_topic text, p_query json, p_app text, p_namespace text default 'hmsh'
) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with scope as materialized (
    select s.* from ratchet_internal.stats_scope(p_topic, p_query::jsonb, p_app, p_namespace) s),
  bucket as materialized (
    select b.* from scope s, ratchet_internal.stats_buckets(p_query::jsonb, s.granularity) b),
  fact as materialized (
    select b.bucket, f.measure, f.name || ':' || coalesce(f.value, '') as target, count(*) as n
    from scope s cross join bucket b
    join ratchet_internal.graph_facts f
      on f.space = s.space and f.topic = p_topic and f.key = s.key and f.bucket = b.bucket
    where f.measure in ('job', 'count') group by 1, 2, 3),
  total as (
    select target, sum(n) as n from fact where measure = 'count' group by target),
  segment as (
    select b.bucket, b.segment, coalesce(sum(f.n) filter (where f.measure = 'job'), 0) as n,
      coalesce(json_agg(json_build_object('target', f.target, 'type', 'count', 'value', f.n)
        order by f.target) filter (where f.measure = 'count'), '[]') as measures
    from bucket b left join fact f on f.bucket = b.bucket group by 1, 2)
  select json_build_object('key', s.key, 'granularity', s.granularity, 'range', p_query -> 'range',
    'end', p_query -> 'end',
    'count', (select coalesce(sum(n), 0) from fact where measure = 'job'),
    'measures', (select coalesce(json_agg(json_build_object('target', target, 'type', 'count',
      'value', n) order by target), '[]') from total),
    'segments', case when p_query ->> 'sparse' is distinct from 'true' then (
      select json_agg(json_build_object('time', segment, 'count', n, 'measures', measures)
        order by bucket) from segment) end)
  from scope s
$$;
comment on function ratchet.graph_stats(text, json, text, text) is
  'How many jobs of a topic started in a time, in all, by what they said of themselves, by bucket.';

-- sql/graph/stats/graph_ids.sql

-- The ids of the jobs of a topic that started in a time and said of themselves what the facets
-- (name:value) are, by facet and bucket; without facets all that are in an index.
-- Raises: WF101, WF104, WF107, WF206, WF207.

create function ratchet.graph_ids(
  p_topic text, p_query json, p_facets text[], p_app text, p_namespace text default 'hmsh'
) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with scope as materialized (
    select s.* from ratchet_internal.stats_scope(p_topic, p_query::jsonb, p_app, p_namespace) s),
  found as materialized (
    select i.* from ratchet_internal.indexed_jobs(p_topic, p_query::jsonb, p_facets, p_app,
      p_namespace) i),
  facet as (
    select facet, sum(cardinality(ids)) as n from found group by facet),
  segment as (
    select bucket, segment, json_agg(json_build_object('type', 'ids', 'target', facet,
      'time', segment, 'count', cardinality(ids), 'ids', ids) order by facet) as measures
    from found group by 1, 2)
  select json_build_object('key', s.key, 'facets', coalesce(p_facets, '{}'),
    'granularity', s.granularity, 'range', p_query -> 'range', 'start', p_query -> 'start',
    'counts', (select coalesce(json_agg(json_build_object('facet', facet, 'count', n)
      order by facet), '[]') from facet),
    'segments', (select coalesce(json_agg(json_build_object('time', segment, 'measures', measures)
      order by bucket), '[]') from segment))
  from scope s
$$;
comment on function ratchet.graph_ids(text, json, text[], text, text) is
  'Ids of jobs of a topic by what they said of themselves, and by bucket.';

-- sql/graph/stats/signal_all.sql

-- Signals every job that is listed under the facets: of the graph whose hook the topic resumes, in
-- the time of the query. Each gets the payload with its own id as id. With scrub in the query the
-- list is removed. Returns the keys of the lists that matched.
-- Writes: signals, graph_facts. Wakes: an idle engine of the app. Raises: WF101, WF104, WF107,
-- WF207, WF208 no rule has the topic, WF501.

create function ratchet.signal_all(
  p_topic text, p_data json, p_query json, p_facets text[], p_app text,
  p_namespace text default 'hmsh'
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_version ratchet_internal.graph_versions;
  v_graph text;
  v_keys text[];
  v_jobs text[];
begin
  v_version := ratchet_internal.active_version(p_app, p_namespace);
  v_graph := ratchet_internal.hooked_topic(v_version.id, p_topic);
  if v_graph is null then
    perform ratchet_internal.raise_error('WF208', 'no hook waits like this', jsonb_build_object(
      'topic', p_topic, 'app', p_app, 'version', v_version.version),
      'unable to find hook rule for topic ' || coalesce(left(p_topic, 100), 'null'));
  end if;
  if p_data is not null and json_typeof(p_data) <> 'object' then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'data'), 'Give an object: each job gets it with its own id.');
  end if;
  select array_agg(distinct i.bucket || ':' || i.facet), array_agg(distinct id)
  into v_keys, v_jobs
  from ratchet_internal.indexed_jobs(v_graph, p_query::jsonb, p_facets, p_app, p_namespace) i
  cross join lateral unnest(i.ids) id;
  perform ratchet.signal_topic(p_topic, (coalesce(p_data::jsonb, '{}')
    || jsonb_build_object('id', id))::json, p_app, 'success', 200, p_namespace)
  from unnest(v_jobs) id;
  if p_query ->> 'scrub' = 'true' then
    perform ratchet_internal.unlist_jobs(v_version.space, v_graph, v_keys, v_jobs);
  end if;
  return coalesce(to_json(v_keys), '[]');
end $$;
comment on function ratchet.signal_all(text, json, json, text[], text, text) is
  'Signals every job that is listed under the facets; returns the keys of the lists that matched.';

-- sql/graph/stats/graph_fields.sql

-- All that is stored of a job of a graph beside its history, in one flat object: user data (names
-- that begin with _), markers (-), metadata under ":" , and each member of the job data.
-- Raises: WF101. Null when there is no such job.

create function ratchet.graph_fields(p_job text, p_app text, p_namespace text default 'hmsh')
returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (jsonb_build_object(':', j.status)
    || coalesce((select jsonb_object_agg('metadata/' || m.key, m.value)
      from jsonb_each(ratchet_internal.job_metadata(j)) m), '{}')
    || coalesce((select jsonb_object_agg('data/' || d.key, d.value)
      from ratchet_internal.members(j.context) d), '{}')
    || coalesce((select jsonb_object_agg(a.field, a.value)
      from ratchet.jobs_attributes a
      where a.job_id = j.id and a.kind in ('attribute', 'marker')), '{}'))::json
  from ratchet.jobs j
  where j.key = p_job and j.namespace = ratchet_internal.app_space(p_app, p_namespace)
$$;
comment on function ratchet.graph_fields(text, text, text) is
  'User data, markers, metadata and job data of a job of a graph, in one flat object.';

-- sql/graph/stats/exported_steps.sql

-- Each run of an activity of a job, as exports show it.

create function ratchet_internal.exported_steps(p_job ratchet.jobs)
returns table (
  address text, name text, kind text, input jsonb, output jsonb, hook jsonb, error jsonb,
  metadata jsonb, started_at timestamptz, completed_at timestamptz, attempts int)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select a.address, n.name, a.kind,
    ratchet_internal.readable(case a.kind when 'trigger' then p_job.input
      when 'hook' then null else a.input end)::jsonb,
    ratchet_internal.row_output(a, p_job.input), ratchet_internal.row_hook(a), e.error,
    jsonb_strip_nulls(jsonb_build_object('aid', n.name, 'atp', a.kind, 'dad', a.address,
      'as', a.ledger::text, 'ac', ratchet_internal.graph_time(a.created_at),
      'au', ratchet_internal.graph_time(coalesce(a.updated_at, a.created_at)),
      'err', e.error::text)),
    a.created_at, case when ratchet_internal.is_final(a.ledger)
      then coalesce(a.updated_at, a.created_at) end,
    (a.ledger / 1000000000000 % 100)::int
  from ratchet.jobs_attributes a
  cross join lateral (select ratchet_internal.step_name(a.address, a.field)) n (name)
  cross join lateral (select case when a.is_failed
    then ratchet_internal.readable(a.value::json)::jsonb end) e (error)
  where a.job_id = p_job.id and a.address like ',%'
$$;
comment on function ratchet_internal.exported_steps(ratchet.jobs) is
  'Each run of an activity of a job, as exports show it.';

-- sql/graph/stats/exported_process.sql

-- The runs of a job's activities as nested keys: those of one address beside the numbers that lead
-- on. A loop, because each step finds what the ones before have made.

create function ratchet_internal.exported_process(p_job ratchet.jobs) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_process jsonb := '{}';
  v_step record;
  v_path text[];
begin
  for v_step in
    select * from ratchet_internal.exported_steps(p_job) order by length(address), address
  loop
    v_path := string_to_array(substr(v_step.address, 2), ',');
    for v_depth in 1 .. cardinality(v_path) loop
      if v_process #> v_path[:v_depth] is null then
        v_process := jsonb_set(v_process, v_path[:v_depth], '{}');
      end if;
    end loop;
    v_process := jsonb_set(v_process, v_path || v_step.name, jsonb_build_object('output',
        jsonb_build_object('metadata', v_step.metadata)
        || case when v_step.output is null then '{}'
          else jsonb_build_object('data', v_step.output) end)
      || case when v_step.hook is null then '{}'
        else jsonb_build_object('hook', jsonb_build_object('data', v_step.hook)) end);
  end loop;
  return v_process || jsonb_build_object('$' || p_job.workflow, jsonb_build_object(
    'metadata', ratchet_internal.job_metadata(p_job), 'data', coalesce(p_job.context, '{}')));
end $$;
comment on function ratchet_internal.exported_process(ratchet.jobs) is
  'The runs of a job''s activities as nested keys, and the job itself.';

-- sql/graph/stats/graph_export.sql

-- A job of a graph with the data of each of its activities, by address. With p_is_enriched also
-- the activities in the order in which they were entered, with what they were given.
-- Raises: WF101, WF201.

create function ratchet.graph_export(
  p_job text, p_app text, p_is_enriched boolean default false, p_namespace text default 'hmsh'
) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (json_build_object('dependencies', json_build_array(), 'status', j.status::text,
    'process', ratchet_internal.exported_process(j))::jsonb
    || case when p_is_enriched then jsonb_build_object('activities', (
      select coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'type', s.kind,
        'dimension', replace(substr(s.address, 2), ',', '/'), 'input', s.input,
        'output', s.output, 'started_at', s.started_at, 'completed_at', s.completed_at,
        'duration_ms', round(extract(epoch from s.completed_at - s.started_at) * 1000),
        'retry_attempt', greatest(s.attempts - 1, 0),
        'cycle_iteration', reverse(split_part(reverse(s.address), ',', 1))::int, 'error', s.error)
        order by s.started_at, length(s.address), s.address), '[]')
      from ratchet_internal.exported_steps(j) s)) else '{}' end)::json
  from ratchet_internal.find_job(p_job, ratchet_internal.app_space(p_app, p_namespace)) j
$$;
comment on function ratchet.graph_export(text, text, boolean, text) is
  'A job of a graph with the data of each of its activities, by address.';

-- Looking at everything; the rules that always hold.

-- sql/graph/show/expression_text.sql

-- An expression as people read it: a reference or a text as it is, the rows of a pipe in
-- parentheses, one after another, anything else as JSON; long ones are cut.

create function ratchet_internal.expression_text(p_value jsonb) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when char_length(whole.text) > 120 then left(whole.text, 117) || '...'
    else whole.text end
  from (select case
    when jsonb_typeof(p_value) = 'string' then p_value #>> '{}'
    when jsonb_typeof(p_value) = 'object' and jsonb_typeof(p_value -> '@pipe') = 'array' then (
      select '(' || string_agg(coalesce(line.text, line.value::text), ' | ' order by line.at) || ')'
      from (
        select line.at, line.value, (
          select string_agg(cell.value #>> '{}', ', ' order by cell.at)
          from jsonb_array_elements(case when jsonb_typeof(line.value) = 'array' then line.value
            else '[]' end) with ordinality as cell (value, at)) as text
        from jsonb_array_elements(p_value -> '@pipe') with ordinality as line (value, at)) line)
    else p_value::text end as text) whole
$$;
comment on function ratchet_internal.expression_text(jsonb) is
  'An expression as people read it, at most 120 characters.';

-- sql/graph/show/condition_text.sql

-- When a transition is taken, as people read it: always, never, or response codes and what is to
-- be equal. It says what rule_compile makes of the same condition.

create function ratchet_internal.condition_text(p_conditions jsonb) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case
    when p_conditions = 'false' or codes.text is null then 'never'
    when jsonb_typeof(p_conditions) is distinct from 'object' then 'always'
    when jsonb_typeof(p_conditions -> 'match') is distinct from 'array' then codes.text
    when matches.count = 0 then case when gate.word = 'or' then 'never' else codes.text end
    when matches.count > 1 and gate.word = 'or' then codes.text || ' and (' || matches.text || ')'
    else codes.text || ' and ' || matches.text end
  from (select case when p_conditions ->> 'gate' = 'or' then 'or' else 'and' end as word) gate
  cross join lateral (
    select 'code ' || string_agg(code, ' or ' order by at) as text
    from jsonb_array_elements_text(case jsonb_typeof(p_conditions -> 'code')
      when 'array' then p_conditions -> 'code'
      else jsonb_build_array(coalesce(p_conditions ->> 'code', '200')) end)
      with ordinality as c (code, at)) codes
  cross join lateral (
    select count(*) as count,
      string_agg(ratchet_internal.expression_text(m.value -> 'actual') || ' = '
        || coalesce(left((m.value -> 'expected')::text, 120), 'undefined'),
        ' ' || gate.word || ' ' order by m.at) as text
    from jsonb_array_elements(case when jsonb_typeof(p_conditions -> 'match') = 'array'
      then p_conditions -> 'match' else '[]' end) with ordinality as m (value, at)) matches
$$;
comment on function ratchet_internal.condition_text(jsonb) is
  'When a transition is taken, as people read it: always, never, or codes and matches.';

-- sql/views/ledger.sql

-- The ledger of every step, decoded to columns.

create view ratchet.ledger with (security_invoker = true) as
select a.job_id, j.key as job_key, j.namespace, a.field, a.kind,
  a.ledger / 1000000000000 % 100 as attempts,
  a.ledger / 100000000000 % 10 = 1 as is_scheduled,
  a.ledger % 100000000 as entries,
  a.ledger >= 200000000000000 as is_final,
  a.is_failed, a.delivery, a.created_at, a.updated_at, a.ledger
from ratchet.jobs_attributes a
join ratchet.jobs j on j.id = a.job_id
where a.kind <> 'attribute';
comment on view ratchet.ledger is
  'The ledger of every step, decoded: attempts, first leg, entries of the second, final or open.';

-- sql/views/open_steps.sql

-- What every running job waits for, and what is to move it: one row an open step, and one a thread
-- that waits for a worker or runs in one.

create view ratchet.open_steps with (security_invoker = true) as
select m.job_id, j.key as job_key, m.namespace,
  coalesce(a.field, m.address || '/' || n.name, case
    when m.address like 'h%' then 'the hook ' || m.workflow else 'the function' end) as field,
  m.kind, m.attempt, m.due_at, m.worker_id, m.queue, nullif(m.workflow, '') as workflow,
  case m.kind
    when 'timer' then 'sleeps until ' || m.due_at
    when 'wait' then case when m.key = E'\x1frespond' then 'waits for ratchet.respond'
      else 'waits for signal ' || replace(m.key, E'\x1f', ' ') end
      || case when m.due_at < 'infinity' then ' until ' || m.due_at else '' end
    when 'child' then 'waits for job ' || coalesce(child.key, m.key)
    when 'result' then case when not ratchet_internal.is_graph(m.address)
        then 'is answered; the function has yet to receive it'
      when a.job_id is null then 'is to be entered by an engine worker'
      else 'is answered; an engine worker has yet to go on' end
    else case
      when m.worker_id is not null then 'is with worker ' || m.worker_id || ' (' || w.name || ')'
      when m.due_at > ratchet_internal.now() then 'is tried again at ' || m.due_at
      when exists (select from ratchet_internal.worker_routes r where r.queue = m.queue
        and r.workflow = m.workflow and r.namespace = m.namespace)
        then 'waits for a free worker of queue ' || m.queue
      else 'waits for a worker of queue ' || m.queue || ': none is running' end
  end as why,
  m.address, m.position
from ratchet_internal.messages m
join ratchet.jobs j on j.id = m.job_id
left join ratchet.jobs_attributes a
  on a.job_id = m.job_id and a.address = m.address and a.position = m.position
left join ratchet_internal.workers w on w.id = m.worker_id
left join ratchet_internal.graph_names n on n.space = m.namespace and n.position = m.position
  and ratchet_internal.is_graph(m.address)
left join ratchet.jobs child on m.kind = 'child' and child.id::text = m.key;
comment on view ratchet.open_steps is
  'What every running job waits for and why it does not move, one row an open step.';

-- sql/views/steps.sql

-- The steps of every job as people speak of them: dimension is the thread, index the number of the
-- call in it, secondary the number of an operation within its object, from 0; timeline_key is the
-- name under which exports show the step.

create view ratchet.steps with (security_invoker = true) as
select a.job_id, j.key as job_key, j.namespace, place.dimension, place.index, place.secondary,
  a.kind, ratchet_internal.step_name(a.address, a.field) as name,
  '-' || case a.kind when 'activity' then 'proxy' when 'await' then 'child' else a.kind end
    || place.dimension || '-' || place.index || '-' || coalesce(place.secondary || '-', '')
    as timeline_key,
  ratchet_internal.is_final(a.ledger) as is_final, a.is_failed, a.input, a.target, a.value,
  a.created_at, coalesce(a.updated_at, a.created_at) as updated_at
from ratchet.jobs_attributes a
join ratchet.jobs j on j.id = a.job_id
cross join lateral (
  select ratchet_internal.dimension_of(a.address) as dimension,
    case when a.kind in ('search', 'entity') then split_part(a.address, '#', 2)::int
      else a.position end as index,
    case when a.kind in ('search', 'entity') then a.position - 1 end as secondary) place
where a.kind not in ('attribute', 'cancel', 'patch', 'marker');
comment on view ratchet.steps is
  'The steps of every job: thread, number of the call, what it was, and its answer.';

-- sql/views/symbol.sql

-- a.symbol, written like a column (a function of a row may be): the field of a search attribute or
-- marker, or what a step called. One of the names that other releases of this API have for columns.

create function ratchet.symbol(p_row ratchet.jobs_attributes) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case when (p_row).kind in ('attribute', 'marker') then (p_row).field
    else ratchet_internal.step_name((p_row).address, (p_row).field) end
$$;
comment on function ratchet.symbol(ratchet.jobs_attributes) is
  'a.symbol: the field of a search attribute or marker, or what a step called.';

-- sql/views/dimension.sql

-- a.dimension, written like a column: the thread of a step; empty for the main function and for
-- search attributes.

create function ratchet.dimension(p_row ratchet.jobs_attributes) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case when (p_row).kind in ('attribute', 'marker') then ''
    else ratchet_internal.dimension_of((p_row).address) end
$$;
comment on function ratchet.dimension(ratchet.jobs_attributes) is
  'a.dimension: the thread of a step; empty for the main function and for search attributes.';

-- sql/views/type.sql

-- a.type, written like a column: udata for search attributes, jmark for steps of the main function,
-- hmark for those of other threads, other for what is neither.

create function ratchet.type(p_row ratchet.jobs_attributes) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case (p_row).kind when 'attribute' then 'udata' when 'cancel' then 'other'
    when 'patch' then 'other' when 'marker' then 'other'
    else case when ratchet_internal.is_hook((p_row).address) then 'hmark' else 'jmark' end end
$$;
comment on function ratchet.type(ratchet.jobs_attributes) is
  'a.type: udata, jmark, hmark or other, by what the row is.';

-- sql/views/expired_at.sql

-- j.expired_at, written like a column: when the time of a finished job is over, or that of a
-- reserved id; null while a job runs, and where prune decides.

create function ratchet.expired_at(p_job ratchet.jobs) returns timestamptz
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case when (p_job).status = -1 then (p_job).pending_until
    when (p_job).expire_seconds is not null then (p_job).finished_at
      + make_interval(secs => least(greatest((p_job).expire_seconds, 0), 1e10)) end
$$;
comment on function ratchet.expired_at(ratchet.jobs) is
  'j.expired_at: when the time of a finished job, or of a reserved id, is over; null while it runs '
  'or prune decides.';

-- sql/views/is_live.sql

-- j.is_live, written like a column: whether the job runs, or has ended and is still to be kept,
-- or is reserved and may still be started.

create function ratchet.is_live(p_job ratchet.jobs) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(ratchet.expired_at(p_job) > ratchet_internal.now(), true)
$$;
comment on function ratchet.is_live(ratchet.jobs) is
  'j.is_live: whether the job runs, or has ended and its time has not.';

-- sql/views/workers.sql

-- The running workers with what they serve and hold.

create view ratchet.workers with (security_invoker = true) as
select w.id, w.name, w.is_idle, w.started_at, w.expires_at,
  (select array_agg(r.namespace || ' ' || r.queue || coalesce(' ' || nullif(r.workflow, ''), '')
    order by r.queue, r.workflow)
    from ratchet_internal.worker_routes r where r.worker_id = w.id) as serves,
  (select count(*) from ratchet_internal.messages m
    where m.worker_id = w.id and m.kind = 'turn') as turns,
  (select count(*) from ratchet_internal.messages m
    where m.worker_id = w.id and m.kind = 'activity') as activities
from ratchet_internal.workers w;
comment on view ratchet.workers is 'The running workers, what they serve, and how much they hold.';

-- sql/views/worker_roles.sql

-- The worker roles of this database.

create view ratchet.worker_roles with (security_invoker = true) as
select id, role_name, namespace, queues, created_at, revoked_at, last_rotated_at
from ratchet_internal.worker_roles;
comment on view ratchet.worker_roles is
  'The roles that were provisioned for workers, and what each may serve.';

-- sql/views/schedule_status.sql

-- Every schedule with its rule in words, what it does next and what it did last.

create view ratchet.schedule_status with (security_invoker = true) as
select s.key, s.namespace, s.workflow, s.queue,
  coalesce('cron ' || s.cron, 'every ' || make_interval(secs => s.every_ms / 1000.0)) as rule,
  s.timezone,
  case when s.is_paused then 'paused'
    when s.problem is not null then 'ended: ' || s.problem
    when s.next_at = 'infinity' then 'ended'
    when s.look_at > s.next_at then 'waits for the end of ' || s.last_key
    else 'active' end as state,
  case when s.next_at < 'infinity' and not s.is_paused then s.next_at end as next_at,
  s.last_at, s.last_key as last_job,
  case when j.status > 0 then 'running' when j.status < 0 then 'stopped'
    when j.error is not null then 'failed' when j.status = 0 then 'done' end as last_state,
  s.run_count
from ratchet.schedules s
left join ratchet.jobs j on j.key = s.last_key and j.namespace = s.namespace;
comment on view ratchet.schedule_status is
  'Every schedule with its rule, its next occurrence and its last run.';

-- sql/views/graph_versions.sql

-- The deployed versions of every app of graphs, as they are now.

create view ratchet.graph_versions with (security_invoker = true) as
select a.namespace, a.app, v.version, v.id is not distinct from a.version_id as is_active,
  (select count(*)::int from ratchet_internal.graphs g where g.version_id = v.id) as graph_count,
  (select count(*)::int from ratchet_internal.graph_activities g
    where g.version_id = v.id) as activity_count,
  v.deployed_at, case when v.id = a.version_id then a.activated_at end as activated_at
from ratchet_internal.graph_versions v
join ratchet_internal.graph_apps a on a.space = v.space
where v.replaced_at is null;
comment on view ratchet.graph_versions is
  'The deployed versions of every app of graphs; one of each app may be active.';
comment on column ratchet.graph_versions.namespace is
  'Namespace of the app; that of its jobs is <namespace>:<app>.';
comment on column ratchet.graph_versions.app is 'The app, as it was named when it was deployed.';
comment on column ratchet.graph_versions.version is 'The version, as its document names it.';
comment on column ratchet.graph_versions.is_active is
  'Whether it is the version that all jobs of the app follow.';
comment on column ratchet.graph_versions.graph_count is 'How many graphs it has.';
comment on column ratchet.graph_versions.activity_count is
  'How many activities its graphs have together.';
comment on column ratchet.graph_versions.deployed_at is 'When it was last deployed.';
comment on column ratchet.graph_versions.activated_at is
  'When it was made the active version; null unless it is.';

-- sql/views/graph_activities.sql

-- The activities of the deployed versions of every app, as they are now.

create view ratchet.graph_activities with (security_invoker = true) as
select app.namespace, app.app, v.version, v.id is not distinct from app.version_id as is_active,
  a.path_names[1] as graph, a.name as activity, a.kind as type,
  written.body ->> 'subtype' as subtype,
  case a.kind when 'trigger' then g.topic when 'hook' then a.hook ->> 'topic'
    when 'worker' then coalesce(written.body ->> 'subtype', written.topic)
    when 'await' then coalesce(written.body ->> 'subtype', written.topic)
    else written.topic end as topic,
  a.kind = 'trigger' as is_trigger, a.path_names[cardinality(a.path) - 1] as parent,
  cardinality(a.path) as depth, ancestor.name as ancestor,
  case when a.kind = 'hook' then ratchet_internal.expression_text(written.body -> 'sleep') end
    as sleep,
  a.position
from ratchet_internal.graph_versions v
join ratchet_internal.graph_apps app on app.space = v.space
join ratchet_internal.graph_activities a on a.version_id = v.id
join ratchet_internal.graphs g on g.version_id = v.id and g.position = a.path[1]
left join ratchet_internal.graph_names ancestor
  on ancestor.space = v.space and ancestor.position = a.ancestor
cross join lateral (
  select graph -> 'activities' -> a.name as body,
    ratchet_internal.expression_text(graph -> 'activities' -> a.name -> 'topic') as topic
  from jsonb_array_elements(v.document -> 'graphs') graph
  where graph -> 'activities' ? a.name) written
where v.replaced_at is null;
comment on view ratchet.graph_activities is
  'The activities of the deployed versions of every app of graphs.';
comment on column ratchet.graph_activities.namespace is
  'Namespace of the app; that of its jobs is <namespace>:<app>.';
comment on column ratchet.graph_activities.app is 'The app.';
comment on column ratchet.graph_activities.version is 'The version that has the activity.';
comment on column ratchet.graph_activities.is_active is
  'Whether that is the version that all jobs of the app follow.';
comment on column ratchet.graph_activities.graph is 'The graph, named by its trigger.';
comment on column ratchet.graph_activities.activity is 'Id of the activity, unique in its version.';
comment on column ratchet.graph_activities.type is
  'trigger, worker, await, hook, signal, cycle or interrupt; activity is another word for hook.';
comment on column ratchet.graph_activities.subtype is 'The subtype as written; null for none.';
comment on column ratchet.graph_activities.topic is
  'Topic that starts the graph (trigger), is served (worker), started (await), waited for (hook) '
  'or signalled; an expression as written; null for none.';
comment on column ratchet.graph_activities.is_trigger is
  'Whether it is the one with which its graph begins.';
comment on column ratchet.graph_activities.parent is
  'The activity whose transition leads to it; null for a trigger.';
comment on column ratchet.graph_activities.depth is
  'How many activities lead from the trigger to it, both counted; as many numbers has its address.';
comment on column ratchet.graph_activities.ancestor is
  'For a cycle, the activity that is entered again; null for others.';
comment on column ratchet.graph_activities.sleep is
  'For a hook, the seconds it waits at most, or the expression of them; null for none.';
comment on column ratchet.graph_activities.position is
  'Number of the activity id in the app, the position in jobs_attributes.';

-- sql/views/graph_transitions.sql

-- What leads from one activity to the next, in the deployed versions of every app, as they are now.

create view ratchet.graph_transitions with (security_invoker = true) as
select app.namespace, app.app, v.version, v.id is not distinct from app.version_id as is_active,
  a.path_names[1] as graph, a.name as from_activity, t.at::int as ordinal,
  t.value ->> 'to' as to_activity,
  ratchet_internal.condition_text(t.value -> 'conditions') as condition
from ratchet_internal.graph_versions v
join ratchet_internal.graph_apps app on app.space = v.space
join ratchet_internal.graph_activities a on a.version_id = v.id
cross join lateral jsonb_array_elements(v.document -> 'graphs') graph
cross join lateral jsonb_array_elements(graph -> 'transitions' -> a.name)
  with ordinality as t (value, at)
where v.replaced_at is null and graph -> 'activities' ? a.name;
comment on view ratchet.graph_transitions is
  'What leads from one activity to the next in the deployed versions of every app of graphs.';
comment on column ratchet.graph_transitions.namespace is
  'Namespace of the app; that of its jobs is <namespace>:<app>.';
comment on column ratchet.graph_transitions.app is 'The app.';
comment on column ratchet.graph_transitions.version is 'The version that has the transition.';
comment on column ratchet.graph_transitions.is_active is
  'Whether that is the version that all jobs of the app follow.';
comment on column ratchet.graph_transitions.graph is 'The graph, named by its trigger.';
comment on column ratchet.graph_transitions.from_activity is 'The activity that is answered.';
comment on column ratchet.graph_transitions.ordinal is
  'Place among the transitions of the same activity, from 1: the order in which they are taken.';
comment on column ratchet.graph_transitions.to_activity is 'The activity that is then entered.';
comment on column ratchet.graph_transitions.condition is
  'When it is taken: always, never, or response codes and what is to be equal. For people to read.';

-- sql/inspect/export_history.sql

-- A job with its recorded steps as one JSON document, which replay() of the driver checks against
-- code without a database. Values are JSON texts, to the letter; null is undefined.
-- Raises: WF201.

create function ratchet.export_history(p_id text, p_namespace text default 'durable') returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select json_build_object('format', 'pgratchet-history', 'version', 1,
    'job', json_build_object('id', j.id::text, 'workflowId', j.key, 'namespace', j.namespace,
      'workflow', j.workflow, 'queue', j.queue, 'entity', j.entity, 'status', j.status,
      'attempt', j.attempt,
      'address', ratchet_internal.main_address(j.generation),
      'isCancelled', j.cancel_requested_at is not null,
      'originId', (select key from ratchet.jobs where id = j.origin_id),
      'expire', j.expire_seconds, 'input', j.input::text, 'options', j.options::text,
      'result', j.result::text, 'error', j.error::text, 'createdAt', j.created_at,
      'finishedAt', j.finished_at),
    'steps', coalesce((
      select json_agg(json_build_object('address', a.address, 'position', a.position,
        'kind', a.kind, 'name', ratchet_internal.step_name(a.address, a.field),
        'delivery', a.delivery, 'isDone', ratchet_internal.is_final(a.ledger),
        'isFailed', a.is_failed, 'input', a.input::text, 'value', a.value)
        order by a.address, a.position)
      from ratchet.jobs_attributes a where a.job_id = j.id), '[]'))
  from ratchet_internal.find_job(p_id, p_namespace) j
$$;
comment on function ratchet.export_history(text, text) is
  'A job with its recorded steps as one JSON document, to be replayed without a database.';

-- sql/inspect/broken_jobs.sql

-- Rules of check_invariants about jobs.

create function ratchet_internal.broken_jobs()
returns table (rule text, job_id bigint, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select 'the semaphore of a running job counts its open threads', j.id, j.status::text
  from ratchet.jobs j
  where j.status > 0 and j.version is null and j.status <> 1 + (
    select count(*) from ratchet.threads t where t.job_id = j.id and t.ended_at is null)
  union all
  select 'a running job has a turn, or waits for something that can wake it', j.id, j.key
  from ratchet.jobs j
  where j.status > 0 and j.returned_at is null and not exists (
    select from ratchet_internal.messages m where m.job_id = j.id
      and not ratchet_internal.is_hook(m.address))
  union all
  select 'an open hook of a running job has a turn, or waits for something that can wake it',
    t.job_id, t.address
  from ratchet.threads t join ratchet.jobs j on j.id = t.job_id and j.status > 0
  where t.ended_at is null and not exists (
    select from ratchet_internal.messages m
    where m.job_id = t.job_id and m.address = t.address)
  union all
  select 'a hook belongs to a job', t.job_id, t.address
  from ratchet.threads t where not exists (select from ratchet.jobs j where j.id = t.job_id)
  union all
  select 'a child was started by a step of its parent', c.id, c.key
  from ratchet.jobs c join ratchet.jobs p on p.id = c.parent_id
  -- A graph without pj was started by a program, and its payload told of the parent.
  where (c.version is null or c.options ->> 'pj' is not null) and not exists (
    select from ratchet.jobs_attributes a
    where a.job_id = p.id and (a.kind in ('child', 'start')
      and ratchet_internal.step_name(a.address, a.field) = c.workflow
      or a.kind = 'await' and ratchet_internal.is_graph(a.address)))
$$;
comment on function ratchet_internal.broken_jobs() is 'Violations of the rules about jobs.';

-- sql/inspect/broken_steps.sql

-- Rules of check_invariants about steps.

create function ratchet_internal.broken_steps()
returns table (rule text, job_id bigint, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with step as (
    select a.*, ratchet_internal.is_final(a.ledger) as is_final, j.status,
      -- What a thread left open when it ended stays as it was.
      case when ratchet_internal.is_hook(a.address) then exists (
          select from ratchet.threads t where t.job_id = a.job_id and t.ended_at is null
            and t.address = ratchet_internal.thread_of(a.address))
        when a.address = '' or a.address like '$%' then j.returned_at is null
          and ratchet_internal.thread_of(a.address) = ratchet_internal.main_address(j.generation)
        else true end as is_live
    from ratchet.jobs_attributes a left join ratchet.jobs j on j.id = a.job_id)
  select 'a step belongs to a job', s.job_id, s.field from step s where s.status is null
  union all
  select 'an open step of a running job has a message, or was cancelled', s.job_id, s.field
  from step s
  where s.status > 0 and s.is_live and not s.is_final and not exists (
    select from ratchet_internal.messages m where m.job_id = s.job_id and m.address = s.address
      and m.position = s.position and m.kind <> 'result')
    and not exists (
      select from ratchet.jobs_attributes c where c.job_id = s.job_id
        and c.address = s.address || '#cancel' and c.kind = 'cancel'
        and c.input::jsonb @> to_jsonb(s.position))
  union all
  select 'an answered step was scheduled once and answered once', s.job_id, s.field
  from step s
  where s.is_final and (s.ledger / 100000000000 % 10 <> 1 or s.ledger % 100000000 <> 1
    and (not ratchet_internal.is_graph(s.address) or s.address not like '%,0'))
  union all
  select 'an open step has no answer', s.job_id, s.field
  from step s
  where not s.is_final and (s.ledger % 100000000 <> 0 or s.value is not null and not s.is_failed)
  union all
  select 'the deliveries of a thread are numbered without repetition', s.job_id,
    split_part(s.address, '#', 1)
  from step s where s.delivery is not null
  group by s.job_id, split_part(s.address, '#', 1), s.delivery having count(*) > 1
  union all
  select 'the operations of an object are numbered without a gap', s.job_id, s.address
  from step s where s.kind in ('search', 'entity')
  group by s.job_id, s.address having max(s.position) <> count(*)
  union all
  select 'a search attribute is text, under its name', s.job_id, s.field
  from step s
  where (s.kind = 'attribute') <> starts_with(s.address, '_') or s.kind = 'attribute'
    and (s.field <> s.address or s.position <> 1 or s.value is null or not s.is_final)
$$;
comment on function ratchet_internal.broken_steps() is 'Violations of the rules about steps.';

-- sql/inspect/broken_messages.sql

-- Rules of check_invariants about messages.

create function ratchet_internal.broken_messages()
returns table (rule text, job_id bigint, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with message as (
    select m.*, j.status, w.id is not null as is_known, a.job_id is not null as has_step,
      ratchet_internal.is_final(a.ledger) as is_final,
      m.kind || ' ' || m.position as name
    from ratchet_internal.messages m
    left join ratchet.jobs j on j.id = m.job_id
    left join ratchet_internal.workers w on w.id = m.worker_id
    left join ratchet.jobs_attributes a on a.job_id = m.job_id and a.address = m.address
      and a.position = m.position)
  select 'a message has one of six forms', m.job_id, m.name
  from message m
  where case m.kind
    when 'turn' then m.position = 0 and m.workflow <> '' and m.key is null
    when 'activity' then m.position > 0 and m.workflow = '' and m.key is null
    when 'result' then m.position <> 0 and m.workflow <> '' and m.key is null
    when 'timer' then m.position > 0 and m.workflow <> '' and m.key is null
      and m.worker_id is null
    when 'wait' then m.position > 0 and m.workflow <> '' and m.key is not null
      and m.worker_id is null
    when 'child' then m.position > 0 and m.workflow <> '' and m.key is not null
      and m.worker_id is null
    end is not true
  union all
  select 'a message belongs to a running job', m.job_id, m.name
  from message m where coalesce(m.status, 0) <= 0
  union all
  select 'a message belongs to an open thread', m.job_id, m.address || ' ' || m.name
  from message m join ratchet.jobs j on j.id = m.job_id
  left join ratchet.threads t on t.job_id = m.job_id and t.address = m.address
  where case
    when ratchet_internal.is_hook(m.address) then t.job_id is null or t.ended_at is not null
    when m.address = '' or m.address like '$%' then j.returned_at is not null
      or m.address <> ratchet_internal.main_address(j.generation) end
  union all
  select 'a message that waits belongs to an open step', m.job_id, m.name
  from message m
  where m.kind in ('activity', 'timer', 'wait', 'child') and (not m.has_step or m.is_final)
  union all
  select 'a result belongs to an answered step or to a cancellation', m.job_id, m.name
  from message m
  where m.kind = 'result' and m.position > 0 and (m.has_step and not m.is_final
    or not m.has_step and not ratchet_internal.is_graph(m.address))
  union all
  select 'what a worker holds names a registered worker', m.job_id, m.name || ' ' || m.worker_id
  from message m where m.worker_id is not null and not m.is_known
  union all
  select 'a wait for a child names a running job that is marked as awaited', m.job_id, m.key
  from message m
  where m.kind = 'child' and not exists (
    select from ratchet.jobs c where c.id::text = m.key and c.status > 0 and c.is_awaited)
$$;
comment on function ratchet_internal.broken_messages() is 'Violations of the rules about messages.';

-- sql/inspect/broken_signals.sql

-- Rules of check_invariants about signals. The first is the one against lost wake-ups.

create function ratchet_internal.broken_signals()
returns table (rule text, job_id bigint, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select 'a signal and a wait that could be paired are not both marked as looked at', m.job_id,
    m.key
  from ratchet_internal.messages m
  where m.kind = 'wait' and m.attempt > 0
    and exists (
      select from ratchet_internal.signals s where s.key = m.key and s.namespace = m.namespace
        and not s.is_consumed and s.expires_at > ratchet_internal.now())
    and not exists (
      select from ratchet_internal.signals s where s.key = m.key and s.namespace = m.namespace
        and s.is_new)
  union all
  select 'a consumed signal is kept only for its dedup id', null, s.key
  from ratchet_internal.signals s where s.is_consumed and s.dedup_id is null
$$;
comment on function ratchet_internal.broken_signals() is 'Violations of the rules about signals.';

-- sql/inspect/broken_graphs.sql

-- Rules of check_invariants about jobs of graphs.

create function ratchet_internal.broken_graphs()
returns table (rule text, job_id bigint, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with run as (
    select a.job_id, a.position, a.address, a.field, a.ledger, a.kind,
      regexp_replace(a.address, ',[0-9]+$', '') as parent,
      substring(a.address from '[0-9]+$')::bigint as pass
    from ratchet.jobs_attributes a where ratchet_internal.is_graph(a.address)),
  passes as (
    select r.job_id, r.parent, r.position, count(*) as count, max(r.pass) as last,
      min(r.ledger) filter (where r.pass = 0) as ledger
    from run r group by r.job_id, r.parent, r.position)
  select 'the semaphore of a running graph counts its open activities', j.id,
    j.status || ' and ' || count(m.job_id)
  from ratchet.jobs j left join ratchet_internal.messages m on m.job_id = j.id
  where j.version is not null and j.status > 0
  group by j.id having j.status <> count(m.job_id)
  union all
  select 'the passes of an activity are numbered without gaps', p.job_id,
    p.parent || ' ' || p.position
  from passes p where p.ledger is null or p.last <> p.count - 1
  union all
  select 'the first pass of an activity counts all its passes', p.job_id,
    p.parent || ' ' || p.position || ': ' || p.ledger
  from passes p
  where p.ledger % 100000000
    <> case when ratchet_internal.is_final(p.ledger) then p.count else 0 end
  union all
  select 'an activity follows one that was answered', r.job_id, r.field
  from run r
  where r.kind <> 'trigger' and not exists (
    select from ratchet.jobs_attributes above where above.job_id = r.job_id
      and above.address = r.parent and ratchet_internal.is_final(above.ledger))
  union all
  select 'a job of a graph has one trigger', j.id, j.key
  from ratchet.jobs j left join run r on r.job_id = j.id and r.kind = 'trigger'
  where j.version is not null group by j.id having count(r.job_id) <> 1
  union all
  select 'only jobs of graphs have runs of activities', r.job_id, r.field
  from run r join ratchet.jobs j on j.id = r.job_id where j.version is null
$$;
comment on function ratchet_internal.broken_graphs() is
  'Violations of the rules about jobs of graphs.';

-- sql/inspect/broken_escalations.sql

-- Rules of check_invariants about tasks.

create function ratchet_internal.broken_escalations()
returns table (rule text, job_id bigint, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with task as (
    select e.id, e.job_id, e.status, ratchet_internal.is_final(a.ledger) as is_final,
      a.is_failed or ratchet_internal.is_graph(e.address) and a.code is null as is_failed,
      exists (select from ratchet_internal.messages m where m.job_id = e.job_id
        and m.address = e.address and m.position = e.position and m.kind = 'wait') as is_waiting
    from ratchet.escalations e
    left join ratchet.jobs_attributes a
      on a.job_id = e.job_id and a.address = e.address and a.position = e.position
    where e.job_id is not null)
  select 'a step that waits has a task that is pending', job_id, id::text
  from task where is_waiting and status <> 'pending'
  union all
  select 'a task expires only with its step', job_id, id::text
  from task where status = 'expired' and is_final and not is_failed
  union all
  select 'a task is pending no more when its step has timed out', job_id, id::text
  from task where status = 'pending' and is_final and is_failed
$$;
comment on function ratchet_internal.broken_escalations() is 'Violations of the rules about tasks.';

-- sql/inspect/check_invariants.sql

-- One row a violation, no rows when all is well. Safe on a running system: every rule holds after
-- each commit, and one statement sees one snapshot.

create function ratchet.check_invariants()
returns table (rule text, job_id bigint, detail text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select * from ratchet_internal.broken_jobs()
  union all select * from ratchet_internal.broken_steps()
  union all select * from ratchet_internal.broken_messages()
  union all select * from ratchet_internal.broken_signals()
  union all select * from ratchet_internal.broken_graphs()
  union all select * from ratchet_internal.broken_escalations()
$$;
comment on function ratchet.check_invariants() is
  'One row for each rule that does not hold and each job that breaks it; no rows when all is well.';

-- sql/graph/show/show.sql

-- Graphs: a version, and how far a job is in it, as a chart and as text.

-- sql/graph/show/mermaid_text.sql

-- Text for a quoted label of a Mermaid chart: on one line, cut at 160 characters, every character
-- that could mean something to Mermaid, Markdown or HTML written as its number. Dots, hyphens and
-- underscores stay within words, and = between blanks, where they mean nothing.

create function ratchet_internal.mermaid_text(p_text text) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when p_text is not null then coalesce(string_agg(case
      when c.value ~ '^[A-Za-z0-9 ,]$' then c.value
      when c.value in ('-', '_') and around.text ~ '^[A-Za-z0-9].[A-Za-z0-9]$' then c.value
      when c.value = '.' and around.text ~ '^[A-Za-z0-9].[A-Za-z0-9]$'
        and line.text !~* 'www\.' then c.value
      when around.text = ' = ' then c.value
      else '#' || ascii(c.value) || ';' end, '' order by c.at), '') end
  from (
    select case when char_length(flat.text) > 160 then left(flat.text, 157) || '...'
      else flat.text end as text
    from (select trim(regexp_replace(p_text, '[[:space:][:cntrl:]]+', ' ', 'g')) as text) flat) line
  cross join lateral string_to_table(line.text, null) with ordinality as c (value, at)
  cross join lateral (select case when c.at > 1
    then substr(line.text, c.at::int - 1, 3) end as text) around
$$;
comment on function ratchet_internal.mermaid_text(text) is
  'Text for a quoted label of a Mermaid chart, in which nothing can break out of the label.';

-- sql/graph/show/mermaid_node.sql

-- A node of a Mermaid chart: its shape says the type of the activity, its lines the name, what it
-- does, and how far a job is with it. Each line but the first begins with a word of ours, so that
-- no topic makes a list of it.

create function ratchet_internal.mermaid_node(p_activity ratchet.graph_activities, p_mark text)
returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select format(shape.text, 'n' || (p_activity).position, array_to_string(array[
    ratchet_internal.mermaid_text((p_activity).activity),
    ratchet_internal.mermaid_text(case (p_activity).type
      when 'hook' then 'hook' || case
        when (p_activity).topic is null then coalesce(' sleeps ' || (p_activity).sleep || ' s', '')
        else ' waits for signal ' || (p_activity).topic
          || coalesce(', at most ' || (p_activity).sleep || ' s', '') end
      when 'cycle' then 'cycle to ' || (p_activity).ancestor
      when 'trigger' then 'trigger'
      else (p_activity).type || coalesce(' ' || (p_activity).topic, '') end),
    p_mark], '<br/>'))
  from (select case (p_activity).type when 'trigger' then '%s(["%s"])' when 'hook' then '%s{{"%s"}}'
    when 'await' then '%s[["%s"]]' when 'signal' then '%s>"%s"]' when 'cycle' then '%s("%s")'
    when 'interrupt' then '%s[/"%s"/]' else '%s["%s"]' end as text) shape
$$;
comment on function ratchet_internal.mermaid_node(ratchet.graph_activities, text) is
  'A node of a Mermaid chart: an activity with what it does and how far a job is with it.';

-- sql/graph/show/graph_chart.sql

-- The graphs of a version as a Mermaid chart; with marks ({activity: {state, text}}) those of one
-- graph. Nodes are named by numbers, all that users wrote stands in quoted labels.

create function ratchet_internal.graph_chart(
  p_namespace text, p_app text, p_version text, p_marks jsonb default null
) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with activity as materialized (
    select a as node, a.graph, a.activity, a.position, a.type, a.topic, a.ancestor,
      min(a.position) over (partition by a.graph) as graph_at
    from ratchet.graph_activities a
    where a.namespace = p_namespace and a.app = p_app and a.version = p_version
      and (p_marks is null or p_marks ? a.graph)),
  line (graph_at, part, at, ordinal, text) as (
    select graph_at, 1, 0, 0, format('  subgraph g%s ["%s"]', graph_at, coalesce('topic '
      || ratchet_internal.mermaid_text(topic), 'any other topic'))
    from activity where type = 'trigger'
    union all
    select graph_at, 2, position, 0,
      '    ' || ratchet_internal.mermaid_node(node, p_marks -> activity ->> 'text')
    from activity
    union all
    select origin.graph_at, 3, origin.position, t.ordinal, format('    n%s -->%s n%s',
      origin.position, case when t.condition <> 'always'
        then '|"' || ratchet_internal.mermaid_text(t.condition) || '"|' else '' end,
      target.position)
    from ratchet.graph_transitions t
    join activity origin on origin.activity = t.from_activity
    join activity target on target.activity = t.to_activity
    where t.namespace = p_namespace and t.app = p_app and t.version = p_version
    union all
    select c.graph_at, 4, c.position, 0, format('    n%s -.->|"again"| n%s', c.position,
      target.position)
    from activity c join activity target on target.activity = c.ancestor
    union all
    select graph_at, 5, 0, 0, '  end' from activity where type = 'trigger'
    union all
    select null, 6, style.at, 0, format('  classDef %s %s', style.state, style.look)
    from (values (1, 'never', 'fill:#ffffff,stroke:#999999,color:#666666,stroke-dasharray:4'),
      (2, 'open', 'fill:#fff3c4,stroke:#b58900,color:#333333'),
      (3, 'done', 'fill:#d9f2dd,stroke:#2e7d32,color:#333333'),
      (4, 'failed', 'fill:#f8d0d0,stroke:#b71c1c,color:#333333'),
      (5, 'skipped', 'fill:#eeeeee,stroke:#777777,color:#333333'),
      (6, 'stopped', 'fill:#e3dcef,stroke:#5e4b8b,color:#333333')) as style (at, state, look)
    where p_marks is not null
    union all
    select null, 7, min(position), 0, format('  class %s %s',
      string_agg('n' || position, ',' order by position), p_marks -> activity ->> 'state')
    from activity where p_marks is not null group by p_marks -> activity ->> 'state')
  select 'flowchart TD' || coalesce(string_agg(E'\n' || text, ''
    order by graph_at nulls last, part, at, ordinal), '')
  from line
$$;
comment on function ratchet_internal.graph_chart(text, text, text, jsonb) is
  'The graphs of a version, or the one that a job runs in, as a Mermaid chart.';

-- sql/graph/show/job_version.sql

-- The version under which a job of a graph is looked at: while it runs the active one, as every
-- stretch does; when it has ended, the one with which it started, if that is still deployed.

create function ratchet_internal.job_version(p_job ratchet.jobs)
returns ratchet_internal.graph_versions
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select v from ratchet_internal.graph_apps a
  join ratchet_internal.graph_versions v on v.space = a.space
  where a.space = p_job.namespace and (v.id = a.version_id
    or p_job.finished_at is not null and v.version = p_job.version and v.replaced_at is null)
  order by v.id = a.version_id limit 1
$$;
comment on function ratchet_internal.job_version(ratchet.jobs) is
  'The version under which a job of a graph is looked at.';

-- sql/graph/show/graph_runs.sql

-- The runs of a job's activities in the order of their tree: each pass of an activity with all that
-- followed it before the next pass. place is the path to it, a number for each activity on the way
-- (its turn among its siblings, and its pass); what job_version lacks, or has elsewhere,
-- stands directly below the trigger. why is what an open one waits for. A run that has yet to be
-- entered has no row in the history, only a message.

create function ratchet_internal.graph_runs(p_job ratchet.jobs)
returns table (
  place bigint[], activity text, type text, pass int, state text, code int, attempts int,
  entered_at timestamptz, answered_at timestamptz, why text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with activity as materialized (
    select * from ratchet_internal.graph_activities
    where version_id = (select (ratchet_internal.job_version(p_job)).id)),
  turn as materialized (
    select (t.value ->> 'to')::int as position, t.at
    from activity a cross join lateral jsonb_array_elements(a.transitions)
      with ordinality as t (value, at)),
  way as materialized (
    select a.position, a.kind, array(select coalesce(turn.at, 1)
      from unnest(a.path) with ordinality as step (position, depth)
      left join turn on turn.position = step.position order by step.depth) as turns
    from activity a),
  run as (
    select coalesce(a.address, o.address) as address, coalesce(a.position, o.position) as position,
      a.kind, a.ledger, a.is_failed, a.code, a.created_at, coalesce(a.updated_at, a.created_at)
        as updated_at, ratchet_internal.is_final(a.ledger) as is_final,
      (a.ledger / 1000000000000 % 100)::int as attempts, o.attempt, o.why
    from (select * from ratchet.jobs_attributes
      where job_id = p_job.id and ratchet_internal.is_graph(address)) a
    full join (select * from ratchet.open_steps where job_id = p_job.id) o
      on o.address = a.address and o.position = a.position)
  select case when cardinality(way.turns) = cardinality(numbers.list) then array(
      select turn * 1000000 + number from unnest(way.turns, numbers.list)
        with ordinality as u (turn, number, depth) order by depth)
      else array[1000000, 1000000000000 + run.position * 100000::bigint
        + numbers.list[cardinality(numbers.list)]] end,
    n.name, coalesce(run.kind, way.kind), (numbers.list[cardinality(numbers.list)] + 1)::int,
    case when run.is_final and run.is_failed then 'failed'
      when run.is_final and run.attempts = 0 then 'skipped' when run.is_final then 'done'
      when run.why is null then 'stopped' else 'open' end,
    case when run.is_final and run.attempts > 0
      then coalesce(run.code, case when run.is_failed then 500 else 200 end) end,
    greatest(run.attempts, run.attempt), run.created_at,
    case when run.is_final then run.updated_at end, run.why
  from run
  cross join lateral (select string_to_array(substr(run.address, 2), ',')::bigint[]) numbers (list)
  left join way on way.position = run.position
  left join ratchet_internal.graph_names n
    on n.space = p_job.namespace and n.position = run.position
$$;
comment on function ratchet_internal.graph_runs(ratchet.jobs) is
  'The runs of a job''s activities in the order of their tree, with how each of them is.';

-- sql/graph/show/elapsed.sql

-- How long something took, as people read it.

create function ratchet_internal.elapsed(p_from timestamptz, p_to timestamptz) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
set intervalstyle = postgres
as $$
  select case
    when p_to - p_from < interval '1 second'
      then round(extract(epoch from greatest(p_to - p_from, interval '0')) * 1000) || ' ms'
    when p_to - p_from < interval '1 minute'
      then round(extract(epoch from p_to - p_from), 1) || ' s'
    else date_trunc('second', p_to - p_from)::text end
$$;
comment on function ratchet_internal.elapsed(timestamptz, timestamptz) is
  'How long something took, as people read it.';

-- sql/graph/show/run_text.sql

-- A run of an activity as a line of ratchet.graph_explain, without control characters.

create function ratchet_internal.run_text(
  p_now timestamptz, p_depth int, p_activity text, p_type text, p_pass int, p_state text,
  p_code int, p_attempts int, p_entered_at timestamptz, p_answered_at timestamptz, p_why text
) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select regexp_replace(repeat('      ', greatest(p_depth - 2, 0))
    || case when p_depth > 1 then '  ->  ' else '' end || p_activity
    || coalesce(' (' || p_type || ')', '')
    || case when p_pass > 1 then ' pass ' || p_pass else '' end || ': ' || p_state
    || coalesce(', code ' || p_code, '')
    || case when p_state in ('done', 'failed')
        then ', ' || ratchet_internal.elapsed(p_entered_at, p_answered_at)
      when p_state = 'open' and p_entered_at is not null
        then ' for ' || ratchet_internal.elapsed(p_entered_at, p_now) else '' end
    || case when p_attempts > 1 then ', ' || p_attempts || ' attempts' else '' end
    || coalesce('; ' || p_why, ''), '[[:cntrl:]]+', ' ', 'g')
$$;
comment on function ratchet_internal.run_text(timestamptz, int, text, text, int, text, int, int,
  timestamptz, timestamptz, text) is
  'A run of an activity as a line of ratchet.graph_explain.';

-- sql/graph/show/job_text.sql

-- The first line of ratchet.graph_explain: the job as a whole.

create function ratchet_internal.job_text(p_job ratchet.jobs) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select regexp_replace('job ' || p_job.key || ' of topic ' || p_job.workflow
    || coalesce(' (version ' || p_job.version || ')', '') || ': '
    || case when p_job.status > 0 then p_job.status || ' open for '
      when p_job.status = -1 then 'reserved for '
      when p_job.status < 0 then 'stopped after '
      when p_job.error is not null then 'failed after ' else 'done in ' end
    || ratchet_internal.elapsed(p_job.created_at,
      coalesce(p_job.finished_at, ratchet_internal.now()))
    || coalesce('; ' || left(ratchet_internal.readable(p_job.error)::jsonb ->> 'message', 500), ''),
    '[[:cntrl:]]+', ' ', 'g')
$$;
comment on function ratchet_internal.job_text(ratchet.jobs) is
  'The first line of ratchet.graph_explain: the job as a whole.';

-- sql/graph/show/graph_mermaid.sql

-- All graphs of a version (null: the active one) as a Mermaid flowchart: activities with their
-- topics, transitions with their conditions, cycles as dotted edges back. Raises: WF101, WF207.

create function ratchet.graph_mermaid(
  p_app text, p_version text default null, p_namespace text default 'hmsh'
) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_version text := p_version;
begin
  if p_version is null then
    v_version := (ratchet_internal.active_version(p_app, p_namespace)).version;
  else
    perform from ratchet_internal.graph_versions
    where space = ratchet_internal.app_space(p_app, p_namespace) and version = p_version
      and replaced_at is null;
    if not found then
      perform ratchet_internal.raise_error('WF207', 'version not found', jsonb_build_object(
        'app', p_app, 'namespace', p_namespace, 'version', left(p_version, 100)),
        'select * from ratchet.graph_versions shows those that are deployed.');
    end if;
  end if;
  return ratchet_internal.graph_chart(p_namespace, p_app, v_version);
end $$;
comment on function ratchet.graph_mermaid(text, text, text) is
  'All graphs of a version of an app as a Mermaid flowchart; without a version, of the active one.';

-- sql/graph/show/graph_job_mermaid.sql

-- The graph of a job as a Mermaid flowchart with how far the job is: each activity has the state of
-- its last run, or is open while one of its runs is; and how often it ran, where it was more than
-- once. While the job runs it is the graph of the active version, then of the one that it started
-- with. What the job has run that the version lacks is not shown. Raises: WF101, WF201.

create function ratchet.graph_job_mermaid(p_job text, p_app text, p_namespace text default 'hmsh')
returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with job as materialized (
    select j, (ratchet_internal.job_version(j)).version as version
    from ratchet_internal.find_job(p_job, ratchet_internal.app_space(p_app, p_namespace)) j),
  found as materialized (
    select r.activity, r.type, count(*) as count, case when bool_or(r.state = 'open') then 'open'
      else (array_agg(r.state order by r.place desc))[1] end as state
    from job cross join lateral ratchet_internal.graph_runs(job.j) r group by r.activity, r.type),
  mark as (
    select a.activity, coalesce(f.state, 'never') as state, coalesce(f.state, 'never entered')
      || case when f.count > 1 then ', ' || f.count || ' passes' else '' end as text
    from job
    join ratchet.graph_activities a
      on a.namespace = p_namespace and a.app = p_app and a.version = job.version
    left join found f on f.activity = a.activity
    where a.graph = (select activity from found where type = 'trigger'))
  select ratchet_internal.graph_chart(p_namespace, p_app, job.version, (
    select coalesce(jsonb_object_agg(activity, jsonb_build_object('state', state, 'text', text)),
      '{}') from mark))
  from job
$$;
comment on function ratchet.graph_job_mermaid(text, text, text) is
  'The graph of a job as a Mermaid flowchart, each activity with its state.';

-- sql/graph/show/graph_explain.sql

-- How a job of a graph came to where it is, as EXPLAIN would say it: a line about the job, then its
-- runs as a tree, each with state, response code, duration, attempts and, where it is open, what it
-- waits for. Of an activity with many runs the first five, the last five and five open ones are
-- shown, with those that led to them; the last lines say how many are not.
-- Raises: WF101, WF201.

create function ratchet.graph_explain(p_job text, p_app text, p_namespace text default 'hmsh')
returns setof text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with job as materialized (
    select j from ratchet_internal.find_job(p_job,
      ratchet_internal.app_space(p_app, p_namespace)) j),
  run as materialized (
    select r.*, count(*) over (partition by r.activity) as count,
      row_number() over (partition by r.activity order by r.place) as number,
      row_number() over (partition by r.activity, r.state order by r.place) as number_in_state
    from job cross join lateral ratchet_internal.graph_runs(job.j) r),
  shown as materialized (
    select distinct r.place[:depth] as place
    from run r cross join lateral generate_series(1, cardinality(r.place)) depth
    where r.number <= 5 or r.number > r.count - 5 or r.state = 'open' and r.number_in_state <= 5),
  line (part, place, text) as (
    select 1, null::bigint[], ratchet_internal.job_text(job.j) from job
    union all
    select 2, r.place, ratchet_internal.run_text(ratchet_internal.now(), cardinality(r.place),
      r.activity, r.type, r.pass, r.state, r.code, r.attempts, r.entered_at, r.answered_at, r.why)
    from run r join shown using (place)
    union all
    select 3, min(r.place), format('(%s of %s runs of %s are not shown)',
      count(*) filter (where shown.place is null), count(*), r.activity)
    from run r left join shown using (place)
    group by r.activity having count(*) > count(shown.place))
  select text from line order by part, place
$$;
comment on function ratchet.graph_explain(text, text, text) is
  'How a job of a graph came to where it is: the tree of its runs, and what it waits for.';

-- Reading the data of jobs; exports of what has happened.

-- sql/data/nested.sql

-- Attributes by name as an object in which a / in a name leads one level down. Where that is
-- blocked, because the part before the / is an attribute itself, the name stays as it is.

create function ratchet_internal.nested(p_attributes jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nested jsonb := '{}';
  v_name text;
  v_value jsonb;
begin
  for v_name, v_value in select key, value from jsonb_each(p_attributes) order by key loop
    v_nested := coalesce(
      ratchet_internal.put_value(v_nested, string_to_array(v_name, '/'), v_value),
      v_nested || jsonb_build_object(v_name, v_value));
  end loop;
  return v_nested;
end $$;
comment on function ratchet_internal.nested(jsonb) is
  'Attributes as an object in which a / in a name leads one level down.';

-- sql/data/attributes.sql

-- The search attributes of a job, running or finished. Raises: WF201.

create function ratchet.attributes(
  p_id text, p_namespace text default 'durable', p_is_nested boolean default false
) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case when p_is_nested then ratchet_internal.nested(data) else data end
  from (select ratchet_internal.attributes_of(
    (ratchet_internal.find_job(p_id, p_namespace)).id) as data) job
$$;
comment on function ratchet.attributes(text, text, boolean) is
  'The search attributes of a job, texts by name; nested: a / in a name leads one level down.';

-- sql/data/query_state.sql

-- Some fields of a job, texts by name, null where there is none. A name is that of a search
-- attribute; in double quotes it is the field of any row of jobs_attributes, as it stands there,
-- and ":" is the semaphore. An unknown job has no fields.

create function ratchet.query_state(
  p_id text, p_fields text[], p_namespace text default 'durable'
) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(json_object_agg(coalesce(literal, field), case literal
    when ':' then job.status::text
    else (select a.value from ratchet.jobs_attributes a where a.job_id = job.id
      and a.field = coalesce(literal, '_' || given.field)
      and (literal is not null or a.address = '_' || given.field) limit 1) end), '{}')
  from (select distinct field, substring(field from '^"(.*)"$') as literal
    from unnest(p_fields) as each (field) where field is not null) given
  left join ratchet.jobs job on job.key = p_id and job.namespace = p_namespace
$$;
comment on function ratchet.query_state(text, text[], text) is
  'Search attributes of a job by name; a name in double quotes is a field of jobs_attributes.';

-- sql/data/condition.sql

-- The text of one condition on a top-level field of an entity. Text, because an index on an
-- expression serves only statements in which the expression stands as it does in the index: the
-- field must be a literal. Values of another kind than the one compared with never match.
-- Raises: WF104.

create function ratchet_internal.condition(p_field text, p_operator text, p_value jsonb)
returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := jsonb_typeof(p_value);
begin
  if p_operator = '$eq' then
    return format('(context -> %1$L) @> %2$L::jsonb and (context -> %1$L) = %2$L::jsonb',
      p_field, p_value);
  elsif p_operator = '$ne' then
    return format('(context -> %L) <> %L::jsonb', p_field, p_value);
  elsif p_operator in ('$gt', '$gte', '$lt', '$lte') and v_kind in ('number', 'string') then
    return format('(context -> %1$L) %2$s %3$L::jsonb and jsonb_typeof(context -> %1$L) = %4$L',
      p_field, case p_operator when '$gt' then '>' when '$gte' then '>=' when '$lt' then '<'
        else '<=' end, p_value, v_kind);
  elsif p_operator = '$in' and v_kind = 'array' then
    return format('(context -> %L) = any (array(select jsonb_array_elements(%L::jsonb)))',
      p_field, p_value);
  elsif p_operator = '$like' and v_kind = 'string' then
    return format('(context ->> %L) like %L', p_field, p_value #>> '{}');
  end if;
  perform ratchet_internal.raise_error('WF104', 'invalid condition', jsonb_build_object(
    'field', left(p_field, 100), 'operator', left(p_operator, 100), 'kind', v_kind),
    'Operators are $eq, $ne, $gt, $gte, $lt, $lte (number or text), $in (a list), $like (text).');
end $$;
comment on function ratchet_internal.condition(text, text, jsonb) is
  'The text of one condition on a top-level field of an entity.';

-- sql/data/find_entities.sql

-- The jobs with a label (entity) whose documents meet all conditions, newest first. Conditions are
-- an object of top-level fields: {"status": "open", "age": {"$gte": 18}}. The statement is built of
-- literals, so that the indexes of ratchet.entity_index serve it.
-- Raises: WF104.

create function ratchet.find_entities(
  p_entity text, p_conditions jsonb default '{}', p_namespace text default 'durable',
  p_limit bigint default null, p_offset bigint default 0
) returns table (key text, context jsonb, status int)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_where text;
begin
  if jsonb_typeof(p_conditions) is distinct from 'object' or p_limit < 0 or p_offset < 0 then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('limit', p_limit, 'offset', p_offset),
      'Conditions are an object by field; limit and offset are not negative.');
  end if;
  select string_agg(' and ' || ratchet_internal.condition(field.key, test.key, test.value), '')
  into v_where
  from jsonb_each(p_conditions) field
  cross join lateral jsonb_each(case
    when jsonb_typeof(field.value) = 'object' and field.value::text like '{"$%' then field.value
    else jsonb_build_object('$eq', field.value) end) test;
  return query execute format('select key::text, coalesce(context, ''{}''), status
    from ratchet.jobs where entity = %L and namespace = %L%s order by id desc limit %s offset %s',
    p_entity, p_namespace, v_where, coalesce(p_limit::text, 'all'), coalesce(p_offset, 0));
end $$;
comment on function ratchet.find_entities(text, jsonb, text, bigint, bigint) is
  'The jobs with a label whose documents meet all conditions on top-level fields, newest first.';

-- sql/data/entity_index.sql

-- The statements that make an index for the conditions of find_entities on one field of one label.
-- Only their text, because an index that is built beside running work (concurrently) cannot be
-- built by a function: psql runs them with \gexec, the driver one builder at a time. gin serves
-- $eq, btree also ranges. What a build that was broken off has left is dropped first.
-- While it exists, each change of a document of the label writes to it; other jobs cost nothing.
-- Raises: WF101, WF104.

create function ratchet.entity_index(p_entity text, p_field text, p_type text default 'gin')
returns setof text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name name;
begin
  perform ratchet_internal.check_name(p_entity, 'entity');
  perform ratchet_internal.check_name(p_field, 'field');
  if p_type is null or p_type not in ('gin', 'btree', 'hash') then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'type', 'value', left(p_type, 100)),
      'An index is of type gin, btree or hash.');
  end if;
  v_name := 'jobs_' || p_type || '_' || md5(jsonb_build_array(p_entity, p_field)::text);
  return query
  select format('drop index concurrently if exists ratchet.%I', v_name)
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where c.relname = v_name and c.relnamespace = 'ratchet'::regnamespace and not i.indisvalid;
  return next format('create index concurrently if not exists %I on ratchet.jobs using %s '
    '((context -> %L)) where entity = %L and context is not null',
    v_name, p_type, p_field, p_entity);
end $$;
comment on function ratchet.entity_index(text, text, text) is
  'The statements that make an index for conditions on one field of the entities of one label.';

-- sql/export/export.sql

-- What has happened in a job, as export and exportExecution give it.

-- sql/export/iso_time.sql

-- A time as programs read it: ISO 8601, UTC, milliseconds. Inlinable.

create function ratchet_internal.iso_time(p_at timestamptz) returns text
language sql stable parallel safe
return to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
comment on function ratchet_internal.iso_time(timestamptz) is
  'A time in ISO 8601, UTC, with milliseconds.';

-- sql/export/step_events.sql

-- What has happened in a job, two rows a step: that it began, and that it was answered. Sending a
-- signal and operations on data are no events; a wait that timed out ends with its timer. A step
-- that ran in the process of its workflow is recorded when it has ended: both rows have one time.

create function ratchet_internal.step_events(p_job bigint)
returns table (
  at timestamptz, dimension text, index int, is_end boolean, event_type text, category text,
  name text, child text, is_awaited boolean, timeline_key text, duration_ms numeric, input json,
  result json, failure json
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case when e.is_end then s.updated_at else s.created_at end, s.dimension, s.index,
    e.is_end, e.event_type, e.category, s.name,
    case when s.kind = 'await' then s.name else s.target end, s.kind <> 'start', s.timeline_key,
    case when e.is_end then extract(epoch from s.updated_at - s.created_at) * 1000
      when s.kind = 'sleep' then ratchet_internal.decimal_of(s.input::text) * 1000 end,
    s.input, case when not s.is_failed then s.value::json end,
    case when s.is_failed then s.value::json end
  from ratchet.steps s
  join (values
    ('activity', false, null, 'activity', 'activity_task_scheduled'),
    ('activity', true, false, 'activity', 'activity_task_completed'),
    ('activity', true, true, 'activity', 'activity_task_failed'),
    ('child', false, null, 'child_workflow', 'child_workflow_execution_started'),
    ('child', true, false, 'child_workflow', 'child_workflow_execution_completed'),
    ('child', true, true, 'child_workflow', 'child_workflow_execution_failed'),
    ('start', false, null, 'child_workflow', 'child_workflow_execution_started'),
    ('start', true, true, 'child_workflow', 'child_workflow_execution_failed'),
    ('await', true, false, 'child_workflow', 'child_workflow_execution_completed'),
    ('await', true, true, 'child_workflow', 'child_workflow_execution_failed'),
    ('sleep', false, null, 'timer', 'timer_started'),
    ('sleep', true, false, 'timer', 'timer_fired'),
    ('wait', false, null, 'signal', 'signal_wait_started'),
    ('wait', true, false, 'signal', 'workflow_execution_signaled'),
    ('wait', true, true, 'timer', 'timer_fired')
  ) as e (kind, is_end, is_failed, category, event_type)
    on e.kind = s.kind and (not e.is_end or s.is_final and e.is_failed = s.is_failed)
  where s.job_id = p_job
$$;
comment on function ratchet_internal.step_events(bigint) is
  'What has happened in a job: the beginning and the end of each of its steps.';

-- sql/export/closed_at.sql

-- When an execution was over: when its function returned, which a persistent job outlives; else
-- when the job ended; null while it runs.

create function ratchet_internal.closed_at(p_job ratchet.jobs) returns timestamptz
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case when p_job.error is null then coalesce(p_job.returned_at, p_job.finished_at)
    else p_job.finished_at end
$$;
comment on function ratchet_internal.closed_at(ratchet.jobs) is
  'When an execution was over: its function had returned, or the job ended.';

-- sql/export/edge_events.sql

-- The first and the last event of a job: that it was started, and that it ended. In the shape of
-- step_events; name is the topic of the workflow.

create function ratchet_internal.edge_events(p_job ratchet.jobs)
returns table (
  at timestamptz, dimension text, index int, is_end boolean, event_type text, category text,
  name text, child text, is_awaited boolean, timeline_key text, duration_ms numeric, input json,
  result json, failure json
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select p_job.created_at, '', 0, false, 'workflow_execution_started', 'workflow',
    p_job.queue || '-' || p_job.workflow, null, false, null, null::numeric, p_job.input,
    null::json, null::json
  union all
  select closed.at, '', 0, true,
    case when p_job.error is null then 'workflow_execution_completed'
      else 'workflow_execution_failed' end,
    'workflow', p_job.queue || '-' || p_job.workflow, null, false, null,
    extract(epoch from closed.at - p_job.created_at) * 1000, null, p_job.result,
    p_job.error
  from ratchet_internal.closed_at(p_job) as closed (at)
  where closed.at is not null
$$;
comment on function ratchet_internal.edge_events(ratchet.jobs) is
  'The first and, when it has ended, the last event of a job.';

-- sql/export/event_attributes.sql

-- The attributes of an event, those that its type has. Values of users stay as they are (json, not
-- jsonb).

create function ratchet_internal.event_attributes(
  p_type text, p_category text, p_name text, p_child text, p_is_awaited boolean, p_key text,
  p_index int, p_duration_ms numeric, p_input json, p_result json, p_failure json, p_begun bigint
) returns json
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select json_object_agg(name, value) from (values
    ('kind', to_json(p_type)),
    ('workflow_type', case when p_type = 'workflow_execution_started' then to_json(p_name) end),
    ('task_queue', case when p_type = 'workflow_execution_started' then to_json(p_name) end),
    ('activity_type', case when p_category = 'activity' then to_json(p_name) end),
    ('child_workflow_id', case when p_category = 'child_workflow' then to_json(p_child) end),
    ('awaited', case when p_category = 'child_workflow' then to_json(p_is_awaited) end),
    ('signal_name', case when p_category = 'signal' then to_json(p_name) end),
    ('timeline_key', case when p_category in ('activity', 'child_workflow')
      then to_json(p_key) end),
    ('execution_index', case when p_category in ('activity', 'child_workflow')
      then to_json(p_index) end),
    ('duration_ms', case when p_category = 'timer' then to_json(p_duration_ms) end),
    ('input', p_input),
    ('result', case when p_category <> 'timer' and p_category <> 'signal' then p_result end),
    ('failure', case when p_category <> 'timer' then p_failure end),
    ('scheduled_event_id', case when p_category = 'activity' then to_json(p_begun) end),
    ('initiated_event_id', case when p_category = 'child_workflow' then to_json(p_begun) end)
  ) as attribute (name, value)
  where value is not null
$$;
comment on function ratchet_internal.event_attributes(text, text, text, text, boolean, text, int,
  numeric, json, json, json, bigint) is
  'The attributes of an event, those that its type has.';

-- sql/export/execution_events.sql

-- The events of a job in the order of time, numbered from 1, from its start to its end. Options:
-- exclude_system leaves activities out whose name begins with lt, omit_results leaves results and
-- inputs out, enrich_inputs shows arguments. The clock of the database may have been set back
-- meanwhile: no event is shown before the one it follows.

create function ratchet_internal.execution_events(p_job ratchet.jobs, p_options json)
returns table (
  event_id bigint, event_type text, category text, event_time timestamptz, duration_ms numeric,
  is_system boolean, attributes json
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with option as (
    select p_options ->> 'omit_results' = 'true' as is_brief,
      p_options ->> 'enrich_inputs' = 'true' as has_inputs),
  event as (
    select 0 as rank, e.*, e.category = 'activity' and starts_with(e.name, 'lt') as is_system
    from ratchet_internal.edge_events(p_job) e where not is_end
    union all
    select 1, e.*, e.category = 'activity' and starts_with(e.name, 'lt')
    from ratchet_internal.step_events(p_job.id) e
    union all
    select 2, e.*, false from ratchet_internal.edge_events(p_job) e where is_end),
  numbered as (
    select e.*, row_number() over in_time as event_id, max(e.at) over in_time as event_time
    from event e
    where not (e.is_system and coalesce(p_options ->> 'exclude_system' = 'true', false))
    window in_time as (order by e.rank, e.at, e.dimension, e.index, e.is_end
      rows unbounded preceding)),
  linked as (
    select n.*, coalesce(
      max(n.event_id) filter (where not n.is_end) over (partition by n.dimension, n.index),
      max(n.event_id) filter (where not n.is_end) over (partition by n.child)) as begun_id
    from numbered n)
  select l.event_id, l.event_type, l.category, l.event_time,
    case when l.is_end then round(l.duration_ms) end, l.is_system,
    ratchet_internal.event_attributes(l.event_type, l.category, l.name, l.child, l.is_awaited,
      l.timeline_key, l.index, case when not l.is_end then l.duration_ms end,
      case when o.is_brief is true or l.category in ('activity', 'child_workflow')
        and (l.is_end or o.has_inputs is not true) then null
        when l.event_type = 'workflow_execution_started' and o.has_inputs is not true
        then ratchet_internal.nested(ratchet_internal.attributes_of(p_job.id))::json
        when l.event_type = 'workflow_execution_signaled' then l.result
        when not l.is_end and l.category not in ('signal', 'timer') then l.input end,
      case when o.is_brief is not true and l.is_end then l.result end,
      case when l.is_end then l.failure end, case when l.is_end then l.begun_id end)
  from linked l cross join option o
  order by l.event_id
$$;
comment on function ratchet_internal.execution_events(ratchet.jobs, json) is
  'The events of a job in the order of time, numbered from 1.';

-- sql/export/summary.sql

-- How much of what the events of an execution tell: activities and children by how they ended,
-- timers started, signals received.

create function ratchet_internal.summary(p_types text[], p_system boolean[]) returns json
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select json_build_object(
    'total_events', count(*),
    'activities', json_build_object(
      'total', count(*) filter (where type = 'activity_task_scheduled'),
      'completed', count(*) filter (where type = 'activity_task_completed'),
      'failed', count(*) filter (where type = 'activity_task_failed'),
      'system', count(*) filter (where type = 'activity_task_scheduled' and is_system),
      'user', count(*) filter (where type = 'activity_task_scheduled' and not is_system)),
    'child_workflows', json_build_object(
      'total', count(*) filter (where type = 'child_workflow_execution_started'),
      'completed', count(*) filter (where type = 'child_workflow_execution_completed'),
      'failed', count(*) filter (where type = 'child_workflow_execution_failed')),
    'timers', count(*) filter (where type = 'timer_started'),
    'signals', count(*) filter (where type = 'workflow_execution_signaled'))
  from unnest(p_types, p_system) as event (type, is_system)
$$;
comment on function ratchet_internal.summary(text[], boolean[]) is
  'Counts of the events of an execution.';

-- sql/export/stream_history.sql

-- The requests that the activities of a job were, as a list: what was asked for when, and how it
-- was answered.

create function ratchet_internal.stream_history(p_job ratchet.jobs) returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(json_agg(json_build_object(
    'id', s.job_id || s.timeline_key, 'jid', p_job.key, 'aid', s.name, 'dad', s.dimension,
    'msg_type', 'worker', 'topic', p_job.queue || '-' || p_job.workflow,
    'workflow_name', p_job.workflow, 'data', s.input,
    'status', case when s.is_final then case when s.is_failed then 'error' else 'success' end end,
    'code', case when s.is_final then case when s.is_failed
      then ratchet_internal.number_of(s.value::json, 'code', 500) else 200 end end,
    'created_at', ratchet_internal.iso_time(s.created_at),
    'expired_at', case when s.is_final then ratchet_internal.iso_time(s.updated_at) end)
    order by s.created_at, s.dimension, s.index), '[]')
  from ratchet.steps s where s.job_id = p_job.id and s.kind = 'activity'
$$;
comment on function ratchet_internal.stream_history(ratchet.jobs) is
  'The requests that the activities of a job were, and how they were answered.';

-- sql/export/child_executions.sql

-- The executions of the children that a job has started, in the order of their starts, with theirs,
-- as deep as asked for.

create function ratchet_internal.child_executions(p_job ratchet.jobs, p_options json, p_depth int)
returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_depth <= 0 then return '[]'; end if;
  return (
    select coalesce(json_agg(ratchet_internal.execution(child, p_options, p_depth - 1)
      order by child.id), '[]')
    from ratchet.jobs child
    where child.parent_id = p_job.id and child.namespace = p_job.namespace
      and child.key in (
        select s.target from ratchet.steps s
        where s.job_id = p_job.id and s.kind in ('child', 'start')));
end $$;
comment on function ratchet_internal.child_executions(ratchet.jobs, json, int) is
  'The executions of the children that a job has started, with theirs.';

-- sql/export/execution.sql

-- One execution as an object: what it was, how it stands or ended, its events and a summary of
-- them; with mode verbose also its children, p_depth levels down.

create function ratchet_internal.execution(p_job ratchet.jobs, p_options json, p_depth int)
returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_topic text := p_job.queue || '-' || p_job.workflow;
  v_is_brief boolean := coalesce(p_options ->> 'omit_results' = 'true', false);
  v_has_lineage boolean := coalesce(p_options ->> 'include_lineage' = 'true', false);
  v_closed_at timestamptz := ratchet_internal.closed_at(p_job);
  v_events json;
  v_summary json;
begin
  select coalesce(json_agg(json_build_object('event_id', e.event_id, 'event_type', e.event_type,
      'category', e.category, 'event_time', ratchet_internal.iso_time(e.event_time),
      'duration_ms', e.duration_ms, 'is_system', e.is_system, 'attributes', e.attributes)
      order by e.event_id), '[]'),
    ratchet_internal.summary(array_agg(e.event_type), array_agg(e.is_system))
  into v_events, v_summary
  from ratchet_internal.execution_events(p_job, p_options) e;
  return (select json_object_agg(name, value) from (values
    ('workflow_id', to_json(p_job.key)), ('workflow_type', to_json(v_topic)),
    ('task_queue', to_json(v_topic)),
    ('status', to_json(case when v_closed_at is null then 'running'
      when p_job.error is null then 'completed' else 'failed' end)),
    ('start_time', to_json(ratchet_internal.iso_time(p_job.created_at))),
    ('close_time', coalesce(to_json(ratchet_internal.iso_time(v_closed_at)), 'null')),
    ('duration_ms', coalesce(to_json(round(
      extract(epoch from v_closed_at - p_job.created_at) * 1000)), 'null')),
    ('result', case when not v_is_brief then p_job.result end),
    ('events', v_events), ('summary', v_summary),
    ('children', case when p_options ->> 'mode' = 'verbose'
      then ratchet_internal.child_executions(p_job, p_options, p_depth) end),
    ('stream_history', case when p_options ->> 'include_stream_history' = 'true'
      then ratchet_internal.stream_history(p_job) end),
    ('parent_workflow_id', case when v_has_lineage then coalesce((
      select to_json(key) from ratchet.jobs where id = p_job.parent_id), 'null') end),
    ('origin_id', case when v_has_lineage then coalesce((
      select to_json(key) from ratchet.jobs where id = p_job.origin_id), 'null') end)
  ) as field (name, value) where value is not null);
end $$;
comment on function ratchet_internal.execution(ratchet.jobs, json, int) is
  'One execution as an object: its state, its events, a summary, and what its options ask for.';

-- sql/export/export_execution.sql

-- The event history of a job, running or finished. Options: mode (sparse, or verbose: with
-- children, max_depth levels, 5 unless given), exclude_system, omit_results, enrich_inputs,
-- include_lineage, include_stream_history. Raises: WF201.

create function ratchet.export_execution(
  p_id text, p_namespace text default 'durable', p_options json default '{}'
) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
as $$
  select ratchet_internal.execution(ratchet_internal.find_job(p_id, p_namespace), p_options,
    least(ratchet_internal.number_of(p_options, 'max_depth', 5), 100)::int)
$$;
comment on function ratchet.export_execution(text, text, json) is
  'The event history of a job as one object; see the options in its file.';

-- Retention, and who may do what. Roles for workers are made by the engine, others by you.

-- sql/upkeep/check_prune.sql

-- Checks what prune is given. Raises: WF103, WF104.

create function ratchet_internal.check_prune(p_older_than interval, p_batch int) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_older_than is null or not p_older_than between interval '0' and interval '300 years' then
    perform ratchet_internal.raise_error('WF103', 'invalid duration',
      jsonb_build_object('older_than', p_older_than), 'Give an interval from zero to 300 years.');
  end if;
  if p_batch is null or p_batch < 1 then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'batch', 'value', p_batch), 'Give a batch of at least 1 job.');
  end if;
end $$;
comment on function ratchet_internal.check_prune(interval, int) is
  'Raises WF103 or WF104 unless prune can work with what it is given.';

-- sql/upkeep/remove_jobs.sql

-- Removes jobs with everything that belongs to them. The caller has locked them.
-- Writes: attributes, threads, jobs. Returns how many jobs it removed.

create function ratchet_internal.remove_jobs(p_jobs bigint[]) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  delete from ratchet.jobs_attributes where job_id = any (p_jobs);
  delete from ratchet.threads where job_id = any (p_jobs);
  delete from ratchet.jobs where id = any (p_jobs);
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function ratchet_internal.remove_jobs(bigint[]) is
  'Removes jobs with everything that belongs to them; returns how many.';

-- sql/upkeep/prune.sql

-- Removes finished jobs whose time is over: expire_seconds after their end, or p_older_than where
-- none was given, but never within a minute of their end; and reserved ids that nobody started in
-- time. Goes through the jobs in batches by number, taking up where the last call ended; skips what
-- others hold. Also drops expired signals, and has waits that were set aside looked at again.
-- Locks: the removed rows. Writes: jobs, attributes, signals, messages. Raises: WF103, WF104.
-- Returns how many jobs it removed.

create function ratchet.prune(
  p_older_than interval default '7 days', p_batch int default 10000
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_from bigint;
  v_to bigint;
  v_jobs bigint[];
begin
  perform ratchet_internal.check_prune(p_older_than, p_batch);
  select job_id into v_from from ratchet_internal.sweep for update skip locked;
  if not found then return 0; end if;
  select max(id) into v_to from (
    select id from ratchet.jobs where id > v_from order by id limit p_batch) batch;
  select array_agg(id) into v_jobs from (
    select id from ratchet.jobs
    where id > v_from and id <= v_to and (status = -1 and pending_until < v_now
      or status <= 0 and finished_at < v_now - interval '1 minute'
      and finished_at < v_now - case when expire_seconds is null then p_older_than
        else make_interval(secs => least(greatest(expire_seconds, 0), 1e10)) end)
    order by id for update skip locked) old;
  perform ratchet_internal.remove_jobs(v_jobs);
  delete from ratchet_internal.signals where id = any (array(
    select id from ratchet_internal.signals where expires_at < v_now
    order by expires_at limit p_batch for update skip locked));
  delete from ratchet_internal.graph_facts where ctid = any (array(
    select ctid from ratchet_internal.graph_facts where recorded_at < v_now - p_older_than
    order by recorded_at limit p_batch for update skip locked));
  update ratchet_internal.messages m set key = replace(m.key, E'\x1faside ', ''), attempt = 0
  from (
    select job_id, address, position from ratchet_internal.messages
    where key >= E'\x1faside ' and key < E'\x1faside!' and kind = 'wait'
    for update skip locked) aside
  where m.job_id = any (array[aside.job_id]) and m.address = aside.address
    and m.position = aside.position;
  update ratchet_internal.sweep set job_id = coalesce(v_to, 0);
  return coalesce(cardinality(v_jobs), 0);
end $$;
comment on function ratchet.prune(interval, int) is
  'Removes finished jobs past their retention, one batch a call (default 7 days, 10000 looked '
  'at); returns how many.';

-- sql/upkeep/has_hook_steps.sql

-- Whether steps of hooks are still kept, or, of a graph's job, runs of its activities: by the two
-- ranges of their addresses, however many steps the main function has. Reads: attributes.

create function ratchet_internal.has_hook_steps(p_job bigint) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (select from ratchet.jobs_attributes
      where job_id = p_job and address >= 'h' and address < 'i')
    or exists (select from ratchet.jobs_attributes
      where job_id = p_job and address >= ',' and address < '-')
$$;
comment on function ratchet_internal.has_hook_steps(bigint) is
  'Whether steps of hooks, or runs of activities of a graph, are still kept.';

-- sql/upkeep/strip_jobs.sql

-- Removes the detail of finished jobs: the arguments of their steps and, unless told otherwise,
-- their hooks' steps. What a job returned, its data and the history of its main function stay.
-- The caller has locked the jobs. Writes: attributes, jobs. Returns how many rows it changed or
-- removed.

create function ratchet_internal.strip_jobs(p_jobs bigint[], p_is_keeping_hooks boolean)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_removed bigint := 0;
  v_changed bigint;
begin
  if not p_is_keeping_hooks then
    -- The addresses of main functions, data and markers begin with these; those of hooks do not.
    delete from ratchet.jobs_attributes where job_id = any (p_jobs) and address ~ '^[^#$_-]';
    get diagnostics v_removed = row_count;
  end if;
  update ratchet.jobs_attributes set input = null
  where job_id = any (p_jobs) and input is not null;
  get diagnostics v_changed = row_count;
  update ratchet.jobs set pruned_at = ratchet_internal.now() where id = any (p_jobs);
  return v_removed + v_changed;
end $$;
comment on function ratchet_internal.strip_jobs(bigint[], boolean) is
  'Removes the arguments of the steps of finished jobs, and their hooks'' steps; returns how many '
  'rows that changed.';

-- sql/upkeep/prune_jobs.sql

-- What an operator removes by hand or by schedule, one short batch a call: finished jobs whose time
-- is over (expire_seconds after their end, or p_older_than where none was given), finished jobs
-- without an entity of their own that ended before p_older_than (p_transient), and the detail of
-- jobs that have ended by themselves (p_attributes); steps of hooks that an earlier call has kept
-- (p_is_keeping_hooks) go with a later one. Looks at the p_batch jobs after the number
-- p_after; call again with next_job until that is null. Skips what others hold; never touches
-- running jobs. Null namespaces or entities: all.
-- Locks: the jobs, in id order. Writes: jobs, attributes. Raises: WF103, WF104.

create function ratchet.prune_jobs(
  p_namespaces text[] default null, p_older_than interval default '7 days',
  p_after bigint default 0, p_batch int default 1000, p_jobs boolean default true,
  p_attributes boolean default false, p_transient boolean default false,
  p_entities text[] default null, p_is_keeping_hooks boolean default false
) returns table (next_job bigint, jobs bigint, transient bigint, attributes bigint, marked bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_mergejoin = off set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_age interval := least(p_older_than, interval '1 minute');
  v_to bigint;
  v_old bigint[];
  v_transient bigint[];
  v_stripped bigint[];
begin
  perform ratchet_internal.check_prune(p_older_than, p_batch);
  select max(id) into v_to from (
    select id from ratchet.jobs where id > p_after order by id limit p_batch) batch;
  select array_agg(id) filter (where is_old),
    array_agg(id) filter (where not is_old and is_transient),
    array_agg(id) filter (where not is_old and not is_transient and is_whole)
  into v_old, v_transient, v_stripped
  from (
    select id,
      p_jobs and finished_at <= v_now - v_age
        and finished_at <= v_now - case when expire_seconds is null then p_older_than
          else make_interval(secs => least(greatest(expire_seconds, 0), 1e10)) end as is_old,
      p_transient and entity = workflow and not is_labelled
        and finished_at <= v_now - p_older_than as is_transient,
      p_attributes and status = 0 and (pruned_at is null
        or not p_is_keeping_hooks and ratchet_internal.has_hook_steps(id)) as is_whole
    from ratchet.jobs
    where id > p_after and id <= v_to and status <= 0 and finished_at is not null
      and (p_namespaces is null or namespace = any (p_namespaces))
      and (p_entities is null or entity = any (p_entities))
    order by id for update skip locked) finished;
  jobs := ratchet_internal.remove_jobs(v_old);
  transient := ratchet_internal.remove_jobs(v_transient);
  attributes := ratchet_internal.strip_jobs(v_stripped, p_is_keeping_hooks);
  marked := coalesce(cardinality(v_stripped), 0);
  next_job := v_to;
  return next;
end $$;
comment on function ratchet.prune_jobs is
  'Removes finished jobs, or the detail of their history, one batch a call; next_job is null after '
  'the last.';

-- sql/upkeep/prune_signals.sql

-- Drops signals that nobody consumed in time, one batch a call. Skips what others hold. Null
-- namespaces: all. Locks: the signals. Writes: signals. Raises: WF104. Returns how many.

create function ratchet.prune_signals(p_namespaces text[] default null, p_batch int default 1000)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  perform ratchet_internal.check_prune('0', p_batch);
  delete from ratchet_internal.signals where id = any (array(
    select id from ratchet_internal.signals
    where expires_at < ratchet_internal.now()
      and (p_namespaces is null or namespace = any (p_namespaces))
    order by expires_at limit p_batch for update skip locked));
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function ratchet.prune_signals(text[], int) is
  'Drops signals that nobody consumed in time, one batch a call; returns how many.';

-- sql/roles/grants.sql

-- Which function belongs to which access. Data, so that the grants can be read and tested; nothing
-- is granted to PUBLIC. Of the internal functions readers get those that the views call.

create table ratchet_internal.grants (
  function name not null,
  access text not null,
  primary key (function, access),
  constraint "access is one the engine knows"
    check (access in ('reader', 'client', 'worker', 'secured', 'operator'))
);
comment on table ratchet_internal.grants is 'Which function may be called with which access.';
comment on column ratchet_internal.grants.function is
  'Name of the function; names are unique in the engine.';
comment on column ratchet_internal.grants.access is
  'Who may call it: reader, client, worker, secured (a provisioned worker role) or operator.';
insert into ratchet_internal.grants (function, access) values
  ('status', 'reader'), ('result', 'reader'), ('await_result', 'reader'), ('version', 'reader'),
  ('check_invariants', 'reader'), ('history', 'reader'), ('watch_jobs', 'reader'),
  ('attributes', 'reader'), ('query_state', 'reader'), ('find_entities', 'reader'),
  ('export_execution', 'reader'), ('symbol', 'reader'),
  ('dimension', 'reader'), ('type', 'reader'), ('is_live', 'reader'), ('expired_at', 'reader'),
  ('entity_index', 'operator'),
  ('start_workflow', 'client'), ('start_workflows', 'client'),
  ('start_together', 'client'), ('signal', 'client'),
  ('cancel', 'client'), ('terminate', 'client'), ('hook', 'client'),
  ('emit', 'client'), ('emit', 'worker'), ('emit', 'secured'),
  ('register_worker', 'worker'), ('add_routes', 'worker'), ('heartbeat', 'worker'),
  ('unregister_worker', 'worker'), ('exchange', 'worker'), ('peek', 'worker'), ('evict', 'worker'),
  ('history', 'worker'), ('held_work', 'worker'), ('claim_activity', 'worker'),
  ('complete', 'worker'), ('fail', 'worker'), ('version', 'worker'), ('prune', 'worker'),
  ('remove_routes', 'worker'), ('put_back', 'worker'), ('set_aside', 'worker'),
  ('report_profile', 'worker'),
  ('roll_call', 'reader'), ('throttle', 'operator'), ('post', 'client'),
  ('subscribe', 'reader'), ('unsubscribe', 'reader'), ('take_broadcasts', 'reader'),
  ('is_graph', 'reader'),
  ('graph_state', 'reader'), ('graph_status', 'reader'),
  ('with_spans', 'client'), ('with_spans', 'worker'), ('with_spans', 'secured'),
  ('told_spans', 'client'), ('told_spans', 'worker'), ('told_spans', 'secured'),
  ('publish', 'client'), ('signal_topic', 'client'), ('interrupt', 'client'),
  ('scrub', 'client'), ('respond', 'client'), ('respond', 'worker'), ('run_graphs', 'client'),
  ('deploy', 'operator'), ('activate', 'operator'),
  ('graph_stats', 'reader'), ('graph_ids', 'reader'), ('graph_fields', 'reader'),
  ('graph_export', 'reader'), ('signal_all', 'client'),
  ('graph_mermaid', 'reader'), ('graph_job_mermaid', 'reader'), ('graph_explain', 'reader'),
  ('expression_text', 'reader'), ('condition_text', 'reader'),
  ('prune', 'operator'), ('prune_jobs', 'operator'), ('prune_signals', 'operator'),
  ('register_worker', 'secured'), ('add_routes', 'secured'), ('heartbeat', 'secured'),
  ('unregister_worker', 'secured'), ('exchange', 'secured'), ('peek', 'secured'),
  ('evict', 'secured'), ('put_back', 'secured'), ('set_aside', 'secured'),
  ('remove_routes', 'secured'),
  ('history', 'secured'), ('held_work', 'secured'), ('claim_activity', 'secured'),
  ('complete', 'secured'), ('fail', 'secured'), ('version', 'secured'),
  ('commit_activity', 'worker'), ('prune_escalations', 'operator'),
  ('get_escalation', 'reader'), ('escalation_by_key', 'reader'), ('list_escalations', 'reader'),
  ('count_escalations', 'reader'), ('escalation_stats', 'reader'), ('escalation_types', 'reader'),
  ('cancelled_escalations', 'reader'), ('escalations_of_steps', 'worker'),
  ('stopped_escalations', 'worker'),
  ('create_escalation', 'client'), ('migrate_escalation', 'client'),
  ('claim_escalation', 'client'), ('claim_escalation_by_metadata', 'client'),
  ('claim_escalations', 'client'), ('release_escalation', 'client'),
  ('resolve_escalation', 'client'), ('resolve_escalation_by_metadata', 'client'),
  ('resolve_escalations', 'client'), ('resolve_all_escalations', 'client'),
  ('cancel_escalation', 'client'), ('update_escalation', 'client'),
  ('append_milestones', 'client'), ('escalate_to_role', 'client'),
  ('set_escalation_priority', 'client'), ('prune_escalations', 'client'),
  ('export_history', 'reader'), ('occurrences', 'reader'), ('create_schedule', 'client'),
  ('alter_schedule', 'client'),
  ('pause_schedule', 'client'), ('resume_schedule', 'client'), ('delete_schedule', 'client'),
  ('trigger_schedule', 'client'), ('flush', 'client'), ('start_cron', 'client'),
  ('stop_cron', 'client'), ('run_schedules', 'worker'), ('run_schedules', 'operator'),
  ('pipe_call', 'client'), ('pipe_eval', 'client'), ('pipe_map', 'client'),
  ('now', 'reader'), ('is_final', 'reader'), ('step_name', 'reader'), ('dimension_of', 'reader'),
  ('is_hook', 'reader');

-- sql/roles/grant_functions.sql

-- Grants a role the functions of some accesses.

create function ratchet_internal.grant_functions(p_role name, p_accesses text[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_function regprocedure;
begin
  execute format('grant usage on schema ratchet to %I', p_role);
  for v_function in
    select p.oid::regprocedure from pg_proc p
    join ratchet_internal.grants g on g.function = p.proname
    where p.pronamespace in ('ratchet'::regnamespace, 'ratchet_internal'::regnamespace)
      and g.access = any (p_accesses)
  loop
    execute format('grant execute on function %s to %I', v_function, p_role);
  end loop;
end $$;
comment on function ratchet_internal.grant_functions(name, text[]) is
  'Grants a role the functions of some accesses.';

-- sql/roles/grant_access.sql

-- Grants a role what it needs, and no more: reader (tables and views), client (reader, and
-- starting, signalling, stopping and reading jobs), worker (the worker protocol), operator (client,
-- and upkeep). For the owner. Roles belong to the whole cluster, so the engine creates none: give
-- it roles that exist.
-- Raises: WF104. Idempotent.

create function ratchet.grant_access(p_role name, p_access text) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_access is null or p_access not in ('reader', 'client', 'worker', 'operator') then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'access', 'value', left(p_access, 100)),
      'Access is reader, client, worker or operator.');
  end if;
  if not exists (select from pg_roles where rolname = p_role) then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'role', 'value', p_role), 'Create the role first.');
  end if;
  perform ratchet_internal.grant_functions(p_role,
    case p_access when 'operator' then array['reader', 'client', 'operator']
      when 'client' then array['reader', 'client']
      else array[p_access] end);
  if p_access <> 'worker' then
    execute format('grant usage on schema ratchet_internal to %I', p_role);
    execute format('grant select on all tables in schema ratchet to %I', p_role);
    execute format('grant select on all tables in schema ratchet_internal to %I', p_role);
  end if;
end $$;
comment on function ratchet.grant_access(name, text) is
  'Grants an existing role one of reader, client, worker, operator.';

-- sql/roles/check_password.sql

-- The password to set: the given one, or a new random one. Raises: WF104.

create function ratchet_internal.check_password(p_password text) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_password is null then
    return replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
  end if;
  if length(p_password) not between 8 and 512 then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'password', 'length', length(p_password)),
      'Give a password of 8 to 512 characters, or none to have one made.');
  end if;
  return p_password;
end $$;
comment on function ratchet_internal.check_password(text) is
  'The given password if it will do, or a new random one.';

-- sql/roles/worker_role_name.sql

-- The name under which a role for these queues is provisioned: hmsh_wrk_<namespace>_<queues>, or,
-- where that is another role's, a name that ends with a digest. Roles belong to the whole cluster,
-- so each carries a comment that names its database; a role of that name which lacks it is none of
-- ours and is left alone. Raises: WF104.

create function ratchet_internal.worker_role_name(
  p_namespace text, p_queues text[], p_comment text
) returns name
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_base text := 'hmsh_wrk_' || regexp_replace(
    lower(p_namespace || '_' || array_to_string(p_queues, '_')), '[^a-z0-9]+', '_', 'g');
  v_digest text := left(md5(p_comment || to_json(p_queues) || p_namespace), 8);
  v_name text;
begin
  foreach v_name in array array[left(v_base, 63), left(v_base, 54) || '_' || v_digest] loop
    continue when exists (
      select from ratchet_internal.worker_roles r where r.role_name = v_name
        and (r.namespace, r.queues) is distinct from (p_namespace, p_queues));
    continue when exists (
      select from pg_roles r where r.rolname = v_name
        and shobj_description(r.oid, 'pg_authid') is distinct from p_comment);
    return v_name;
  end loop;
  perform ratchet_internal.raise_error('WF104', 'invalid option',
    jsonb_build_object('option', 'role', 'value', v_name),
    'A role of this name exists and is not a worker role of this database; drop or rename it.');
end $$;
comment on function ratchet_internal.worker_role_name(text, text[], text) is
  'The name of the worker role for some queues: the one it has, or the one it is to get.';

-- sql/roles/provision_worker_role.sql

-- Creates a login role that can be a worker of the given queues and nothing else: it reads no table
-- and may execute what belongs to the access `secured`. Provisioning again gives it a new password
-- and takes back a revocation. Do not make another role a member of it: what that role may do would
-- not be limited to the queues.
-- For the owner of the engine, who needs CREATEROLE. Locks: worker_roles. Writes: worker_roles,
-- roles of the cluster. Raises: WF101, WF104.

create function ratchet.provision_worker_role(
  p_queues text[], p_namespace text default 'durable', p_password text default null
) returns table (role_name name, password text)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_comment text := format('pgratchet worker of database %s', current_database());
  v_password text := ratchet_internal.check_password(p_password);
  v_queues text[] := array(select distinct q collate "C" from unnest(p_queues) q order by 1);
  v_role name;
begin
  if cardinality(v_queues) = 0 then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'queues'), 'Give at least one queue.');
  end if;
  perform ratchet_internal.check_name(p_namespace, 'namespace');
  perform ratchet_internal.check_name(q, 'queue') from unnest(v_queues) q;
  lock table ratchet_internal.worker_roles in share row exclusive mode;
  v_role := ratchet_internal.worker_role_name(p_namespace, v_queues, v_comment);
  if exists (select from pg_roles where rolname = v_role) then
    execute format('alter role %I login password %L', v_role, v_password);
  else
    execute format('create role %I login noinherit password %L', v_role, v_password);
    execute format('comment on role %I is %L', v_role, v_comment);
  end if;
  if not has_database_privilege(v_role, current_database(), 'connect') then
    execute format('grant connect on database %I to %I', current_database(), v_role);
  end if;
  perform ratchet_internal.grant_functions(v_role, array['secured']);
  insert into ratchet_internal.worker_roles (role_name, namespace, queues, created_at)
  values (v_role, p_namespace, v_queues, ratchet_internal.now())
  on conflict (role_name) do update
  set revoked_at = null, last_rotated_at = excluded.created_at;
  return query select v_role, v_password;
end $$;
comment on function ratchet.provision_worker_role(text[], text, text) is
  'Creates, or renews, a login role that can be a worker of some queues and nothing else; returns '
  'its name and password.';

-- sql/roles/find_worker_role.sql

-- The row of a worker role, locked. Raises: WF104 where none was provisioned here.

create function ratchet_internal.find_worker_role(p_role name)
returns ratchet_internal.worker_roles
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role ratchet_internal.worker_roles;
begin
  select * into v_role from ratchet_internal.worker_roles where role_name = p_role for update;
  if not found then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'role', 'value', p_role),
      'No worker role of this name was provisioned in this database: see ratchet.worker_roles.');
  end if;
  return v_role;
end $$;
comment on function ratchet_internal.find_worker_role(name) is
  'The row of a worker role, locked; raises WF104 where there is none.';

-- sql/roles/rotate_worker_password.sql

-- Gives a worker role a new password. Sessions that are open stay open; new ones need it.
-- For the owner of the engine. Locks: the row of the role. Writes: worker_roles, the role.
-- Raises: WF104 for a role that is unknown or was revoked.

create function ratchet.rotate_worker_password(p_role name, p_password text default null)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_password text := ratchet_internal.check_password(p_password);
begin
  if (ratchet_internal.find_worker_role(p_role)).revoked_at is not null then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'role', 'value', p_role),
      'The role was revoked; ratchet.provision_worker_role takes that back.');
  end if;
  execute format('alter role %I password %L', p_role, v_password);
  update ratchet_internal.worker_roles set last_rotated_at = ratchet_internal.now()
  where role_name = p_role;
  return v_password;
end $$;
comment on function ratchet.rotate_worker_password(name, text) is
  'Gives a worker role a new password, and returns it.';

-- sql/roles/revoke_worker_role.sql

-- Ends what a worker role may do, at once: it can neither log in nor, in a session that is open,
-- call anything, and what its workers hold goes to others. Idempotent.
-- For the owner of the engine. Locks: the row of the role, its workers, then as release_worker.
-- Writes: worker_roles, the role, and as release_worker. Raises: WF104. Wakes: idle workers.

create function ratchet.revoke_worker_role(p_role name) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
begin
  perform ratchet_internal.find_worker_role(p_role);
  if exists (select from pg_roles where rolname = p_role) then
    execute format('alter role %I nologin', p_role);
    execute format('revoke execute on all functions in schema ratchet from %I', p_role);
    execute format('revoke usage on schema ratchet from %I', p_role);
  end if;
  perform ratchet_internal.release_worker(id, v_now, true)
  from (select id from ratchet_internal.workers where role_name = p_role
    order by id for update) held;
  update ratchet_internal.worker_roles set revoked_at = coalesce(revoked_at, v_now)
  where role_name = p_role;
end $$;
comment on function ratchet.revoke_worker_role(name) is
  'Ends what a worker role may do and frees what its workers hold.';

-- sql/roles/revoke_public.sql

-- Nobody may call anything until it is granted.

revoke all on schema ratchet, ratchet_internal from public;
revoke all on all tables in schema ratchet, ratchet_internal from public;
revoke execute on all functions in schema ratchet, ratchet_internal from public;

-- What has been installed, as the migration runner records it.

-- sql/upkeep/migrations.sql

-- Which migrations this database has seen. The shape is that of node-pg-migrate, which writes the
-- rows when it installs; it creates the table itself, before its first migration.

create table if not exists ratchet_internal.migrations (
  id serial primary key,
  name varchar(255) not null,
  run_on timestamp not null
);
comment on table ratchet_internal.migrations is
  'The migrations that were applied to this database, in order.';
comment on column ratchet_internal.migrations.id is 'Order of application.';
comment on column ratchet_internal.migrations.name is 'File name without its ending.';
comment on column ratchet_internal.migrations.run_on is 'When it was applied, in session time.';
