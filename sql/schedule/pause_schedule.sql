-- Lets a schedule rest; what would be due meanwhile is left out. Jobs that it started go on.
-- Locks: the schedule. Writes: schedules. Raises: WF203, WF605. Idempotent.

create function ratchet.pause_schedule(p_id text, p_namespace text default 'durable')
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kept ratchet.schedules := ratchet_internal.lock_schedule(p_id, p_namespace);
begin
  update ratchet.schedules set is_paused = true, look_at = 'infinity',
    updated_at = ratchet_internal.now()
  where id = v_kept.id and not is_paused;
end $$;
comment on function ratchet.pause_schedule(text, text) is
  'Lets a schedule rest until it is resumed.';
