-- The parts of a date in UTC: year, month (from 0), day, hour, minute, second, millisecond, and the
-- weekday (0 is Sunday). The date is finite.

create function ratchet_internal.pipe_date_parts(p_time float8) returns float8[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_days float8 := floor(p_time / 86400000);
  v_rest float8 := p_time - v_days * 86400000;
  v_era float8 := floor((v_days + 719468) / 146097);
  v_of_era float8 := v_days + 719468 - v_era * 146097;
  v_year float8;
  v_of_year float8;
  v_month float8;
begin
  -- The reverse of pipe_day_number: eras of 400 years, which begin in March.
  v_year := floor((v_of_era - floor(v_of_era / 1460) + floor(v_of_era / 36524)
    - floor(v_of_era / 146096)) / 365);
  v_of_year := v_of_era - (365 * v_year + floor(v_year / 4) - floor(v_year / 100));
  v_month := floor((5 * v_of_year + 2) / 153);
  return array[
    v_year + v_era * 400 + case when v_month >= 10 then 1 else 0 end,
    case when v_month < 10 then v_month + 2 else v_month - 10 end,
    v_of_year - floor((153 * v_month + 2) / 5) + 1,
    floor(v_rest / 3600000), floor(v_rest / 60000) - floor(v_rest / 3600000) * 60,
    floor(v_rest / 1000) - floor(v_rest / 60000) * 60,
    v_rest - floor(v_rest / 1000) * 1000,
    v_days + 4 - floor((v_days + 4) / 7) * 7];
end $$;
comment on function ratchet_internal.pipe_date_parts(float8) is
  'The parts of a date in UTC: year, month from 0, day, time of day, weekday.';
