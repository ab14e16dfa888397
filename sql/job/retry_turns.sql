-- What becomes of threads whose function failed: run again after a delay as the policy of the hook,
-- of the job, or of the worker says; when that is used up, the job ends with the error given. A
-- blocked function (its code no longer fits its history) is tried again every 30 seconds for ever,
-- and counts no attempt: a fixed deployment lets it go on. One that was asked to cancel itself
-- while it ran is run again at once. p_forgotten: position of the step whose failure ended the run
-- and that is to be tried again.
-- Locks: jobs (the caller has locked them), messages. Writes: jobs, threads, messages, attributes.

create function ratchet_internal.retry_turns(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_errors json[],
  p_blocked boolean[], p_forgotten int[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ended record;
begin
  with given as materialized (
    select f.job_id, coalesce(f.address, '') as address, f.error, f.is_blocked, f.forgotten,
      0 as turn -- a number known to the plan would do to scan all threads by
    from unnest(p_jobs, p_addresses, p_errors, p_blocked, p_forgotten)
      as f (job_id, address, error, is_blocked, forgotten)
    where (
      select held.worker_id from ratchet_internal.messages held where held.job_id = f.job_id
        and held.address = coalesce(f.address, '') and held.position = 0) = p_worker),
  main as (
    update ratchet.jobs j
    set attempt = j.attempt + case when g.is_blocked then 0 else 1 end, error = g.error,
      updated_at = p_now
    from given g
    where not ratchet_internal.is_hook(g.address) and j.id = any (array[g.job_id]) and j.status > 0
      and (g.is_blocked or ratchet_internal.is_retried(ratchet_internal.policy_of(j.options,
        p_worker, j.namespace, j.queue, j.workflow), j.attempt + 1, null))
    returning g.*, j.attempt, j.cancel_requested_at, ratchet_internal.policy_of(j.options, p_worker,
      j.namespace, j.queue, j.workflow) as options),
  hook as (
    update ratchet.threads t
    set attempt = t.attempt + case when g.is_blocked then 0 else 1 end, error = g.error
    from given g join ratchet.jobs j on j.id = any (array[g.job_id]) and j.status > 0
    where t.job_id = any (array[g.job_id]) and t.address = g.address
      and (g.is_blocked or ratchet_internal.is_retried(ratchet_internal.policy_of(
        coalesce(t.options, j.options), p_worker, j.namespace, t.queue, t.workflow),
        t.attempt + 1, null))
    returning g.*, t.attempt, case when not t.is_shielded then j.cancel_requested_at end,
      ratchet_internal.policy_of(coalesce(t.options, j.options), p_worker, j.namespace, t.queue,
      t.workflow) as options),
  failed as (select * from main union all select * from hook),
  forgotten as (
    delete from ratchet.jobs_attributes a using failed f
    where a.job_id = any (array[f.job_id]) and a.address = f.address and a.position = f.forgotten
      and a.is_failed),
  again as (
    update ratchet_internal.messages m
    set worker_id = null, attempt = 1, due_at = p_now + case
      when f.cancel_requested_at >= m.due_at then interval '0' -- it was claimed before that
      when f.is_blocked then interval '30 seconds'
      else ratchet_internal.retry_delay(f.options, f.attempt) end
    from failed f
    where m.job_id = any (array[f.job_id]) and m.address = f.address and m.position = f.turn)
  select array_agg(g.job_id) as jobs, array_agg(g.address) as addresses,
    array_agg(g.error) as errors, array_agg(null::json) as results
  into v_ended
  from given g
  where (g.job_id, g.address) not in (select job_id, address from failed);
  if v_ended.jobs is not null then
    perform ratchet_internal.end_jobs(p_worker, p_now, v_ended.jobs, v_ended.addresses,
      v_ended.results, v_ended.errors);
  end if;
end $$;
comment on function ratchet_internal.retry_turns(
  bigint, timestamptz, bigint[], text[], json[], boolean[], int[]) is
  'Runs functions that failed again after a delay, or ends their jobs when their retries are '
  'used up.';
