-- Holds off whoever would take this worker's work over, until the transaction ends: a takeover
-- deletes the row, which waits for this lock, and this fails once the row is gone.
-- Every exchange begins here, so the check is performed only where it will raise.
-- Locks: the worker (key share). Raises: WF401 when the lease is lost, WF605. Returns true, so that
-- what else an exchange asks can follow in one expression.

create function ratchet_internal.lock_worker(p_worker bigint) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if not ratchet_internal.is_read_committed() then
    perform ratchet_internal.check_isolation();
  end if;
  perform from ratchet_internal.workers where id = p_worker and not is_lost
    and ratchet_internal.is_own(role_name) for key share;
  if not found then
    if exists (select from ratchet_internal.workers where id = p_worker
      and not ratchet_internal.is_own(role_name))
    then
      perform ratchet_internal.raise_error('WF701', 'not permitted',
        jsonb_build_object('worker', p_worker::text, 'role', session_user),
        'A worker role may only use workers that it registered itself.');
    end if;
    perform ratchet_internal.raise_error('WF401', 'worker lost',
      jsonb_build_object('worker', p_worker::text),
      'Its lease ended and its work went to others; drop what is in memory and register anew.');
  end if;
  return true;
end $$;
comment on function ratchet_internal.lock_worker(bigint) is
  'Keeps the worker''s lease from being taken over until commit; raises WF401 when it is gone.';
