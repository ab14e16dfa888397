-- The tasks that steps of jobs published: for the worker that tells of them. Steps without one are
-- left out.

create function ratchet.escalations_of_steps(
  p_jobs bigint[], p_addresses text[], p_positions int[]
) returns setof json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.escalation_entry(e)
  from unnest(p_jobs, p_addresses, p_positions) as s (job_id, address, at)
  join ratchet.escalations e
    on e.job_id = any (array[s.job_id]) and e.address = s.address and e.position = s.at
$$;
comment on function ratchet.escalations_of_steps(bigint[], text[], int[]) is
  'The tasks that steps of jobs published.';
