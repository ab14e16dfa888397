-- Moves the clock to when something becomes due next, but not beyond p_until, unless there is
-- something to do now. Leases move along, so that no worker is taken for dead.
-- Locks: the clock, so that one moves it at a time; workers. Returns busy, skipped, or stuck where
-- nothing will ever become due.

create function ratchet_testing.skip(p_until timestamptz default null) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz;
  v_to timestamptz;
begin
  perform from ratchet_testing.clock for update;
  v_now := ratchet_internal.now();
  if ratchet_testing.is_busy(v_now) then return 'busy'; end if;
  v_to := least(ratchet_testing.next_due(v_now), p_until);
  if v_to is null then return 'stuck'; end if;
  if v_to > v_now then
    update ratchet_testing.clock set ahead = ahead + (v_to - v_now);
    update ratchet_internal.workers
    set expires_at = expires_at + (v_to - v_now), idle_at = idle_at + (v_to - v_now);
  end if;
  return 'skipped';
end $$;
comment on function ratchet_testing.skip(timestamptz) is
  'Moves the clock to when something becomes due next, unless there is something to do now.';
