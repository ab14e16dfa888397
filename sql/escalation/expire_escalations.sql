-- Expires the tasks of waits that time out in this transaction. A task that somebody else has
-- locked stays pending, and its wait is to be left alone until the next look.
-- The caller has locked the messages, which may be others than waits too: no resolver is at work.
-- Locks: the tasks, skipping what others hold. Writes: escalations. Tells of them.

create function ratchet_internal.expire_escalations(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tasks uuid[];
begin
  -- Not by their status: its index invites to go through all pending tasks for each.
  with given as materialized (
    select e.id
    from unnest(p_jobs, p_addresses, p_positions) as d (job_id, address, at)
    cross join lateral (
      select id, status from ratchet.escalations
      where job_id = d.job_id and address = d.address and position = d.at limit 1) e
    where e.status = 'pending' and (
      select kind from ratchet_internal.messages m where m.job_id = d.job_id
        and m.address = d.address and m.position = d.at) = 'wait'),
  task as materialized (
    select locked.id
    from (select id from given order by id) each
    cross join lateral (
      select id, status from ratchet.escalations where id = each.id
      limit 1 for update skip locked) locked
    where locked.status = 'pending'),
  expired as (
    update ratchet.escalations e set status = 'expired', updated_at = p_now
    where e.id = any (array(select id from task)) returning e.id)
  select array_agg(id) into v_tasks from expired;
  if v_tasks is not null then
    perform ratchet_internal.tell_tasks(v_tasks, 'expired');
  end if;
end $$;
comment on function ratchet_internal.expire_escalations(
  timestamptz, bigint[], text[], int[]) is
  'Expires the tasks of waits that time out, except those that somebody else has locked.';
