-- Cancels the pending tasks of threads that end in this transaction without their job.
-- The caller has locked the jobs and what is left of the threads' messages. Locks: the tasks, in id
-- order. Writes: escalations.

create function ratchet_internal.drop_thread_tasks(
  p_now timestamptz, p_jobs bigint[], p_addresses text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Not by their status: its index invites to go through all pending tasks for each.
  perform ratchet_internal.cancel_pending(p_now, array(
    select e.id
    from unnest(p_jobs, p_addresses) as ended (job_id, address)
    cross join lateral (
      select id, status from ratchet.escalations
      where job_id = ended.job_id and address = ended.address offset 0) e
    where e.status = 'pending'));
end $$;
comment on function ratchet_internal.drop_thread_tasks(timestamptz, bigint[], text[]) is
  'Cancels the pending tasks of threads that end in this transaction without their job.';
