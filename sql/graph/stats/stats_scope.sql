-- What a query for statistics is about: the space, the granularity, and the key that the trigger of
-- the topic makes of the payload in the query. Raises: WF101, WF104, WF107, WF206, WF207.

create function ratchet_internal.stats_scope(
  p_topic text, p_query jsonb, p_app text, p_namespace text, out space text, out key text,
  out granularity text
) returns record
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_trigger ratchet_internal.graph_activities;
  v_options jsonb;
  v_row ratchet.jobs_attributes;
begin
  if jsonb_typeof(p_query) is distinct from 'object' then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'query'), 'Give an object with data, start, end, range.');
  end if;
  v_trigger := (ratchet_internal.find_graph(
    (ratchet_internal.find_version(p_topic, p_app, p_namespace)).id, p_topic)).activities[1];
  v_options := v_trigger.constants;
  if v_trigger.options is not null and not v_options ? 'key' then
    v_row := ratchet_internal.graph_attribute(ratchet_internal.now(), 0, v_trigger, ',0');
    v_options := v_options || ratchet_internal.run_maps(v_trigger.options,
      ratchet_internal.graph_view(null, v_trigger, '{}', ratchet_internal.activity_entry(
        v_trigger, v_row, coalesce(p_query -> 'data', '{}'), null, null)));
  end if;
  space := ratchet_internal.app_space(p_app, p_namespace);
  key := coalesce(v_options ->> 'key', '');
  granularity := coalesce(v_options ->> 'granularity', '5m');
end $$;
comment on function ratchet_internal.stats_scope(text, jsonb, text, text) is
  'Space, key and granularity that a query for statistics is about.';
