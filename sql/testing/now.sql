-- Takes the place of the engine's one clock in databases made by the test kit.

create or replace function ratchet_internal.now() returns timestamptz
language sql volatile parallel safe
set search_path = pg_catalog, pg_temp
as 'select clock_timestamp() + ahead from ratchet_testing.clock';
comment on function ratchet_internal.now() is
  'The clock of the engine in a database of the test kit: the server''s, and how far it is ahead.';
