-- What becomes of a job whose stretch failed: it ends, or its answers are due again after a second
-- at first, at last every two minutes. So is one that cannot be ended either, because something
-- that a user put on a table refuses that too: nothing is written in its row, but it is out of the
-- way of the others.
-- Locks: the job, messages, never waiting. Writes: messages; and as fail_graph.

create function ratchet_internal.put_off(p_now timestamptz, p_job bigint, p_problem jsonb)
returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tried record;
begin
  v_tried := ratchet_internal.try_graphs(p_now, row(0, null, array[p_job]), 0, 'fail', p_problem);
  update ratchet_internal.messages m
  set due_at = p_now + ratchet_internal.retry_delay(null,
    case when v_tried.problem is null then due.attempt - 1 else 9 end)
  from (
    select m.address, m.position, j.attempt from ratchet.jobs j
    join ratchet_internal.messages m on m.job_id = j.id
    where j.id = p_job and j.status > 0 and m.kind = 'result' and m.due_at <= p_now
    order by m.address, m.position for update of m skip locked) due
  where m.job_id = p_job and m.address = due.address and m.position = due.position;
  return coalesce(v_tried.run, row(0, null, null)::ratchet_internal.graph_run);
end $$;
comment on function ratchet_internal.put_off(timestamptz, bigint, jsonb) is
  'Ends a job whose stretch failed, or has it tried again later.';
