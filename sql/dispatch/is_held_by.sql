-- Whether a message is held by a worker. Written so that no index can serve it: batches find their
-- messages by key, and statistics of a small, busy table would tempt the planner to go through all
-- that the worker holds for each of them. Inlinable: part of set-based statements.

create function ratchet_internal.is_held_by(p_holder bigint, p_worker bigint) returns boolean
language sql immutable parallel safe
return p_holder is not distinct from p_worker;
comment on function ratchet_internal.is_held_by(bigint, bigint) is
  'Whether a message, found by its key, is held by a worker.';
