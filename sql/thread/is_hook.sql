-- Whether an address is that of a hook thread. Inlinable: part of set-based statements.

create function ratchet_internal.is_hook(p_address text) returns boolean
language sql immutable parallel safe
return left(p_address, 1) = 'h';
comment on function ratchet_internal.is_hook(text) is
  'Whether an address is that of a hook thread, with a row in ratchet.threads.';
