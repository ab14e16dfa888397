-- Whether each statement sees what was committed before it, which decisions of the engine rely on.
create function ratchet_internal.is_read_committed() returns boolean
language sql stable
return current_setting('transaction_isolation') = 'read committed';
comment on function ratchet_internal.is_read_committed() is
  'Whether the transaction is READ COMMITTED.';
