-- Locks tasks to end them: first the messages of the waits that they answer, which is what every
-- other end of such a wait locks first (its timeout, a signal, the end of its job), then the tasks,
-- in id order. Whoever comes second reads what the first has done.
-- Locks: messages, tasks. Raises: WF605.

create function ratchet_internal.lock_escalations(p_ids uuid[])
returns setof ratchet.escalations
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_isolation();
  perform from ratchet.escalations e
  join ratchet_internal.messages m
    on m.job_id = any (array[e.job_id]) and m.address = e.address and m.position = e.position
  where e.id = any (p_ids) and e.status = 'pending' and m.kind = 'wait'
  order by e.job_id + 0, e.address, e.position for update of m;
  return query
  select * from ratchet.escalations where id = any (p_ids) order by id for update;
end $$;
comment on function ratchet_internal.lock_escalations(uuid[]) is
  'Locks tasks, and the waits that they answer, in the order that everybody keeps.';
