-- Stops a job at once, in the caller's transaction; none of its code runs again. Its queued work
-- goes, late results are dropped, whoever waits for it gets the error; its pending tasks are
-- cancelled; its children go on.
-- Locks: the job (for update), then messages. Raises: WF201 unknown, WF302 finished (p_suppress:
-- false), WF605 not READ COMMITTED. Wakes: programs that wait, idle workers.
-- Idempotent with p_suppress.

create function ratchet.terminate(
  p_id text, p_namespace text default 'durable', p_reason text default null,
  p_code int default 410, p_suppress boolean default false
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_job ratchet.jobs := ratchet_internal.find_job(p_id, p_namespace);
  v_now timestamptz := ratchet_internal.now();
  v_error json := json_build_object(
    'message', coalesce(p_reason, 'job [' || p_id || '] interrupted'),
    'code', coalesce(p_code, 410), 'job_id', p_id, 'stack', '');
begin
  perform ratchet_internal.check_isolation();
  perform from ratchet.jobs where id = v_job.id for update;
  if ratchet_internal.end_jobs(null, v_now, array[v_job.id],
    array[null::json], array[v_error], v_job.status - 1000000000) is null
  then
    if not p_suppress then
      perform ratchet_internal.raise_error('WF302', 'job already finished',
        jsonb_build_object('workflow_id', p_id), 'There is nothing left to stop.');
    end if;
    return false;
  end if;
  perform ratchet_internal.drop_escalations(v_now, array[v_job.id], true);
  return true;
end $$;
comment on function ratchet.terminate(text, text, text, int, boolean) is
  'Stops a job at once; returns whether this call stopped it.';
