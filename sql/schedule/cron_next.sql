-- The first time after p_after that a cron rule allows in a time zone; null when there is none in
-- the next 44 years.
-- Where clocks are put forward, a time that is left out counts as many minutes later as are left
-- out (02:30 as 03:30). Where they are put back, a rule for every hour holds in both passes of the
-- repeated hour; any other in the first only.
-- Some hours before and after p_after are looked at, more than clocks are ever moved by.

create function ratchet_internal.cron_next(
  p_rule ratchet_internal.cron_rule, p_zone text, p_after timestamptz
) returns timestamptz
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
set jit = off
as $$
  with hour as materialized (
    select h.local from (
      -- In the order of time, and no further than is looked at.
      select d.day + make_interval(hours => unnest(p_rule.hours)) as local
      from (select (p_after at time zone p_zone)::date - 1 + generate_series(0, 16100) as day) d
      where ratchet_internal.is_cron_day(p_rule, d.day)) h
    where h.local >= p_after at time zone p_zone - interval '3 hours'
    limit 8),
  moved as materialized (
    select hour.local, t.at, (at - interval '3 hours') at time zone p_zone
        - (at + interval '1 hour') at time zone p_zone + interval '4 hours' as back
    from hour cross join lateral (select hour.local at time zone p_zone) as t (at)),
  minute as (
    select late.at, case when moved.back > interval '0'
        and (late.at - moved.back) at time zone p_zone = m.local
      then late.at - moved.back else late.at end as first_at
    from moved
    cross join unnest(p_rule.minutes) as u (minute)
    cross join lateral (select moved.local + make_interval(mins => u.minute)) as m (local)
    -- The hours in which clocks are not moved need no look at the time zone for each minute.
    cross join lateral (select case when moved.back = interval '0'
      then moved.at + make_interval(mins => u.minute) else m.local at time zone p_zone end)
      as late (at))
  select min(pass.at + make_interval(secs => case when pass.at > p_after then p_rule.seconds[1]
    else (select min(s) from unnest(p_rule.seconds) s
      where pass.at + make_interval(secs => s) > p_after) end))
  from minute
  cross join lateral (
    values (minute.first_at), (case when cardinality(p_rule.hours) = 24 then minute.at end)
  ) as pass (at)
  where pass.at > p_after - interval '1 minute'
$$;
comment on function ratchet_internal.cron_next(ratchet_internal.cron_rule, text, timestamptz) is
  'The first time after another that a cron rule allows in a time zone.';
