-- Which of the given jobs the worker does not hold: stopped from outside, or ended by an earlier, unanswered
-- repetition of the same call.

create function ratchet_internal.lost_jobs(p_worker bigint, p_jobs bigint[]) returns bigint[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array_agg(distinct given.job_id)
  from unnest(p_jobs) as given (job_id)
  left join ratchet_internal.messages held on held.job_id = given.job_id
    and held.address = '' and held.position = 0 and held.worker_id = p_worker
  where held.job_id is null
$$;
comment on function ratchet_internal.lost_jobs(bigint, bigint[]) is
  'Which of the given jobs the worker does not hold.';
