-- Whether nothing will come of a schedule any more: it has ended, or its last run failed where that
-- is the end, and that run is over.

create function ratchet_internal.is_schedule_over(p_schedule ratchet.schedules) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(j.status, 0) <= 0
    and (p_schedule.next_at = 'infinity' or p_schedule.stops_on_failure and j.error is not null
      and p_schedule.last_key is distinct from p_schedule.forgotten_key)
  from (values (p_schedule.last_key, p_schedule.namespace)) as last (key, namespace)
  left join ratchet.jobs j on j.key = last.key and j.namespace = last.namespace
$$;
comment on function ratchet_internal.is_schedule_over(ratchet.schedules) is
  'Whether nothing will come of a schedule any more.';
