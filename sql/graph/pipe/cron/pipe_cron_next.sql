-- The first tick of a cron expression after p_after, in UTC; null when the expression is invalid or
-- never ticks. Five fields (minute, hour, day, month, weekday) or six (a second before them); fewer
-- are the last ones. When both day and weekday are restricted, either may match. Looks ahead as far
-- as two leap days can be apart.

create function ratchet_internal.pipe_cron_next(
  p_expression text, p_after timestamptz
) returns timestamptz
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after timestamp := date_trunc('second', p_after at time zone 'UTC');
  v_text text := lower(ratchet_internal.pipe_trim(p_expression, 'both'));
  v_fields text[];
  v_seconds int[];
  v_minutes int[];
  v_hours int[];
  v_days int[];
  v_months int[];
  v_weekdays int[];
begin
  v_text := case v_text when '@yearly' then '0 0 1 1 *' when '@monthly' then '0 0 1 * *'
    when '@weekly' then '0 0 * * 0' when '@daily' then '0 0 * * *'
    when '@hourly' then '0 * * * *' else v_text end;
  v_fields := array(select m[1] from regexp_matches(v_text, '(\S+)', 'g') as m);
  if cardinality(v_fields) > 6 or length(v_text) > 1000 then return null; end if;
  while cardinality(v_fields) < 5 loop v_fields := array['*'] || v_fields; end loop;
  if cardinality(v_fields) = 5 then v_fields := array['0'] || v_fields; end if;
  v_seconds := ratchet_internal.pipe_cron_field('second', v_fields[1]);
  v_minutes := ratchet_internal.pipe_cron_field('minute', v_fields[2]);
  v_hours := ratchet_internal.pipe_cron_field('hour', v_fields[3]);
  v_days := ratchet_internal.pipe_cron_field('day', v_fields[4]);
  v_months := ratchet_internal.pipe_cron_field('month', v_fields[5]);
  v_weekdays := ratchet_internal.pipe_cron_field('weekday', v_fields[6]);
  if v_seconds is null or v_minutes is null or v_hours is null or v_days is null
    or v_months is null or v_weekdays is null then return null; end if;
  return (
    select d.day + t.time
    from (
      select v_after::date + n as day from generate_series(0, 3000) as n
      where ratchet_internal.pipe_cron_is_day(v_after::date + n, v_days, v_months, v_weekdays)
      order by n) d
    cross join lateral (
      select make_time(h, m, s)::interval as time
      from unnest(v_hours) as h, unnest(v_minutes) as m, unnest(v_seconds) as s
      where d.day + make_time(h, m, s) > v_after order by 1 limit 1) t
    limit 1) at time zone 'UTC';
end $$;
comment on function ratchet_internal.pipe_cron_next(text, timestamptz) is
  'The first tick of a cron expression after a time, in UTC; null when there is none.';
