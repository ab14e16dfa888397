-- Tells a worker which of the given jobs it does not hold: stopped from outside, or ended by an
-- earlier, unanswered repetition of the same call.

create function ratchet_internal.lost_jobs(p_worker bigint, p_jobs bigint[])
returns setof ratchet.work
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_jobs is null then return; end if;
  return query
  select 'lost', given.job_id, null, null::int, null::int, null, null, null, null, null,
    null::json, null::json, null::boolean, null::boolean, null
  from (select distinct job_id from unnest(p_jobs) as each (job_id)) given
  where (
    select held.worker_id from ratchet_internal.messages held where held.job_id = given.job_id
      and held.address = '' and held.position = 0) is distinct from p_worker;
end $$;
comment on function ratchet_internal.lost_jobs(bigint, bigint[]) is
  'One row of kind lost for each of the given jobs that the worker does not hold.';
