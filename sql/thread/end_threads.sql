-- Ends hook threads whose function returned: what is left of them in messages goes, and their job
-- has an obligation less. It cannot be the last one: the main function has ended with its job, and
-- a persistent job counts itself.
-- Main functions that continue as new, those with an input, begin their next generation.
-- Locks: the jobs (the caller has locked them), then messages, in order. Writes: jobs, threads,
-- messages, escalations.

create function ratchet_internal.end_threads(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_inputs json[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ended record;
begin
  with ended as (
    update ratchet.threads t set ended_at = p_now, error = null
    from unnest(p_jobs, p_addresses, p_inputs) as e (job_id, address, input)
    where e.input is null and t.job_id = any (array[e.job_id]) and t.address = e.address and (
      select held.worker_id from ratchet_internal.messages held where held.job_id = e.job_id
        and held.address = e.address and held.position = 0) = p_worker
    returning t.job_id, t.address),
  counted as (
    update ratchet.jobs j set status = j.status - e.count, updated_at = p_now
    from (select job_id, count(*)::int as count from ended group by job_id order by job_id) e
    where j.id = any (array[e.job_id]))
  select array_agg(job_id) as jobs, array_agg(address) as addresses into v_ended from ended;
  perform ratchet_internal.drop_threads(p_now, v_ended.jobs, v_ended.addresses);
  perform ratchet_internal.continue_jobs(p_worker, p_now, p_jobs, p_addresses, p_inputs);
end $$;
comment on function ratchet_internal.end_threads(
  bigint, timestamptz, bigint[], text[], json[]) is
  'Ends hook threads whose function returned, and begins the next generation of main functions.';
