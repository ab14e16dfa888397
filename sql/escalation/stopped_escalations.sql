-- The tasks that were cancelled with the jobs that steps stopped: for the worker that tells of
-- them. Steps that stopped nothing are left out.

create function ratchet.stopped_escalations(
  p_jobs bigint[], p_addresses text[], p_positions int[]
) returns setof json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select task
  from unnest(p_jobs, p_addresses, p_positions) as s (job_id, address, at)
  join ratchet.jobs_attributes a
    on a.job_id = any (array[s.job_id]) and a.address = s.address and a.position = s.at
      and a.kind = 'terminate'
  join ratchet.jobs j on j.id = any (array[s.job_id])
  cross join lateral ratchet_internal.step_name(a.address, a.field) as stopped (id)
  cross join lateral ratchet.cancelled_escalations(stopped.id, j.namespace) as task
  where a.value = 'true' or stopped.id = j.key
$$;
comment on function ratchet.stopped_escalations(bigint[], text[], int[]) is
  'The tasks that were cancelled with the jobs that steps stopped.';
