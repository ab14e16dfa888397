-- An await activity: a job of another graph is started once the stretch is written. Its number is
-- taken in advance, so that the message that waits for its end can name it.

create function ratchet_internal.enter_await(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_view jsonb,
  p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_topic text := p_out.options ->> 'topic';
  v_child text := nextval('ratchet.jobs_id_seq');
begin
  perform ratchet_internal.check_expression(ratchet_internal.is_name(v_topic), 'topic',
    'the topic is no name');
  v_out.attribute.input := case when p_activity.input_maps is null then p_job.input
    else ratchet_internal.run_maps(p_activity.input_maps, p_view)::json end;
  v_out.message := ratchet_internal.graph_message(p_job, (p_out.attribute).address,
    p_activity.position, 'child', 'infinity', v_child, json_build_object('child', v_child));
  v_out.effects := array[jsonb_build_object('kind', 'child', 'id', v_child::bigint,
    'topic', v_topic, 'input', ratchet_internal.readable((v_out.attribute).input),
    'is_awaited', p_out.options -> 'await' is distinct from 'false', 'job', p_job.id,
    'address', (p_out.attribute).address, 'position', p_activity.position,
    'activity', p_activity.name)];
  return v_out;
end $$;
comment on function ratchet_internal.enter_await(ratchet.jobs, ratchet_internal.graph_activities,
  jsonb, ratchet_internal.graph_outcome) is
  'Enters an await activity: which job is to be started, and whether it is waited for.';
