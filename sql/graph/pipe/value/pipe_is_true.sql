-- Whether a value counts as true: all but false, 0, NaN, empty text, null and undefined.

create function ratchet_internal.pipe_is_true(p_value jsonb) returns boolean
language sql immutable parallel safe
return case jsonb_typeof(p_value)
  when 'boolean' then p_value = 'true'
  when 'string' then p_value <> '""'
  when 'number' then p_value <> '0'
  when 'array' then true
  when 'object' then
    p_value not in ('{"$": "undefined"}', '{"$": "NaN"}', '{"$": "-0"}')
  else false end;
comment on function ratchet_internal.pipe_is_true(jsonb) is
  'Whether a value counts as true.';
