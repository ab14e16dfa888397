-- What a date function is given, as milliseconds since 1970: a date, a number, ISO 8601 text, or
-- text that begins with a whole number of milliseconds. An invalid date is NaN.
-- Raises: WF107.

create function ratchet_internal.pipe_date(p_function text, p_value jsonb) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_time float8;
begin
  case ratchet_internal.pipe_kind(p_value)
    when 'date' then return ratchet_internal.pipe_number(p_value);
    when 'number' then
      v_time := ratchet_internal.pipe_number(p_value);
    when 'text' then
      v_time := ratchet_internal.pipe_parse_iso(p_value #>> '{}');
      if v_time is null then
        v_time := ratchet_internal.pipe_parse_int(p_value #>> '{}', 10);
        if v_time = 'NaN' then
          perform ratchet_internal.pipe_fail(p_function, 'the text is not a date');
        end if;
      end if;
    else
      perform ratchet_internal.pipe_fail(p_function, 'the first argument is not a date');
  end case;
  return case when abs(v_time) <= 8.64e15 then trunc(v_time) + 0 else 'NaN' end;
end $$;
comment on function ratchet_internal.pipe_date(text, jsonb) is
  'What a date function is given, as milliseconds since 1970.';
