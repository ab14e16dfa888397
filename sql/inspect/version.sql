-- The version of the schema; a driver works with the one it was made for and says so otherwise.

create function ratchet.version() returns int
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as 'select 1';
comment on function ratchet.version() is
  'Version of the installed schema, counted up with each release that changes it.';
