-- Works out what the expressions of each activity read: the first names of all references in it, in
-- the transitions from it, in the hook rules to it, and in its graph's expire.
-- Writes: graph_activities.

create function ratchet_internal.compile_uses(p_version bigint, p_app jsonb) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  with rule as materialized (
    select hook.value -> 0 ->> 'to' as name, jsonb_agg(hook.value) as rules
    from jsonb_array_elements(p_app -> 'graphs') graph
    cross join lateral jsonb_each(case jsonb_typeof(graph -> 'hooks') when 'object'
      then graph -> 'hooks' else '{}' end) hook
    group by hook.value -> 0 ->> 'to')
  update ratchet_internal.graph_activities a
  set uses = coalesce(used.names, '{}'), uses_late = coalesce(used.late_names, '{}'),
    is_described = coalesce(used.is_described, false)
  from (
    select each.name, array_agg(distinct part[1]) as names,
      array_agg(distinct part[1]) filter (where given.is_late) as late_names,
      bool_or(part[3] = 'metadata' or cardinality(part) < 3) as is_described
    from ratchet_internal.activity_bodies(p_app) each
    left join rule using (name)
    cross join lateral (values
      (true, jsonb_build_array(each.transitions, each.expire, each.body -> 'job',
        each.body -> 'emit', each.body -> 'persist',
        case when each.body ->> 'type' <> 'worker' then each.body -> 'telemetry' end)),
      (false, jsonb_build_array(each.body - array['job', 'emit', 'persist'], rule.rules)))
      as given (is_late, expressions)
    cross join lateral jsonb_path_query(given.expressions,
      'strict $.** ? (@.type() == "string")') leaf
    cross join lateral string_to_array(trim('{}' from leaf #>> '{}'), '.') part
    where leaf #>> '{}' like '{%}' and leaf #>> '{}' not like '{@%'
    group by each.name) used
  where a.version_id = p_version and a.name = used.name
$$;
comment on function ratchet_internal.compile_uses(bigint, jsonb) is
  'Works out what the expressions of each activity read.';
