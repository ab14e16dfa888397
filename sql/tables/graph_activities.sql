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
