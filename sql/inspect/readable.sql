-- Postgres cannot turn \u0000 or half of a surrogate pair into text, and refuses to read any field
-- of a JSON value that holds one somewhere. Values of users may, so that whoever reads a field of
-- an object that could hold such a value reads it through here. A backslash that is escaped is
-- written as its number first, so that what follows it is not taken for an escape. Inlinable.

create function ratchet_internal.readable(p_value json) returns json
language sql immutable parallel safe
return case when strpos(p_value::text, E'\\u') = 0 then p_value
  else regexp_replace(replace(p_value::text, E'\\\\', E'\\u005c'), E'\\\\u0000'
    || E'|\\\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\\\u[dD][c-fC-F][0-9a-fA-F]{2})'
    || E'|(?<!\\\\u[dD][89abAB][0-9a-fA-F]{2})\\\\u[dD][c-fC-F][0-9a-fA-F]{2}', '', 'g')::json end;
comment on function ratchet_internal.readable(json) is
  'The value without the escapes that Postgres cannot turn into text, so that its fields can be'
  ' read.';
