-- Whether a ledger says that its step is closed. Inlinable, as leg1_done is.

create function ratchet_internal.is_final(p_ledger bigint) returns boolean
language sql immutable parallel safe
return p_ledger >= 200000000000000;
comment on function ratchet_internal.is_final(bigint) is
  'Whether a ledger says that its step is closed: its answer is recorded and will not change.';
