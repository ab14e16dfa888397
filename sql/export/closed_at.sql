-- When an execution was over: when its function returned, which a persistent job outlives; else
-- when the job ended; null while it runs.

create function ratchet_internal.closed_at(p_job ratchet.jobs) returns timestamptz
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case when p_job.error is null then coalesce(p_job.returned_at, p_job.finished_at)
    else p_job.finished_at end
$$;
comment on function ratchet_internal.closed_at(ratchet.jobs) is
  'When an execution was over: its function had returned, or the job ended.';
