-- The trigger of a graph.

create function ratchet_internal.trigger_of(p_graph ratchet_internal.graphs)
returns ratchet_internal.graph_activities
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_trigger ratchet_internal.graph_activities;
begin
  select * into v_trigger from ratchet_internal.graph_activities
  where version_id = p_graph.version_id and position = p_graph.position;
  return v_trigger;
end $$;
comment on function ratchet_internal.trigger_of(ratchet_internal.graphs) is
  'The trigger of a graph.';
