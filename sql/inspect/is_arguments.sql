-- Whether a value may be the arguments of a function: an array, or what a codec of the driver made
-- of one, which is a string that begins with /b: and cannot be read here. Inlinable: used per row
-- of bulk starts.

create function ratchet_internal.is_arguments(p_value json) returns boolean
language sql immutable parallel safe
return coalesce(json_typeof(p_value) = 'array' or starts_with(p_value::text, '"/b:'), false);
comment on function ratchet_internal.is_arguments(json) is
  'Whether a value is an array, or an encoded one.';
