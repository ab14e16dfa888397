-- Whether the options of a start ask for a notification of the end and for nothing else, as those
-- of a program that waits for the result do: they need not be read, which takes a quarter of a
-- start. Inlinable.

create function ratchet_internal.asks_to_watch(p_options json) returns boolean
language sql immutable parallel safe
return p_options::text = '{"watch":true}';
comment on function ratchet_internal.asks_to_watch(json) is
  'Whether the options of a start ask for a notification of the end and for nothing else.';
