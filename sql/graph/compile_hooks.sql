-- Compiles the hook rules of a version: the first of each topic counts; and tells the activities
-- that wait for a signal what they wait under: of several topics the first in alphabetical order
-- (problems_of_hooks warns of the others). Writes: graph_hooks, graph_activities.

create function ratchet_internal.compile_hooks(p_version bigint, p_space text, p_app jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  with rule as materialized (
    select distinct on (hook.key) hook.key as topic, n.position, n.name,
      hook.value -> 0 #> '{conditions,match,0}' as match
    from jsonb_array_elements(p_app -> 'graphs') with ordinality as graph (value, at)
    cross join lateral jsonb_each(graph.value -> 'hooks') hook
    join ratchet_internal.graph_names n on n.space = p_space and n.name = hook.value -> 0 ->> 'to'
    where jsonb_typeof(graph.value -> 'hooks') = 'object'
    order by hook.key, graph.at),
  stored as (
    insert into ratchet_internal.graph_hooks (version_id, topic, position, actual)
    select p_version, topic, position,
      ratchet_internal.compile_maps(jsonb_build_object('v', match -> 'actual')) from rule)
  update ratchet_internal.graph_activities a
  set hook = (select jsonb_build_object('topic', rule.topic, 'expected',
      ratchet_internal.compile_maps(jsonb_build_object('v', rule.match -> 'expected')))
      from rule where rule.position = a.position order by rule.topic limit 1)
  where a.version_id = p_version and a.position in (select rule.position from rule)
$$;
comment on function ratchet_internal.compile_hooks(bigint, text, jsonb) is
  'Compiles the hook rules of a version.';
