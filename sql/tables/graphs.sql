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
