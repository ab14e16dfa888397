-- Expires the tasks of waits that time out in this transaction. A task that somebody else has
-- locked stays pending, and its wait is to be left alone until the next look.
-- The caller has locked the messages, which may be others than waits too: no resolver is at work.
-- Locks: the tasks, skipping what others hold. Writes: escalations.

create function ratchet_internal.expire_escalations(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  with task as materialized (
    select e.id
    from unnest(p_jobs, p_addresses, p_positions) as d (job_id, address, at)
    join ratchet.escalations e
      on e.job_id = d.job_id and e.address = d.address and e.position = d.at
    join ratchet_internal.messages m
      on m.job_id = d.job_id and m.address = d.address and m.position = d.at
    where e.status = 'pending' and m.kind = 'wait'
    order by e.id for update of e skip locked)
  update ratchet.escalations e set status = 'expired', updated_at = p_now
  from task where e.id = task.id;
end $$;
comment on function ratchet_internal.expire_escalations(
  timestamptz, bigint[], text[], int[]) is
  'Expires the tasks of waits that time out, except those that somebody else has locked.';
