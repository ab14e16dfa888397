-- What becomes of jobs whose function failed: run again after a delay as their policy says, or,
-- when that is used up, ended with the error given. A blocked job (its code no longer fits its
-- history) is tried again every 30 seconds for ever, and counts no attempt: a fixed deployment lets
-- it go on. p_forgotten: position of the step whose failure ended the run and that is to be tried
-- again.
-- Locks: jobs (the caller has locked them), messages. Writes: jobs, messages, attributes.

create function ratchet_internal.retry_turns(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_errors json[], p_blocked boolean[],
  p_forgotten int[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ended record;
begin
  with failed as (
    update ratchet.jobs j
    set attempt = j.attempt + case when f.is_blocked then 0 else 1 end, error = f.error,
      updated_at = p_now
    from unnest(p_jobs, p_errors, p_blocked, p_forgotten)
      as f (job_id, error, is_blocked, forgotten)
    where j.id = f.job_id and j.status > 0
      and (f.is_blocked or ratchet_internal.is_retried(j.options, j.attempt + 1, null))
      and (select held.worker_id from ratchet_internal.messages held where held.job_id = f.job_id
        and held.address = '' and held.position = 0) = p_worker
    returning j.id, j.attempt, j.options, f.is_blocked, f.forgotten),
  forgotten as (
    delete from ratchet.jobs_attributes a using failed f
    where a.job_id = f.id and a.address = '' and a.position = f.forgotten and a.is_failed),
  again as (
    update ratchet_internal.messages m
    set worker_id = null, attempt = 1, due_at = p_now + case when f.is_blocked
      then interval '30 seconds' else ratchet_internal.retry_delay(f.options, f.attempt) end
    from failed f
    where m.job_id = f.id and m.address = '' and m.position = 0)
  select array_agg(f.job_id) as jobs, array_agg(f.error) as errors,
    array_agg(null::json) as results
  into v_ended
  from unnest(p_jobs, p_errors) as f (job_id, error)
  where not exists (select from failed where id = f.job_id);
  if v_ended.jobs is not null then
    perform ratchet_internal.end_jobs(p_worker, p_now, v_ended.jobs, v_ended.results,
      v_ended.errors);
  end if;
end $$;
comment on function ratchet_internal.retry_turns(
  bigint, timestamptz, bigint[], json[], boolean[], int[]) is
  'Runs jobs whose function failed again after a delay, or ends them when their retries are '
  'used up.';
