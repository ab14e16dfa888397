-- Ends workers whose lease has run out. One whose call is in flight at this moment is alive and
-- skipped; so is the one that calls.
-- Locks: workers. Writes: all that release_worker does.

create function ratchet_internal.reap_workers(p_worker bigint, p_now timestamptz) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from ratchet_internal.workers where expires_at < p_now and id <> p_worker) then
    perform ratchet_internal.release_worker(dead.id, p_now, true)
    from (select id from ratchet_internal.workers where expires_at < p_now and id <> p_worker
      order by id for update skip locked) dead;
  end if;
end $$;
comment on function ratchet_internal.reap_workers(bigint, timestamptz) is
  'Ends workers, other than the one that calls, whose lease has run out, and frees their work.';
