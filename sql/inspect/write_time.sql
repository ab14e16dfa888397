-- The clock for those who write messages. The transaction has its number before the clock is read,
-- and so no message can be older than its transaction: see remember_look.
create function ratchet_internal.write_time() returns timestamptz
language sql volatile
return case when pg_current_xact_id() is not null then ratchet_internal.now() end;
comment on function ratchet_internal.write_time() is
  'The time, read after the transaction was numbered.';
