-- Stops a repeating call of Virtual, and the run that is under way.
-- Locks: the schedule, then the job. Writes: schedules, jobs, messages. Raises: WF605.
-- Wakes: programs that wait. Idempotent. Returns whether it was running.

create function ratchet.stop_cron(p_id text, p_namespace text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kept ratchet.schedules;
begin
  perform ratchet_internal.check_isolation();
  select * into v_kept from ratchet.schedules
  where key = p_id and namespace = p_namespace for update;
  if v_kept.id is null then return false; end if;
  delete from ratchet.schedules where id = v_kept.id;
  if ratchet_internal.is_schedule_over(v_kept) then return false; end if;
  if exists (select from ratchet.jobs
    where key = v_kept.last_key and namespace = p_namespace and status > 0)
  then
    perform ratchet.terminate(v_kept.last_key, p_namespace, p_suppress => true);
  end if;
  return true;
end $$;
comment on function ratchet.stop_cron(text, text) is
  'Stops a repeating call of Virtual; returns whether it was running.';
