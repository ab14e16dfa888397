-- The tasks that were cancelled with the jobs that steps stopped: for the worker that tells of
-- them. Steps that stopped nothing are left out.

create function ratchet.stopped_escalations(
  p_jobs bigint[], p_addresses text[], p_positions int[]
) returns setof json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.escalation_entry(e)
  from unnest(p_jobs, p_addresses, p_positions) as s (job_id, address, at)
  join ratchet.jobs_attributes a
    on a.job_id = s.job_id and a.address = s.address and a.position = s.at and a.kind = 'terminate'
  join ratchet.jobs own on own.id = s.job_id
  join ratchet.jobs j on j.namespace = own.namespace
    and j.key = ratchet_internal.step_name(a.address, a.field)
    and (a.value = 'true' or j.id = own.id)
  join ratchet.escalations e on e.workflow_id = j.key and e.namespace = j.namespace
    and e.status = 'cancelled' and e.updated_at = j.finished_at
  where j.status < 0
$$;
comment on function ratchet.stopped_escalations(bigint[], text[], int[]) is
  'The tasks that were cancelled with the jobs that steps stopped.';
