-- Lays out the trees of a version: its graphs, and each activity with its path from the trigger.
-- Writes: graphs, graph_activities.

create function ratchet_internal.compile_tree(p_version bigint, p_space text, p_app jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  with recursive graph as materialized (
    select value, at from jsonb_array_elements(p_app -> 'graphs') with ordinality as g (value, at)),
  tree as (
    select graph.at, array[activity.key] as path
    from graph cross join lateral jsonb_each(graph.value -> 'activities') activity
    where activity.value ->> 'type' = 'trigger'
    union
    select tree.at, tree.path || (transition ->> 'to')
    from tree
    join graph on graph.at = tree.at
    cross join lateral jsonb_array_elements(coalesce(
      graph.value -> 'transitions' -> tree.path[cardinality(tree.path)], '[]')) transition
    where graph.value -> 'activities' ? (transition ->> 'to')
      and transition ->> 'to' <> all (tree.path)),
  known as (
    insert into ratchet_internal.graphs (version_id, position, topic, publishes, expire)
    select p_version, n.position, graph.value ->> 'subscribes', graph.value ->> 'publishes',
      case when graph.value ? 'expire'
        then ratchet_internal.compile_expire(graph.value -> 'expire') end
    from graph join tree using (at)
    join ratchet_internal.graph_names n on n.space = p_space and n.name = tree.path[1]
    where cardinality(tree.path) = 1)
  insert into ratchet_internal.graph_activities
    (version_id, position, name, label, kind, path, path_names)
  select p_version, n.position, n.name, ratchet_internal.step_field('', n.position, n.name),
    case body ->> 'type' when 'activity' then 'hook' else body ->> 'type' end,
    array(select above.position from unnest(tree.path) with ordinality as step (name, at)
      join ratchet_internal.graph_names above on above.space = p_space and above.name = step.name
      order by step.at),
    tree.path
  from tree join graph using (at)
  join ratchet_internal.graph_names n
    on n.space = p_space and n.name = tree.path[cardinality(tree.path)]
  cross join lateral (select graph.value -> 'activities' -> n.name as body) activity
$$;
comment on function ratchet_internal.compile_tree(bigint, text, jsonb) is
  'Lays out the trees of a version: graphs, and activities with their paths.';
