-- Signals every job that is listed under the facets: of the graph whose hook the topic resumes, in
-- the time of the query. Each gets the payload with its own id as id. With scrub in the query the
-- list is removed. Returns the keys of the lists that matched.
-- Writes: signals, graph_facts. Wakes: an idle engine of the app. Raises: WF101, WF104, WF107,
-- WF207, WF208 no rule has the topic, WF501.

create function ratchet.signal_all(
  p_topic text, p_data json, p_query json, p_facets text[], p_app text,
  p_namespace text default 'hmsh'
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_version ratchet_internal.graph_versions;
  v_graph text;
  v_keys text[];
  v_jobs text[];
begin
  v_version := ratchet_internal.active_version(p_app, p_namespace);
  v_graph := ratchet_internal.hooked_topic(v_version.id, p_topic);
  if v_graph is null then
    perform ratchet_internal.raise_error('WF208', 'no hook waits like this', jsonb_build_object(
      'topic', p_topic, 'app', p_app, 'version', v_version.version),
      'unable to find hook rule for topic ' || coalesce(left(p_topic, 100), 'null'));
  end if;
  if p_data is not null and json_typeof(p_data) <> 'object' then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'data'), 'Give an object: each job gets it with its own id.');
  end if;
  select array_agg(distinct i.bucket || ':' || i.facet), array_agg(distinct id)
  into v_keys, v_jobs
  from ratchet_internal.indexed_jobs(v_graph, p_query::jsonb, p_facets, p_app, p_namespace) i
  cross join lateral unnest(i.ids) id;
  perform ratchet.signal_topic(p_topic, (coalesce(p_data::jsonb, '{}')
    || jsonb_build_object('id', id))::json, p_app, 'success', 200, p_namespace)
  from unnest(v_jobs) id;
  if p_query ->> 'scrub' = 'true' then
    perform ratchet_internal.unlist_jobs(v_version.space, v_graph, v_keys, v_jobs);
  end if;
  return coalesce(to_json(v_keys), '[]');
end $$;
comment on function ratchet.signal_all(text, json, json, text[], text, text) is
  'Signals every job that is listed under the facets; returns the keys of the lists that matched.';
