-- The version under which a job of a graph is looked at: while it runs the active one, as every
-- stretch does; when it has ended, the one with which it started, if that is still deployed.

create function ratchet_internal.job_version(p_job ratchet.jobs)
returns ratchet_internal.graph_versions
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select v from ratchet_internal.graph_apps a
  join ratchet_internal.graph_versions v on v.space = a.space
  where a.space = p_job.namespace and (v.id = a.version_id
    or p_job.finished_at is not null and v.version = p_job.version and v.replaced_at is null)
  order by v.id = a.version_id limit 1
$$;
comment on function ratchet_internal.job_version(ratchet.jobs) is
  'The version under which a job of a graph is looked at.';
