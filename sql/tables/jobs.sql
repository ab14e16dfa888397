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
  'The JSON document of the job, which its functions or its graph read and change while it runs; '
  'null when it has none.';
comment on column ratchet.jobs.created_at is 'When the job was started.';
comment on column ratchet.jobs.updated_at is 'When the row last changed.';
comment on column ratchet.jobs.finished_at is 'When the job ended; null while it runs.';
comment on column ratchet.jobs.returned_at is
  'When the function of a persistent job returned, so that its result is there.';
comment on column ratchet.jobs.pending_until is
  'For a reserved job: when it is removed unless it was started.';
comment on column ratchet.jobs.pruned_at is
  'When the detail of its history was removed; null while it is whole.';
