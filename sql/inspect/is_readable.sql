-- Whether Postgres can turn all of a JSON value into text: readable leaves nothing of it out, and
-- only writes some of it another way. Inlinable.

create function ratchet_internal.is_readable(p_value json) returns boolean
language sql immutable parallel safe
return p_value::text !~ E'\\\\u(0000|[dD][89a-fA-F])'
  or replace(p_value::text, E'\\\\', E'\\u005c') = ratchet_internal.readable(p_value)::text;
comment on function ratchet_internal.is_readable(json) is
  'Whether Postgres can turn all of a JSON value into text.';
