-- The one clock. Wall time, not the start of the transaction: a timer set inside a long transaction
-- is due relative to the moment it was set. Tests replace this function to move time.

create function ratchet_internal.now() returns timestamptz
language sql volatile parallel safe
return clock_timestamp();
comment on function ratchet_internal.now() is
  'The one clock of the engine: wall time of the database.';
