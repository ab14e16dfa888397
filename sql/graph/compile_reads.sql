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
  -- Each activity with each of its ancestors and itself, found once for all of them.
  with recursive pair as materialized (
    select below.position as below, above.position, above.name
    from ratchet_internal.graph_activities below
    cross join lateral unnest(below.path, below.path_names) as above (position, name)
    where below.version_id = p_version),
  reach (position, root) as (
    select position, position from ratchet_internal.graph_activities where version_id = p_version
    union
    select reach.position, again.ancestor from reach
    join pair on pair.position = reach.root
    join ratchet_internal.graph_activities again on again.version_id = p_version
      and again.position = pair.below and again.kind = 'cycle'),
  used as materialized (
    select pair.position as root, used.name, bool_or(pair.below <> pair.position) as is_below,
      bool_or(pair.below <> pair.position or used.name = any (a.uses_late)) as is_late
    from pair
    join ratchet_internal.graph_activities a
      on a.version_id = p_version and a.position = pair.below
    cross join unnest(a.uses) as used (name)
    group by pair.position, used.name),
  read as materialized (
    select reach.position, array_agg(distinct used.name) as names,
      array_agg(distinct used.name) filter (where used.is_late or reach.root <> reach.position)
        as late_names
    from reach
    join used on used.root = reach.root
    join pair on pair.below = reach.position and pair.name = used.name
    group by reach.position)
  update ratchet_internal.graph_activities a
  set reads = coalesce(read.names, '{}'), reads_late = coalesce(read.late_names, '{}'),
    is_read = (a.position, a.name) in (select used.root, used.name from used where used.is_below)
      or exists (select from ratchet_internal.graphs g where g.version_id = p_version
        and g.position = a.path[1] and strpos(g.expire::text, a.name) > 0),
    is_described = a.path[1] in (select other.path[1] from ratchet_internal.graph_activities other
      where other.version_id = p_version and other.is_described)
  from ratchet_internal.graph_activities b left join read on read.position = b.position
  where a.version_id = p_version
    and b.version_id = p_version and b.position = a.position;
end $$;
comment on function ratchet_internal.compile_reads(bigint, jsonb) is
  'Works out what the expressions of each activity read of its ancestors.';
