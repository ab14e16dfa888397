-- Fires the due timers and timeouts of the worker's workflow routes one by one. A job of which one
-- cannot be fired ends, or has it put off.
-- Locks: jobs in id order, messages, never waiting. Writes: as fire_due and end_apart. Returns the
-- steps that could not be fired.

create function ratchet_internal.due_apart(p_worker bigint, p_now timestamptz)
returns table (job_id bigint, problem text, is_ended boolean)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_due record;
  v_step ratchet_internal.messages;
  v_problem jsonb;
begin
  for v_due in
    select m.job_id, m.address, m.position
    from ratchet_internal.worker_routes r
    cross join lateral (
      select job_id, address, position from ratchet_internal.messages
      where ratchet_internal.is_for(queue, workflow, namespace, r.queue, r.workflow, r.namespace)
        and worker_id is null and kind in ('timer', 'wait', 'result') and due_at <= p_now
      order by due_at limit 1000) m
    where r.worker_id = p_worker and r.workflow <> ''
    order by m.job_id, m.address, m.position
  loop
    v_step := ratchet_internal.lock_apart(v_due.job_id, v_due.address, v_due.position);
    continue when v_step.due_at > p_now or v_step.due_at is null;
    v_problem := ratchet_internal.try_apart(p_now, 'due', v_step);
    continue when v_problem is null;
    return query select v_due.job_id, v_problem ->> 'message',
      ratchet_internal.end_apart(p_now, v_step, v_problem, true);
  end loop;
end $$;
comment on function ratchet_internal.due_apart(bigint, timestamptz) is
  'Fires due timers one by one; returns the steps that could not be fired.';
