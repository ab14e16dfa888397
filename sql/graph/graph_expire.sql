-- How long a job is kept that ends now, in seconds: as its graph says, seen from the activity that
-- ended it; as it was started with when the graph says nothing, or says it with an expression that
-- fails. p_root: the activity with which it started, if the version has it; p_expire: what its
-- graph says, if that has been read.

create function ratchet_internal.graph_expire(
  p_job ratchet.jobs, p_version bigint, p_root int, p_scope jsonb,
  p_expire jsonb default null
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_root int := p_root;
  v_expire jsonb := p_expire;
  v_view jsonb;
begin
  if v_expire is null then
    if v_root is null then
      select position into v_root from ratchet_internal.graph_names
      where space = p_job.namespace and name = p_job.options ->> 'aid';
    end if;
    select expire into v_expire from ratchet_internal.graphs
    where version_id = p_version and position = v_root;
    if v_expire is null then return p_job.expire_seconds; end if;
  end if;
  if v_expire ? 'seconds' then return (v_expire -> 'seconds')::bigint; end if;
  v_view := coalesce(p_scope, '{}') || jsonb_build_object('$job', jsonb_build_object('data',
    coalesce(p_job.context, '{}'), 'metadata', ratchet_internal.job_metadata(p_job)));
  return coalesce(ratchet_internal.expire_of(ratchet_internal.run_maps(v_expire, v_view) -> 'v'),
    p_job.expire_seconds);
exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception
  or program_limit_exceeded
then
  return p_job.expire_seconds;
end $$;
comment on function ratchet_internal.graph_expire(ratchet.jobs, bigint, int, jsonb, jsonb) is
  'How long a job is kept that ends now, in seconds.';
