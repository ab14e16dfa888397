-- A date with one part, and those after it that are given, set to other values: date.set*. What is
-- out of range rolls over; a part that is left out stays. The zone of the host is UTC.
-- Raises: WF107.

create function ratchet_internal.pipe_date_set(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_time float8 := ratchet_internal.pipe_date(p_function, p_args[1]);
  v_part int := array_position('{FullYear,Month,Date,Hours,Minutes,Seconds,Milliseconds}',
    regexp_replace(p_function, E'^date\\.set(UTC)?', ''));
  v_number float8 := ratchet_internal.pipe_number(p_args[2]);
  v_parts float8[];
begin
  if v_part is null then
    return ratchet_internal.pipe_from_number(
      case when abs(v_number) <= 8.64e15 then trunc(v_number) + 0 else 'NaN' end);
  end if;
  if v_time = 'NaN' and v_part = 1 then v_time := 0; end if;
  if v_time = 'NaN' then return '{"$": "NaN"}'; end if;
  v_parts := ratchet_internal.pipe_date_parts(v_time);
  v_parts[v_part] := v_number;
  -- Setting the date part ends with the day, setting the time part with the milliseconds.
  for i in v_part + 1 .. case when v_part > 3 then 7 else 3 end loop
    continue when p_args[i - v_part + 2] is null
      or p_args[i - v_part + 2] = '{"$": "undefined"}';
    v_parts[i] := ratchet_internal.pipe_number(p_args[i - v_part + 2]);
  end loop;
  return ratchet_internal.pipe_from_number(ratchet_internal.pipe_time(v_parts[1:7]));
end $$;
comment on function ratchet_internal.pipe_date_set(text, jsonb[]) is
  'A date with parts set to other values, as milliseconds.';
