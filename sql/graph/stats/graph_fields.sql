-- All that is stored of a job of a graph beside its history, in one flat object: user data (names
-- that begin with _), markers (-), metadata under ":" , and each member of the job data.
-- Raises: WF101. Null when there is no such job.

create function ratchet.graph_fields(p_job text, p_app text, p_namespace text default 'hmsh')
returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (jsonb_build_object(':', j.status)
    || coalesce((select jsonb_object_agg('metadata/' || m.key, m.value)
      from jsonb_each(ratchet_internal.job_metadata(j)) m), '{}')
    || coalesce((select jsonb_object_agg('data/' || d.key, d.value)
      from ratchet_internal.members(j.context) d), '{}')
    || coalesce((select jsonb_object_agg(a.field, a.value)
      from ratchet.jobs_attributes a
      where a.job_id = j.id and a.kind in ('attribute', 'marker')), '{}'))::json
  from ratchet.jobs j
  where j.key = p_job and j.namespace = ratchet_internal.app_space(p_app, p_namespace)
$$;
comment on function ratchet.graph_fields(text, text, text) is
  'User data, markers, metadata and job data of a job of a graph, in one flat object.';
