-- Cancels the pending tasks of threads that end in this transaction without their job.
-- The caller has locked the jobs and what is left of the threads' messages. Locks: the tasks, in id
-- order. Writes: escalations.

create function ratchet_internal.drop_thread_tasks(
  p_now timestamptz, p_jobs bigint[], p_addresses text[]
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  with task as materialized (
    select id from ratchet.escalations
    where status = 'pending' and job_id = any (p_jobs)
      and (job_id, address) in (select * from unnest(p_jobs, p_addresses))
    order by id for update)
  update ratchet.escalations e set status = 'cancelled', updated_at = p_now
  from task where e.id = task.id
$$;
comment on function ratchet_internal.drop_thread_tasks(timestamptz, bigint[], text[]) is
  'Cancels the pending tasks of threads that end in this transaction without their job.';
