-- Makes a thread that waits to be claimed due now. False where there is none: somebody holds it, or
-- is taking it at this moment. A claim whose snapshot is older than the change does not find the
-- row any more (it goes by its ctid), so whoever claims it from now on reads its job as it is.
-- Locks: the turn, never waiting. Writes: messages.

create function ratchet_internal.hasten_turn(p_job bigint, p_address text, p_now timestamptz)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from ratchet_internal.messages
  where job_id = p_job and address = p_address and position = 0 and coalesce(worker_id, 0) = 0
  for no key update skip locked;
  if not found then return false; end if;
  update ratchet_internal.messages set due_at = least(due_at, p_now)
  where job_id = p_job and address = p_address and position = 0;
  return true;
end $$;
comment on function ratchet_internal.hasten_turn(bigint, text, timestamptz) is
  'Makes a thread that waits to be claimed due now; false where somebody holds it or is taking it.';
