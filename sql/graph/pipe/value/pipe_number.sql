-- A value as a number: undefined is NaN, null 0, a list is read through its text, a date is its
-- milliseconds, another object NaN.

create function ratchet_internal.pipe_number(p_value jsonb) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type text := jsonb_typeof(p_value);
  v_number numeric;
begin
  if v_type = 'number' then
    v_number := p_value::numeric;
    if abs(v_number) < 1e300 and (abs(v_number) > 1e-300 or v_number = 0) then
      return v_number::float8;
    end if;
    return ratchet_internal.pipe_double(v_number);
  end if;
  if v_type = 'string' then
    return ratchet_internal.pipe_text_number(p_value #>> '{}');
  end if;
  return case v_type
    when 'boolean' then p_value::boolean::int
    when 'null' then 0
    when 'array' then
      ratchet_internal.pipe_text_number(ratchet_internal.pipe_text(p_value))
    else case ratchet_internal.pipe_kind(p_value)
      when 'number' then (p_value ->> '$')::float8
      when 'date' then
        coalesce(ratchet_internal.pipe_parse_iso(p_value ->> 'value'), 'NaN')
      else 'NaN' end
    end;
end $$;
comment on function ratchet_internal.pipe_number(jsonb) is
  'A value as a number (ToNumber of JavaScript).';
