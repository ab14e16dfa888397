-- The recorded answers of operations on the data of jobs that this exchange reports, whether it has
-- carried them out or one before it, whose answer was lost, had.

create function ratchet_internal.data_answers(
  p_jobs bigint[], p_addresses text[], p_positions int[]
) returns setof ratchet.work
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select 'result', a.job_id, a.address, a.position, null::int, null, null, null, null, null,
    null::json, null::json, a.is_failed, false, a.value, null::bigint
  from unnest(p_jobs, p_addresses, p_positions) with ordinality
    as s (job_id, address, at, ordinal)
  join ratchet.jobs_attributes a
    on a.job_id = any (array[s.job_id]) and a.address = s.address and a.position = s.at
  where a.kind in ('search', 'entity')
  order by s.ordinal
$$;
comment on function ratchet_internal.data_answers(bigint[], text[], int[]) is
  'The recorded answers of operations on the data of jobs.';
