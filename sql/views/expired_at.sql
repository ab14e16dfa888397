-- j.expired_at, written like a column: when the time of a finished job is over; null while it runs,
-- and where prune decides.

create function ratchet.expired_at(p_job ratchet.jobs) returns timestamptz
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select (p_job).finished_at
    + make_interval(secs => least(greatest((p_job).expire_seconds, 0), 1e10))
  where (p_job).expire_seconds is not null
$$;
comment on function ratchet.expired_at(ratchet.jobs) is
  'j.expired_at: when the time of a finished job is over; null while it runs or prune decides.';
