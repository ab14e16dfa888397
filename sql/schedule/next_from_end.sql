-- The occurrence one interval after a time, of a schedule that counts from the end of its runs;
-- infinity when it would be later than the schedule's own end.

create function ratchet_internal.next_from_end(p_schedule ratchet.schedules, p_from timestamptz)
returns timestamptz
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when at > p_schedule.ends_at then 'infinity' else at end
  from (select ratchet_internal.after(p_from, p_schedule.every_ms) as at) next
$$;
comment on function ratchet_internal.next_from_end(ratchet.schedules, timestamptz) is
  'The occurrence one interval after a time; infinity when that is after the schedule''s end.';
