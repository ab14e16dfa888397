-- Compiles the transitions of a version. A transition without conditions has no codes: it is taken
-- whatever the response is. Writes: graph_activities.

create function ratchet_internal.compile_transitions(p_version bigint, p_space text, p_app jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update ratchet_internal.graph_activities a set transitions = each.transitions
  from (
    select origin.key as name, jsonb_agg(jsonb_build_object('to', n.position)
      || case when coalesce(jsonb_typeof(t.value -> 'conditions'), 'null') = 'null' then '{}'
        else jsonb_build_object('codes',
          ratchet_internal.codes_of(t.value -> 'conditions' -> 'code'),
          'gate', coalesce(t.value -> 'conditions' ->> 'gate', 'and'))
        || coalesce((
          select jsonb_build_object('match', coalesce(jsonb_agg(case when m.value ? 'expected'
            then jsonb_build_object('expected', m.value -> 'expected') else '{}' end
            || jsonb_build_object('actual', ratchet_internal.map_compile(
              jsonb_build_object('v', m.value -> 'actual'))) order by m.at), '[]'))
          from jsonb_array_elements(t.value -> 'conditions' -> 'match')
            with ordinality as m (value, at)
          where jsonb_typeof(t.value -> 'conditions' -> 'match') = 'array'
          having jsonb_typeof(t.value -> 'conditions' -> 'match') = 'array'), '{}') end
      order by t.at) as transitions
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
