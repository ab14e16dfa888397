-- Removes a finished job at once, before its retention ends; with p_expired_only, only if its own
-- time has passed and prune has not come by yet. Nothing happens while it runs, or is reserved.
-- Locks: the job. Writes: as remove_jobs. Raises: WF605. Returns whether it removed one.

create function ratchet.flush(
  p_id text, p_namespace text default 'durable', p_expired_only boolean default false
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_mergejoin = off set jit = off
as $$
declare
  v_job bigint;
begin
  perform ratchet_internal.check_isolation();
  select id into v_job from ratchet.jobs j
  where key = p_id and namespace = p_namespace and finished_at is not null
    and (not p_expired_only or ratchet.expired_at(j) < ratchet_internal.now())
  for update;
  return ratchet_internal.remove_jobs(array[v_job]) > 0;
end $$;
comment on function ratchet.flush(text, text, boolean) is
  'Removes a finished job at once; returns whether there was one.';
