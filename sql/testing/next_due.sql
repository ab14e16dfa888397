-- When something becomes due next, for a worker that is registered; null when nothing ever does. A
-- job that is blocked, because its code does not fit its history, is tried again in vain.

create function ratchet_testing.next_due(p_now timestamptz) returns timestamptz
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select min(due_at) from (
    select m.due_at from ratchet_internal.messages m
    join ratchet_internal.worker_routes r on r.queue = m.queue and r.workflow = m.workflow
      and r.namespace = m.namespace
    join ratchet.jobs j on j.id = m.job_id
    where m.worker_id is null and m.due_at > p_now
      and (m.kind <> 'turn' or ratchet_internal.number_of(j.error, 'code', 0) <> 902)
    union all
    select look_at from ratchet.schedules where look_at > p_now) next (due_at)
  where due_at < 'infinity'
$$;
comment on function ratchet_testing.next_due(timestamptz) is
  'When something becomes due next, for a worker that is registered.';
