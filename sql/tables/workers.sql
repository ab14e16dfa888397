-- One row a running worker process. The row is the lease of everything the worker holds: each
-- exchange locks it (key share), whoever takes the work over locks and deletes it. A row never
-- comes back: a worker that lost its own registers anew. Every exchange reads the table, versions
-- that are gone included: pages are full early, so that they are pruned after a few changes.

create table ratchet_internal.workers (
  id bigint generated always as identity primary key,
  name text not null,
  role_name name,
  is_idle boolean not null default false,
  is_lost boolean not null default false,
  has_stopped boolean not null default false,
  epoch int not null default 0,
  idle_at timestamptz,
  lease_seconds int not null,
  started_at timestamptz not null,
  expires_at timestamptz not null,
  constraint "a lease lasts from one second to an hour" check (lease_seconds between 1 and 3600)
) with (fillfactor = 10, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);

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
comment on column ratchet_internal.workers.is_lost is
  'Whether its lease is gone; the row is kept while others have locked something that it held.';
comment on column ratchet_internal.workers.has_stopped is
  'Whether it has stopped by itself, so that what is left is handed back and not counted.';
comment on column ratchet_internal.workers.epoch is
  'Raised by held_work: calls that name an earlier one are not carried out.';
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
