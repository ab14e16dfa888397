-- Enters a worker activity that has nothing out of the way (run_plain): it waits for its worker.
-- Null when it fails.

create function ratchet_internal.run_worker(
  p_draft ratchet_internal.graph_draft, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_input json;
begin
  v_input := case when p_activity.input_maps is null then (p_draft.job).input
    else ratchet_internal.run_maps(p_activity.input_maps, case when '$job' = any (p_activity.uses)
      then ratchet_internal.graph_view(p_draft.job, p_activity, p_item.scope, null)
      else p_item.scope end)::json end;
  v_draft.attributes := v_draft.attributes || ratchet_internal.graph_attribute(p_draft.now,
    (p_draft.job).id, p_activity, p_item.address, ratchet_internal.leg1_done(1), v_input);
  v_draft.messages := v_draft.messages || ratchet_internal.graph_message(p_draft.job,
    p_item.address, p_item.position, 'activity', p_draft.now, null,
    ratchet_internal.worker_options(p_draft.job, p_activity, p_item.address,
      p_activity.constants ->> 'topic', null, v_input), p_activity.constants ->> 'topic');
  if p_item.message is not null then v_draft.taken := v_draft.taken || p_item.message; end if;
  v_draft.items := '{}';
  v_draft.steps := 1;
  return v_draft;
exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception or program_limit_exceeded then
  return null;
end $$;
comment on function ratchet_internal.run_worker(ratchet_internal.graph_draft,
  ratchet_internal.graph_activities, ratchet_internal.graph_item) is
  'Enters a worker activity that has nothing out of the way; null when it fails.';
