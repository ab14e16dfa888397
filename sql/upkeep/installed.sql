-- An installation by psql holds everything that the migrations do: it is recorded as such, so that
-- a later installer continues from here. Left out of the migrations, which are recorded one by one.

insert into ratchet_internal.migrations (name, run_on) values
  ('0001_pre_engine', ratchet_internal.now());
