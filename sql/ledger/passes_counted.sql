-- A ledger of an activity of a graph that was entered several times under one pass of its parent:
-- that of its first pass counts them all. It only grows. Inlinable, as leg1_done is.

create function ratchet_internal.passes_counted(p_ledger bigint, p_passes int) returns bigint
language sql immutable parallel safe
return p_ledger + greatest(p_passes - p_ledger % 100000000, 0);
comment on function ratchet_internal.passes_counted(bigint, int) is
  'A ledger that counts so many passes of its activity.';
