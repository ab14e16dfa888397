-- Cancels the pending tasks of jobs that end in this transaction: those whose waits go with the
-- job, and with p_are_all, for a job that is stopped, every other one of the workflow.
-- The caller has locked the jobs and what is left of their messages. Locks: the tasks, in id order.
-- Writes: escalations.

create function ratchet_internal.drop_escalations(
  p_now timestamptz, p_jobs bigint[], p_are_all boolean
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  with task as materialized (
    select id from ratchet.escalations
    where status = 'pending' and id in (
      select e.id from ratchet.escalations e
      where e.job_id = any (p_jobs) and (p_are_all or exists (
        select from ratchet_internal.messages m where m.job_id = e.job_id
          and m.address = e.address and m.position = e.position and m.kind = 'wait'))
      union all
      select e.id from ratchet.jobs j
      join ratchet.escalations e on e.workflow_id = j.key and e.namespace = j.namespace
      where p_are_all and j.id = any (p_jobs))
    order by id for update)
  update ratchet.escalations e set status = 'cancelled', updated_at = p_now
  from task where e.id = task.id;
end $$;
comment on function ratchet_internal.drop_escalations(timestamptz, bigint[], boolean) is
  'Cancels the pending tasks of jobs that end in this transaction.';
