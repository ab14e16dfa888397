-- A worker activity: its input goes to its topic. Without maps it is given the payload of the job.

create function ratchet_internal.enter_worker(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_view jsonb,
  p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_topic text := p_out.options ->> 'topic';
  v_options json;
begin
  perform ratchet_internal.check_expression(ratchet_internal.is_name(v_topic), 'topic',
    'the topic is no name');
  v_out.attribute.input := case when p_activity.input_maps is null then p_job.input
    else ratchet_internal.run_maps(p_activity.input_maps, p_view)::json end;
  v_options := ratchet_internal.worker_options(p_job, p_activity, (p_out.attribute).address,
    v_topic,
    ratchet_internal.telemetry_of(p_activity.telemetry, p_view), (v_out.attribute).input);
  v_out.message := ratchet_internal.graph_message(p_job, (p_out.attribute).address,
    p_activity.position, 'activity', (p_out.attribute).created_at, null, v_options, v_topic);
  return v_out;
end $$;
comment on function ratchet_internal.enter_worker(ratchet.jobs, ratchet_internal.graph_activities,
  jsonb, ratchet_internal.graph_outcome) is
  'Enters a worker activity: what it sends, and where to.';
