-- Milliseconds since 1970 of a year, month (from 0), day, hour, minute, second and millisecond in
-- UTC. Parts out of their range roll over. NaN when a part is not a finite number, or the time is
-- further from 1970 than a date may be.

create function ratchet_internal.pipe_time(p_parts float8[]) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_parts float8[];
  v_time float8;
begin
  for i in 1..7 loop
    if p_parts[i] is null or p_parts[i] in ('NaN', 'Infinity', '-Infinity')
      or abs(p_parts[i]) > 1e20 then return 'NaN'; end if;
    v_parts[i] := trunc(p_parts[i]);
  end loop;
  if abs(v_parts[1]) > 1e9 or abs(v_parts[2]) > 1e9 then return 'NaN'; end if;
  v_time := ratchet_internal.pipe_day_number(v_parts[1], v_parts[2], v_parts[3]) * 86400000
    + (v_parts[4] * 3600000 + v_parts[5] * 60000 + v_parts[6] * 1000 + v_parts[7]);
  return case when abs(v_time) > 8.64e15 then 'NaN' else v_time + 0 end;
end $$;
comment on function ratchet_internal.pipe_time(float8[]) is
  'Milliseconds since 1970 of seven parts of a date in UTC; NaN when there is no such date.';
