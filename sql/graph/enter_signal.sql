-- A signal activity: sends a signal in the transaction in which it ends.

create function ratchet_internal.enter_signal(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_scope jsonb, p_view jsonb,
  p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_payload jsonb := '{}';
  v_view jsonb := p_view;
  v_key text;
begin
  if p_activity.output_maps is not null then
    v_out.output := ratchet_internal.run_maps(p_activity.output_maps, p_view);
    v_view := ratchet_internal.graph_view(p_job, p_activity, p_scope,
      ratchet_internal.activity_entry(p_activity, p_out.attribute, v_out.output, null, null));
  end if;
  if p_activity.signal_maps is not null then
    v_payload := ratchet_internal.run_maps(p_activity.signal_maps, v_view);
  end if;
  if p_activity.constants ->> 'subtype' = 'all' then
    v_out := ratchet_internal.close_outcome(v_out, v_out.output);
    v_out.effects := ratchet_internal.signals_to_all(p_job, p_activity.version_id, p_out.options,
      v_payload);
    return v_out;
  end if;
  v_key := ratchet_internal.signal_key(p_activity.version_id, p_out.options ->> 'topic', v_payload);
  perform ratchet_internal.check_expression(v_key is not null, 'signal',
    'no hook rule has this topic, or the payload lacks the key that it reads');
  v_out := ratchet_internal.close_outcome(v_out, v_out.output);
  v_out.effects := array[jsonb_build_object('kind', 'signal', 'key', v_key, 'payload', v_payload,
    'code', ratchet_internal.signal_code(p_out.options ->> 'status',
      ratchet_internal.number_of(p_out.options::json, 'code', null)::int))];
  return v_out;
end $$;
comment on function ratchet_internal.enter_signal(ratchet.jobs, ratchet_internal.graph_activities,
  jsonb, jsonb, ratchet_internal.graph_outcome) is
  'Enters a signal activity: which signal is sent.';
