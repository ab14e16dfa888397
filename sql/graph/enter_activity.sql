-- Enters an activity. Nothing is written here: so what an expression throws has nothing to undo,
-- and the block that catches it costs next to nothing. The error becomes that of the activity. An
-- activity with a threshold is skipped when so few activities are open; its ledger then counts no
-- attempt.

create function ratchet_internal.enter_activity(
  p_now timestamptz, p_job ratchet.jobs, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome;
  v_view jsonb;
  v_message text;
  v_detail text;
begin
  v_out.attribute := ratchet_internal.graph_attribute(p_now, p_job.id, p_activity, p_item.address);
  v_view := ratchet_internal.graph_view(p_job, p_activity, p_item.scope, null);
  v_out.options := p_activity.constants;
  if p_activity.options is not null then
    v_out.options := v_out.options || ratchet_internal.run_maps(p_activity.options, v_view);
  end if;
  if jsonb_typeof(v_out.options -> 'statusThreshold') = 'number'
    and p_job.status <= (v_out.options -> 'statusThreshold')::numeric
  then
    v_out := ratchet_internal.close_outcome(v_out, null);
    v_out.status := 'skipped';
    v_out.attribute.ledger := ratchet_internal.leg2_done(ratchet_internal.leg1_done(0), 0);
  elsif p_activity.kind = 'worker' then
    v_out := ratchet_internal.enter_worker(p_job, p_activity, v_view, v_out);
  elsif p_activity.kind = 'await' then
    v_out := ratchet_internal.enter_await(p_job, p_activity, v_view, v_out);
  elsif p_activity.kind = 'hook' then
    v_out := ratchet_internal.enter_hook(p_job, p_activity, p_item.scope, v_view, v_out);
  elsif p_activity.kind = 'signal' then
    v_out := ratchet_internal.enter_signal(p_job, p_activity, p_item.scope, v_view, v_out);
  elsif p_activity.kind = 'cycle' then
    v_out := ratchet_internal.enter_cycle(p_activity, v_view, v_out);
  else
    v_out := ratchet_internal.enter_interrupt(p_job, p_activity, v_view, v_out);
  end if;
  return v_out;
exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception
  or program_limit_exceeded
then
  get stacked diagnostics v_message = message_text, v_detail = pg_exception_detail;
  return ratchet_internal.close_outcome(v_out, null, ratchet_internal.expression_error(
    p_activity.name, 'input', v_message, v_detail));
end $$;
comment on function ratchet_internal.enter_activity(timestamptz, ratchet.jobs,
  ratchet_internal.graph_activities, ratchet_internal.graph_item) is
  'Enters an activity: what it comes to, or the error of the expression that failed.';
