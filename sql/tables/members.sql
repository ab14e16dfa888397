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
