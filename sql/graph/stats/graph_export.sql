-- A job of a graph with the data of each of its activities, by address. With p_is_enriched also
-- the activities in the order in which they were entered, with what they were given.
-- Raises: WF101, WF201.

create function ratchet.graph_export(
  p_job text, p_app text, p_is_enriched boolean default false, p_namespace text default 'hmsh'
) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (json_build_object('dependencies', json_build_array(), 'status', j.status::text,
    'process', ratchet_internal.exported_process(j))::jsonb
    || case when p_is_enriched then jsonb_build_object('activities', (
      select coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'type', s.kind,
        'dimension', replace(substr(s.address, 2), ',', '/'), 'input', s.input,
        'output', s.output, 'started_at', s.started_at, 'completed_at', s.completed_at,
        'duration_ms', round(extract(epoch from s.completed_at - s.started_at) * 1000),
        'retry_attempt', greatest(s.attempts - 1, 0),
        'cycle_iteration', reverse(split_part(reverse(s.address), ',', 1))::int, 'error', s.error)
        order by s.started_at, length(s.address), s.address), '[]')
      from ratchet_internal.exported_steps(j) s)) else '{}' end)::json
  from ratchet_internal.find_job(p_job, ratchet_internal.app_space(p_app, p_namespace)) j
$$;
comment on function ratchet.graph_export(text, text, boolean, text) is
  'A job of a graph with the data of each of its activities, by address.';
