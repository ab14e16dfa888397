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
-- No row has a name: this lets them be deleted where a publication takes in all tables.
alter table ratchet_internal.graph_facts replica identity full;
create index graph_facts_found on ratchet_internal.graph_facts (space, topic, key, bucket);
create index graph_facts_old on ratchet_internal.graph_facts (recorded_at);
comment on table ratchet_internal.graph_facts is
  'What jobs of graphs said about themselves when they started, for statistics.';
comment on column ratchet_internal.graph_facts.bucket is
  'Time of the start, UTC, floored to the granularity: YYYYMMDDHHMI, or 0 for infinity.';
comment on column ratchet_internal.graph_facts.name is
  'Path of the measured value in the payload; empty for the job itself.';
