-- Lets a schedule go on after a pause, also if a failed run had ended it. Returns its next
-- occurrence.
-- Locks: the schedule. Writes: schedules. Wakes: an idle worker. Raises: WF203, WF605. Idempotent.

create function ratchet.resume_schedule(p_id text, p_namespace text default 'durable')
returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new ratchet.schedules := ratchet_internal.lock_schedule(p_id, p_namespace);
begin
  if v_new.is_paused then
    v_new.is_paused := false;
    v_new := ratchet_internal.from_now(v_new);
    update ratchet.schedules set is_paused = false, next_at = v_new.next_at,
      look_at = v_new.look_at, forgotten_key = v_new.forgotten_key, problem = null,
      updated_at = v_new.updated_at
    where id = v_new.id;
    perform ratchet_internal.wake_idle();
  end if;
  return v_new.next_at;
end $$;
comment on function ratchet.resume_schedule(text, text) is
  'Lets a paused schedule go on; returns its next occurrence.';
