-- Extends the lease of everything a worker holds. Never brings a lost lease back.
-- Locks: the worker. Returns whether the worker is still registered.

create function ratchet.heartbeat(p_worker bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update ratchet_internal.workers
  set expires_at = ratchet_internal.now() + make_interval(secs => lease_seconds)
  where id = p_worker and not is_lost and ratchet_internal.is_own(role_name);
  return found;
end $$;
comment on function ratchet.heartbeat(bigint) is
  'Extends a worker''s lease; false when the lease was lost and the worker must register anew.';
