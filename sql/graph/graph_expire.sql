-- How long a job is kept that ends now, in seconds: as its graph says, seen from the activity that
-- ended it; one second when the graph says nothing, or says it with an expression that fails.

create function ratchet_internal.graph_expire(
  p_job ratchet.jobs, p_version bigint, p_scope jsonb
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_expire jsonb;
begin
  select g.expire into v_expire from ratchet_internal.graphs g
  join ratchet_internal.graph_names n on n.position = g.position and n.space = p_job.namespace
  where g.version_id = p_version and n.name = p_job.options ->> 'aid';
  if v_expire is null then return p_job.expire_seconds; end if;
  return coalesce(ratchet_internal.expire_of(ratchet_internal.run_maps(v_expire,
    coalesce(p_scope, '{}') || jsonb_build_object('$job', jsonb_build_object('data',
      coalesce(p_job.context, '{}'), 'metadata', ratchet_internal.job_metadata(p_job)))) -> 'v'),
    p_job.expire_seconds);
exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception
  or program_limit_exceeded
then
  return p_job.expire_seconds;
end $$;
comment on function ratchet_internal.graph_expire(ratchet.jobs, bigint, jsonb) is
  'How long a job is kept that ends now, in seconds.';
