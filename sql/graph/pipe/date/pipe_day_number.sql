-- Days from 1 January 1970 to a day of the Gregorian calendar; any whole numbers, so that the 32nd
-- is the 1st of the next month. p_month counts from 0.

create function ratchet_internal.pipe_day_number(
  p_year float8, p_month float8, p_day float8
) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_year float8 := p_year + floor(p_month / 12);
  v_month int := p_month - floor(p_month / 12) * 12;
  v_era float8;
  v_of_era float8;
begin
  -- Years begin in March here, so that the leap day is the last of the year.
  if v_month < 2 then v_year := v_year - 1; end if;
  v_era := floor(v_year / 400);
  v_of_era := v_year - v_era * 400;
  return v_era * 146097 + v_of_era * 365 + floor(v_of_era / 4) - floor(v_of_era / 100)
    + floor((153 * ((v_month + 10) % 12) + 2) / 5.0::float8) + p_day - 1 - 719468;
end $$;
comment on function ratchet_internal.pipe_day_number(float8, float8, float8) is
  'Days from 1 January 1970 to a day of the Gregorian calendar.';
