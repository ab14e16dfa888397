-- Removes a finished job at once, before its retention ends; with p_expired_only, only if its own
-- time has passed and prune has not come by yet. Nothing happens while it runs.
-- Locks: the job. Writes: jobs, attributes. Raises: WF605. Returns whether it removed one.

create function ratchet.flush(
  p_id text, p_namespace text default 'durable', p_expired_only boolean default false
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job bigint;
begin
  perform ratchet_internal.check_isolation();
  delete from ratchet.jobs
  where key = p_id and namespace = p_namespace and status <= 0
    and (not p_expired_only
      or finished_at < ratchet_internal.now() - make_interval(secs => least(expire_seconds, 1e10)))
  returning id into v_job;
  delete from ratchet.jobs_attributes where job_id = v_job;
  return v_job is not null;
end $$;
comment on function ratchet.flush(text, text, boolean) is
  'Removes a finished job at once; returns whether there was one.';
