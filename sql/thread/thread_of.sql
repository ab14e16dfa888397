-- Thread that a row of the history belongs to: what follows a # in its address tells what it is.
-- Inlinable: part of set-based statements.

create function ratchet_internal.thread_of(p_address text) returns text
language sql immutable parallel safe
return split_part(p_address, '#', 1);
comment on function ratchet_internal.thread_of(text) is
  'Address of the thread that a row of the history belongs to.';
