-- Does one thing of a stretch: enters an activity, or goes on with its answer; and, unless it stays
-- open, with what follows.

create function ratchet_internal.step_activity(
  p_now timestamptz, p_job ratchet.jobs, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome;
begin
  if (p_item.answer).job_id is null then
    v_out := ratchet_internal.enter_activity(p_now, p_job, p_activity, p_item);
    if (v_out.message).job_id is not null then return v_out; end if;
  else
    v_out := ratchet_internal.bind_answer(p_activity, p_item);
  end if;
  if v_out.status = 'skipped' then
    v_out.targets := '{}';
    v_out.scope := p_item.scope;
    return v_out;
  end if;
  return ratchet_internal.leave_activity(p_job, p_activity, p_item.scope, v_out);
end $$;
comment on function ratchet_internal.step_activity(timestamptz, ratchet.jobs,
  ratchet_internal.graph_activities, ratchet_internal.graph_item) is
  'Does one thing of a stretch; writes nothing.';
