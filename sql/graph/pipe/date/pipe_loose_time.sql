-- Puts together what was found in a loosely written date: two or three numbers (with a month name
-- day and year in either order, or one of them; without one month, day, year, or the year first), a
-- time of day, a zone in minutes. Years below 50 are of this century, others below 100 of the last.

create function ratchet_internal.pipe_loose_time(
  p_numbers float8[], p_month int, p_time text[], p_zone float8
) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_day float8;
  v_month float8 := p_month;
  v_year float8;
  v_hour int := p_time[1]::int;
begin
  if v_month is not null and cardinality(p_numbers) = 1
    and p_numbers[1] not between 1 and 31
  then
    v_day := 1;
    v_year := p_numbers[1];
  elsif v_month is not null and cardinality(p_numbers) in (1, 2) then
    v_day := p_numbers[1];
    v_year := coalesce(p_numbers[2], 2001);
    if v_day > 31 and cardinality(p_numbers) = 2 then
      v_day := p_numbers[2];
      v_year := p_numbers[1];
    end if;
  elsif v_month is null and cardinality(p_numbers) in (2, 3) then
    v_month := p_numbers[1];
    v_day := p_numbers[2];
    v_year := coalesce(p_numbers[3], 2001);
    if v_month > 31 and cardinality(p_numbers) = 3 then
      v_year := p_numbers[1];
      v_month := p_numbers[2];
      v_day := p_numbers[3];
    end if;
  else
    return 'NaN';
  end if;
  if v_day not between 1 and 31 or v_month not between 1 and 12 then return 'NaN'; end if;
  if v_year < 50 then v_year := v_year + 2000;
  elsif v_year < 100 then v_year := v_year + 1900; end if;
  if v_hour > 24 or p_time[2]::int > 59 or p_time[3]::int > 59
    or p_time[5] is not null and v_hour not between 1 and 12 then return 'NaN'; end if;
  if p_time[5] is not null then
    v_hour := v_hour % 12 + case p_time[5] when 'pm' then 12 else 0 end;
  end if;
  return ratchet_internal.pipe_time(array[v_year, v_month - 1, v_day, coalesce(v_hour, 0),
    coalesce(p_time[2]::float8, 0) - p_zone, coalesce(p_time[3]::float8, 0),
    rpad(left(coalesce(p_time[4], '0'), 3), 3, '0')::float8]);
end $$;
comment on function ratchet_internal.pipe_loose_time(float8[], int, text[], float8) is
  'Milliseconds since 1970 of what was found in a loosely written date.';
