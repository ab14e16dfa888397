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
  if p_topic like '.%' then return null; end if;
  select * into v_graph from ratchet_internal.graphs
  where version_id = p_version and topic = p_topic;
  if not found then
    select * into v_graph from ratchet_internal.graphs
    where version_id = p_version and topic is null;
  end if;
  return v_graph;
end $$;
comment on function ratchet_internal.find_graph(bigint, text) is
  'The graph that a topic starts in a version; null when there is none.';
