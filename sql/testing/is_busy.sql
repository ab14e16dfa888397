-- Whether there is something to do now for a worker that is registered. What a function does in a
-- worker's memory is not seen from here.

create function ratchet_testing.is_busy(p_now timestamptz) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
      select from ratchet_internal.messages m
      where m.worker_id is not null and m.kind in ('activity', 'result'))
    or exists (
      select from ratchet_internal.messages m
      join ratchet_internal.worker_routes r on r.queue = m.queue and r.workflow = m.workflow
        and r.namespace = m.namespace
      where m.worker_id is null and m.due_at <= p_now)
    or exists (select from ratchet.schedules where look_at <= p_now)
    or exists (select from ratchet_internal.signals where is_new)
    or exists (select from ratchet_internal.messages where kind = 'wait' and attempt = 0)
$$;
comment on function ratchet_testing.is_busy(timestamptz) is
  'Whether there is something to do now for a worker that is registered.';
