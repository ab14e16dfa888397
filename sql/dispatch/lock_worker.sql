-- Holds off whoever would take this worker's work over, until the transaction ends: a takeover
-- deletes the row, which waits for this lock, and this fails once the row is gone.
-- p_epoch: what the call belongs to, if it may claim or give back; one that comes late, after the
-- worker has asked what it holds, would change that behind its back.
-- Every exchange begins here, so the check is performed only where it will raise.
-- Locks: the worker (key share). Raises: WF401 when the lease is lost, WF404 when the call is late,
-- WF605. Returns true, so that what else an exchange asks can follow in one expression.

create function ratchet_internal.lock_worker(p_worker bigint, p_epoch int default null)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_found ratchet_internal.workers;
begin
  if not ratchet_internal.is_read_committed() then
    perform ratchet_internal.check_isolation();
  end if;
  perform from ratchet_internal.workers where id = p_worker and not is_lost
    and ratchet_internal.is_own(role_name) and epoch <= coalesce(p_epoch, epoch) for key share;
  if found then return true; end if;
  select * into v_found from ratchet_internal.workers where id = p_worker;
  if v_found.id is not null and not ratchet_internal.is_own(v_found.role_name) then
    perform ratchet_internal.raise_error('WF701', 'not permitted',
      jsonb_build_object('worker', p_worker::text, 'role', session_user),
      'A worker role may only use workers that it registered itself.');
  elsif v_found.id is null or v_found.is_lost then
    perform ratchet_internal.raise_error('WF401', 'worker lost',
      jsonb_build_object('worker', p_worker::text),
      'Its lease ended and its work went to others; drop what is in memory and register anew.');
  end if;
  perform ratchet_internal.raise_error('WF404', 'late call',
    jsonb_build_object('worker', p_worker::text, 'epoch', p_epoch),
    'The worker has asked for held_work since: repeat the call with the epoch given there.');
end $$;
comment on function ratchet_internal.lock_worker(bigint, int) is
  'Keeps the worker''s lease from being taken over until commit; raises WF401 when it is gone.';
