-- j.is_live, written like a column: whether the job runs, or has ended and is still to be kept,
-- or is reserved and may still be started.

create function ratchet.is_live(p_job ratchet.jobs) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(ratchet.expired_at(p_job) > ratchet_internal.now(), true)
$$;
comment on function ratchet.is_live(ratchet.jobs) is
  'j.is_live: whether the job runs, or has ended and its time has not.';
