-- Compiles the transitions of a version, in their order.
-- Writes: graph_activities.

create function ratchet_internal.compile_transitions(p_version bigint, p_space text, p_app jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update ratchet_internal.graph_activities a set transitions = each.transitions
  from (
    select origin.key as name, jsonb_agg(ratchet_internal.compile_rule(n.position,
      t.value -> 'conditions') order by t.at) as transitions
    from jsonb_array_elements(p_app -> 'graphs') graph
    cross join lateral jsonb_each(graph.value -> 'transitions') origin
    cross join lateral jsonb_array_elements(origin.value) with ordinality as t (value, at)
    join ratchet_internal.graph_names n on n.space = p_space and n.name = t.value ->> 'to'
    where jsonb_typeof(graph.value -> 'transitions') = 'object'
    group by origin.key) each
  where a.version_id = p_version and a.name = each.name
$$;
comment on function ratchet_internal.compile_transitions(bigint, text, jsonb) is
  'Compiles the transitions of a version.';
