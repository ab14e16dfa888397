-- The graph that a topic starts in a version: the one that subscribes to it, else the default
-- graph. Topics that begin with a dot are internal. No row: there is none.

create function ratchet_internal.find_graph(p_version bigint, p_topic text)
returns ratchet_internal.graphs
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_graph ratchet_internal.graphs;
begin
  select * into v_graph from ratchet_internal.graphs g
  where g.version_id = p_version and (g.topic = p_topic or g.topic is null)
    and p_topic not like '.%'
  order by g.topic nulls last limit 1;
  return v_graph;
end $$;
comment on function ratchet_internal.find_graph(bigint, text) is
  'The graph that a topic starts in a version; null when there is none.';
