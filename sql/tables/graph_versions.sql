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
