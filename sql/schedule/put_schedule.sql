-- Inserts a schedule that has been checked, and returns its next occurrence. One that is there
-- already must be the same; where it was not said when to start, it may have started before.
-- Locks: the row. Writes: schedules. Wakes: an idle worker. Raises: WF306.

create function ratchet_internal.put_schedule(p_new ratchet.schedules, p_is_start_open boolean)
returns timestamptz
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kept ratchet.schedules;
begin
  p_new.next_at := ratchet_internal.next_occurrence(p_new,
    p_new.created_at - interval '1 microsecond');
  p_new.look_at := case when p_new.is_paused then 'infinity' else p_new.next_at end;
  insert into ratchet.schedules (key, namespace, cron, every_ms, timezone, starts_at, ends_at,
    is_paused, catch_up, catch_up_ms, overlap, is_from_end, stops_on_failure, max_runs, workflow,
    queue, input, options, next_at, look_at, created_at, updated_at)
  values (p_new.key, p_new.namespace, p_new.cron, p_new.every_ms, p_new.timezone,
    p_new.starts_at, p_new.ends_at, p_new.is_paused, p_new.catch_up, p_new.catch_up_ms,
    p_new.overlap, p_new.is_from_end, p_new.stops_on_failure, p_new.max_runs, p_new.workflow,
    p_new.queue, p_new.input, p_new.options, p_new.next_at, p_new.look_at, p_new.created_at,
    p_new.updated_at)
  on conflict (key, namespace) do nothing;
  if found then
    perform ratchet_internal.wake_idle();
    return p_new.next_at;
  end if;
  -- A statement of its own: it sees the row that the one before waited for.
  select * into v_kept from ratchet.schedules where key = p_new.key and namespace = p_new.namespace;
  if ratchet_internal.schedule_terms(v_kept, p_is_start_open)
    is distinct from ratchet_internal.schedule_terms(p_new, p_is_start_open)
  then
    perform ratchet_internal.raise_error('WF306', 'schedule exists',
      jsonb_build_object('schedule', p_new.key, 'namespace', p_new.namespace),
      'A schedule with this id and other terms is kept: alter it, or delete it first.');
  end if;
  return v_kept.next_at;
end $$;
comment on function ratchet_internal.put_schedule(ratchet.schedules, boolean) is
  'Inserts a schedule, or finds that the same is there; returns its next occurrence.';
