-- A job of a graph: id, status, metadata, data, error. Raises: WF101, WF201.

create function ratchet.graph_state(p_job text, p_app text, p_namespace text default 'hmsh')
returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.job_state(ratchet_internal.find_job(p_job,
    ratchet_internal.app_space(p_app, p_namespace)))
$$;
comment on function ratchet.graph_state(text, text, text) is
  'The state of a job of a graph: status, metadata, data, error.';
