-- Which migrations this database has seen. The shape is that of node-pg-migrate, which writes the
-- rows when it installs; it creates the table itself, before its first migration.

create table if not exists ratchet_internal.migrations (
  id serial primary key,
  name varchar(255) not null,
  run_on timestamp not null
);
comment on table ratchet_internal.migrations is
  'The migrations that were applied to this database, in order.';
comment on column ratchet_internal.migrations.id is 'Order of application.';
comment on column ratchet_internal.migrations.name is 'File name without its ending.';
comment on column ratchet_internal.migrations.run_on is 'When it was applied, in session time.';
