-- Locks a job that runs and one of its steps, in the order that everybody keeps. Returns the step
-- as it is now, or null: somebody else is at one of them, or it has moved on.
-- Locks: the job, the message, never waiting. coalesce, so that no other index than that of whole
-- keys looks fit.

create function ratchet_internal.lock_apart(p_job bigint, p_address text, p_position int)
returns ratchet_internal.messages
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_step ratchet_internal.messages;
begin
  perform from ratchet.jobs where id = p_job and status > 0 for no key update skip locked;
  if not found then return null; end if;
  select * into v_step from ratchet_internal.messages
  where job_id = p_job and address = p_address and position = p_position
    and coalesce(worker_id, 0) = 0 and kind in ('timer', 'wait') for update skip locked;
  return v_step;
end $$;
comment on function ratchet_internal.lock_apart(bigint, text, int) is
  'Locks a job and one of its timers or waits, unless somebody else is at them.';
