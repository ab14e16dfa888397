-- The trigger of the graph that a topic starts.

create function ratchet_internal.trigger_of(p_version bigint, p_topic text)
returns ratchet_internal.graph_activities
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select a from ratchet_internal.graph_activities a
  where a.version_id = p_version
    and a.position = (ratchet_internal.find_graph(p_version, p_topic)).position
$$;
comment on function ratchet_internal.trigger_of(bigint, text) is
  'The trigger of the graph that a topic starts.';
