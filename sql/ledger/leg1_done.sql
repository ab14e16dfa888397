-- A ledger after its first leg: the step is recorded and whatever must make it move is committed.
-- Inlinable (no search_path setting): it is part of set-based inserts and names only operators
-- of pg_catalog on built-in types.

create function ratchet_internal.leg1_done(p_attempts int) returns bigint
language sql immutable parallel safe
return 100000000000 + 1000000000000 * least(p_attempts, 99)::bigint;
comment on function ratchet_internal.leg1_done(int) is
  'A ledger after its first leg, entered p_attempts times (0-99, capped).';
