-- The kind of a value while it is evaluated: undefined, null, boolean, number, text, list, object,
-- date. SQL NULL is undefined; what JSON cannot hold is an object with the key "$" (README.md).
-- It has no search_path of its own so that it can be inlined: its body is bound when it is created.

create function ratchet_internal.pipe_kind(p_value jsonb) returns text
language sql immutable parallel safe
return case jsonb_typeof(p_value)
  when 'string' then 'text' when 'array' then 'list' when 'number' then 'number'
  when 'boolean' then 'boolean' when 'null' then 'null'
  when 'object' then
    case when not p_value ? '$' then 'object'
      when p_value = '{"$": "undefined"}' then 'undefined'
      when p_value in ('{"$": "NaN"}', '{"$": "Infinity"}', '{"$": "-Infinity"}', '{"$": "-0"}')
        then 'number'
      when p_value -> '$' = '"date"' and p_value ? 'value' and p_value - '$' - 'value' = '{}'
        then 'date'
      else 'object' end
  else 'undefined' end;
comment on function ratchet_internal.pipe_kind(jsonb) is
  'The kind of a value: undefined, null, boolean, number, text, list, object or date.';
