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
