-- Cancels the pending tasks of jobs that end in this transaction: those whose waits go with the
-- job; of the persistent jobs p_kept, whose main function has returned, those of their hooks stay.
-- With p_are_all, for a job that is stopped, every other one of the workflow as well.
-- The caller has locked the jobs and what is left of their messages. Locks: the tasks, in id order.
-- Writes: escalations.

create function ratchet_internal.drop_escalations(
  p_now timestamptz, p_jobs bigint[], p_kept bigint[] default null, p_are_all boolean default false
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Not by their status: its index invites to go through all pending tasks for each.
  perform ratchet_internal.cancel_pending(p_now, array(
    select e.id
    from unnest(p_jobs || p_kept) as ended (id)
    cross join lateral (
      select id, address, position, status from ratchet.escalations
      where job_id = ended.id offset 0) e
    where e.status = 'pending'
      and (p_kept is null or ended.id <> all (p_kept) or not ratchet_internal.is_hook(e.address))
      and (p_are_all or (
        select true from ratchet_internal.messages m where m.job_id = ended.id
          and m.address = e.address and m.position = e.position and m.kind = 'wait' limit 1))
    union
    select e.id
    from unnest(p_jobs) as ended (id)
    cross join lateral (select key, namespace from ratchet.jobs where id = ended.id limit 1) j
    cross join lateral (
      select id, status from ratchet.escalations
      where workflow_id = j.key and namespace = j.namespace offset 0) e
    where p_are_all and e.status = 'pending'));
end $$;
comment on function ratchet_internal.drop_escalations(timestamptz, bigint[], bigint[], boolean) is
  'Cancels the pending tasks of jobs that end in this transaction.';
