-- j.expired_at, written like a column: when the time of a finished job is over, or that of a
-- reserved id; null while a job runs, and where prune decides.

create function ratchet.expired_at(p_job ratchet.jobs) returns timestamptz
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case when (p_job).status = -1 then (p_job).pending_until
    when (p_job).expire_seconds is not null then (p_job).finished_at
      + make_interval(secs => least(greatest((p_job).expire_seconds, 0), 1e10)) end
$$;
comment on function ratchet.expired_at(ratchet.jobs) is
  'j.expired_at: when the time of a finished job, or of a reserved id, is over; null while it runs '
  'or prune decides.';
