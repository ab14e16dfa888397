-- What a topic starts: the active version, and the graph with the activities that it needs. When
-- the app is named and has a graph of the topic's own, as a rule, that is one statement, of rows
-- that keep their types: records are converted by way of text. Names that are none find nothing
-- there, and are refused afterwards.
-- Raises: WF101, WF206, WF207.

create function ratchet_internal.find_beginning(p_topic text, p_app text, p_namespace text)
returns ratchet_internal.graph_beginning
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_begin ratchet_internal.graph_beginning;
begin
  if p_topic not like '.%' then
    select row(v.id, v.space, v.version, null, v.deployed_at, v.replaced_at)
      ::ratchet_internal.graph_versions, g into v_begin
    from ratchet_internal.graph_apps a
    join ratchet_internal.graph_versions v on v.id = a.version_id
    join ratchet_internal.graphs g on g.version_id = any (array[a.version_id])
      and g.topic = p_topic
    where a.space = p_namespace || ':' || p_app;
    if found then return v_begin; end if;
  end if;
  v_begin.version := ratchet_internal.find_version(p_topic, p_app, p_namespace);
  v_begin.graph := ratchet_internal.find_graph((v_begin.version).id, p_topic);
  return v_begin;
end $$;
comment on function ratchet_internal.find_beginning(text, text, text) is
  'The active version and the graph that a topic starts.';
