-- The clock of the test kit: installed by `testEnvironment` into databases that it has made, never
-- by a migration. It is ahead of the server's by one number, which only grows.

create schema ratchet_testing;
create table ratchet_testing.clock (
  is_only boolean primary key default true,
  ahead interval not null,
  constraint "there is one clock" check (is_only)
);
insert into ratchet_testing.clock (ahead) values ('0');
comment on schema ratchet_testing is 'The movable clock of the test kit.';
comment on table ratchet_testing.clock is 'How far the clock of the engine is ahead: one row.';
comment on column ratchet_testing.clock.is_only is 'Always true: there is one row.';
comment on column ratchet_testing.clock.ahead is 'How far it is ahead of the server''s clock.';
