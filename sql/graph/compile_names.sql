-- Gives each activity id of an app that has none a number. Numbers stay with their ids for ever.
-- The caller has locked the app. Writes: graph_names.

create function ratchet_internal.compile_names(p_version bigint, p_space text, p_app jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into ratchet_internal.graph_names (space, name, position)
  select p_space, each.name, (
      select coalesce(max(position), 0) from ratchet_internal.graph_names where space = p_space)
    + row_number() over (order by each.graph_at, each.is_trigger desc, each.name)
  from (
    select graph.at as graph_at, activity.key as name,
      activity.value ->> 'type' = 'trigger' as is_trigger
    from jsonb_array_elements(p_app -> 'graphs') with ordinality as graph (value, at)
    cross join lateral jsonb_each(graph.value -> 'activities') activity) each
  where not exists (
    select from ratchet_internal.graph_names n where n.space = p_space and n.name = each.name)
$$;
comment on function ratchet_internal.compile_names(bigint, text, jsonb) is
  'Gives each activity id of an app that has none a number.';
