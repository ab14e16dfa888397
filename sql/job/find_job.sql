-- The job of a workflow id; an id that was reserved has none once its time is over. Raises: WF201.

create function ratchet_internal.find_job(p_id text, p_namespace text) returns ratchet.jobs
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_job ratchet.jobs;
begin
  select * into v_job from ratchet.jobs where key = p_id and namespace = p_namespace;
  if not found
    or v_job.status = -1 and v_job.pending_until <= ratchet_internal.now() then
    perform ratchet_internal.raise_error('WF201', 'job not found',
      jsonb_build_object('workflow_id', left(p_id, 512), 'namespace', left(p_namespace, 512)),
      'It was never started in this namespace, or it finished and was removed.');
  end if;
  return v_job;
end $$;
comment on function ratchet_internal.find_job(text, text) is
  'The job of a workflow id; raises WF201 when there is none.';
