-- Lays out the trees of a version: its graphs, and each activity with its path from the trigger.
-- Writes: graphs, graph_activities.

create function ratchet_internal.compile_tree(p_version bigint, p_space text, p_app jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  with recursive graph as materialized (
    select value, value -> 'activities' as activities, value -> 'transitions' as transitions, at
    from jsonb_array_elements(p_app -> 'graphs') with ordinality as g (value, at)),
  number as materialized (
    select jsonb_object_agg(name, position) as by_name
    from ratchet_internal.graph_names where space = p_space),
  tree as (
    select graph.at, array[(by_name -> activity.key)::int] as path, array[activity.key] as names
    from graph cross join number cross join lateral jsonb_each(graph.activities) activity
    where activity.value ->> 'type' = 'trigger'
    union all
    select tree.at, tree.path || (by_name -> below.name)::int, tree.names || below.name
    from tree
    join graph on graph.at = tree.at
    cross join number
    cross join lateral (select distinct transition ->> 'to' as name from jsonb_array_elements(
      graph.transitions -> tree.names[cardinality(tree.names)]) transition) below
    where graph.activities ? below.name and below.name <> all (tree.names)),
  known as (
    insert into ratchet_internal.graphs (version_id, position, topic, publishes, expire)
    select p_version, tree.path[1], graph.value ->> 'subscribes', graph.value ->> 'publishes',
      case when graph.value ? 'expire'
        then ratchet_internal.compile_expire(graph.value -> 'expire') end
    from graph join tree using (at)
    where cardinality(tree.path) = 1)
  insert into ratchet_internal.graph_activities
    (version_id, position, name, label, kind, path, path_names)
  select p_version, own.position, own.name,
    ratchet_internal.step_field('', own.position, own.name),
    case body ->> 'type' when 'activity' then 'hook' else body ->> 'type' end,
    tree.path, tree.names
  from tree join graph using (at)
  cross join lateral (select tree.path[cardinality(tree.path)] as position,
    tree.names[cardinality(tree.names)] as name) own
  cross join lateral (select graph.activities -> own.name as body) activity
$$;
comment on function ratchet_internal.compile_tree(bigint, text, jsonb) is
  'Lays out the trees of a version: graphs, and activities with their paths.';
