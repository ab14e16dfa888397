-- Fires the schedules that are due, as every exchange of a worker does: for psql, and for systems
-- whose workers use the single-item protocol only.
-- Locks, writes: as fire_schedules. Raises: WF605. Idempotent.

create function ratchet.run_schedules() returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
  perform ratchet_internal.check_isolation();
  return ratchet_internal.fire_schedules(ratchet_internal.now());
end $$;
comment on function ratchet.run_schedules() is
  'Fires the schedules that are due, as workers do; returns how many jobs it started.';
