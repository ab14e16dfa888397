-- Whether a cron expression ticks on a day: its month is allowed and its day or its weekday is; a
-- field that allows everything does not count when the other one is restricted.

create function ratchet_internal.pipe_cron_is_day(
  p_day date, p_days int[], p_months int[], p_weekdays int[]
) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_day int := extract(day from p_day);
  v_weekday int := extract(dow from p_day);
  v_is_last_week boolean := extract(month from p_day + 7) <> extract(month from p_day);
  v_is_any_day boolean := p_days @> array(select n from generate_series(1, 31) as n);
  v_is_any_weekday boolean := p_weekdays @> '{0,1,2,3,4,5,6}';
  v_is_day boolean;
  v_is_weekday boolean;
begin
  if not extract(month from p_day)::int = any (p_months) then return false; end if;
  v_is_day := v_day = any (p_days)
    or 100 = any (p_days) and extract(day from p_day + 1) = 1;
  v_is_weekday := v_weekday = any (p_weekdays)
    or v_is_last_week and 100 + v_weekday = any (p_weekdays)
    or 200 + v_weekday * 10 + (v_day + 6) / 7 = any (p_weekdays);
  return case when v_is_any_day then v_is_weekday when v_is_any_weekday then v_is_day
    else v_is_day or v_is_weekday end;
end $$;
comment on function ratchet_internal.pipe_cron_is_day(date, int[], int[], int[]) is
  'Whether a cron expression ticks on a day.';
