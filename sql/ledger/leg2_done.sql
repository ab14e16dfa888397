-- A ledger after its second leg: the answer is recorded, the step is closed for good.
-- Attempts only grow: the count reported with the answer replaces a smaller one.
-- Inlinable, as leg1_done is.

create function ratchet_internal.leg2_done(p_ledger bigint, p_attempts int) returns bigint
language sql immutable parallel safe
return p_ledger + 1
  + case when p_ledger < 200000000000000 then 200000000000000 else 0 end
  + 1000000000000 * greatest(least(p_attempts, 99) - p_ledger / 1000000000000 % 100, 0);
comment on function ratchet_internal.leg2_done(bigint, int) is
  'A ledger after its second leg: entered once more, finalized, with at least p_attempts attempts.';
