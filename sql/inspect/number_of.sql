-- Reads a number out of options that anybody may have written. Total: whatever stands there, the
-- answer is a number that can be calculated with (below 1e118), or the default. Inlinable.

create function ratchet_internal.number_of(p_object json, p_key text, p_default float8)
returns float8
language sql immutable parallel safe
return case when json_typeof(ratchet_internal.readable(p_object) -> p_key) = 'number'
    and ratchet_internal.readable(p_object) ->> p_key
      ~ E'^-?[0-9]{1,18}(\\.[0-9]{1,18})?([eE][-+]?[0-9]{1,2})?$'
  then (ratchet_internal.readable(p_object) ->> p_key)::float8 else p_default end;
comment on function ratchet_internal.number_of(json, text, float8) is
  'The number that an object has under a key; the default where it has none, or none of a sane '
  'size.';
