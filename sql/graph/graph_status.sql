-- The semaphore of a job of a graph: how many of its activities are open. Raises: WF101, WF201.

create function ratchet.graph_status(p_job text, p_app text, p_namespace text default 'hmsh')
returns int
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (ratchet_internal.find_job(p_job,
    ratchet_internal.app_space(p_app, p_namespace))).status
$$;
comment on function ratchet.graph_status(text, text, text) is
  'The semaphore of a job of a graph: > 0 open activities, 0 ended, -1 reserved, less stopped.';
