-- Tells a worker which of the given threads it does not hold: their job was stopped from outside or
-- has ended, or an earlier, unanswered repetition of the same call ended them. If there are fewer
-- addresses than jobs, the first of the jobs stand for their main functions.

create function ratchet_internal.lost_jobs(
  p_worker bigint, p_jobs bigint[], p_addresses text[]
)
returns setof ratchet.work
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_jobs is null then return; end if;
  return query
  select 'lost', given.job_id, given.address, null::int, null::int, null, null, null, null, null,
    null::json, null::json, null::boolean, null::boolean, null, null::bigint
  from (select distinct job_id, ratchet_internal.thread_of(coalesce(address, '')) as address
    from unnest(p_jobs, array_fill(''::text, array[
      cardinality(p_jobs) - coalesce(cardinality(p_addresses), 0)]) || p_addresses)
      as each (job_id, address)) given
  where (
    select held.worker_id from ratchet_internal.messages held where held.job_id = given.job_id
      and held.address = given.address and held.position = 0) is distinct from p_worker;
end $$;
comment on function ratchet_internal.lost_jobs(bigint, bigint[], text[]) is
  'One row of kind lost for each of the given threads that the worker does not hold.';
