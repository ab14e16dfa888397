-- A schedule whose next occurrence is the first one from now on, unless it has had all its runs. If
-- its last run is over, it may have failed: that ends the schedule no more.

create function ratchet_internal.from_now(p_new ratchet.schedules) returns ratchet.schedules
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  p_new.updated_at := ratchet_internal.now();
  p_new.next_at := case when p_new.run_count >= p_new.max_runs then 'infinity'
    else ratchet_internal.next_occurrence(p_new, p_new.updated_at) end;
  p_new.look_at := case when p_new.is_paused then 'infinity' else p_new.next_at end;
  p_new.forgotten_key := (select key from ratchet.jobs
    where key = p_new.last_key and namespace = p_new.namespace and status <= 0);
  return p_new;
end $$;
comment on function ratchet_internal.from_now(ratchet.schedules) is
  'A schedule whose next occurrence is the first one from now on.';
