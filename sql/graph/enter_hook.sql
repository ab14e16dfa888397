-- A hook: waits for a signal, for a time, or for either; or goes on at once. What its output maps
-- make of it is its value when it goes on at once; when it waits it is kept as its input, since the
-- value will be what it is resumed with.

create function ratchet_internal.enter_hook(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_scope jsonb, p_view jsonb,
  p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_now timestamptz := (p_out.attribute).created_at;
  v_sleep float8 := case when p_out.options ? 'sleep'
    then ratchet_internal.number_of(p_out.options::json, 'sleep', 0) else 0 end;
  v_due timestamptz := 'infinity';
  v_value jsonb;
  v_key text;
begin
  if p_activity.output_maps is not null then
    v_out.output := ratchet_internal.run_maps(p_activity.output_maps, p_view);
  end if;
  if p_activity.hook is null and v_sleep <= 0 then
    return ratchet_internal.close_outcome(v_out, v_out.output);
  end if;
  if v_sleep > 0 then
    v_due := ratchet_internal.after(v_now, v_sleep * 1000);
  end if;
  if p_activity.hook is not null then
    v_value := ratchet_internal.run_maps(p_activity.hook -> 'expected',
      ratchet_internal.graph_view(p_job, p_activity, p_scope, ratchet_internal.activity_entry(
        p_activity, p_out.attribute, v_out.output, null, null))) -> 'v';
    perform ratchet_internal.check_expression(v_value <> 'null', 'hooks.expected',
      'the key to wait under is undefined or null');
    v_key := ratchet_internal.hook_key(p_activity.hook ->> 'topic', v_value);
  end if;
  v_out.attribute.input := coalesce(v_out.output, '{}');
  v_out.message := ratchet_internal.graph_message(p_job, (p_out.attribute).address,
    p_activity.position, case when v_key is null then 'timer' else 'wait' end, v_due, v_key,
    json_build_object('key', v_key, 'due_at', v_due));
  if v_key is not null
    and p_out.options -> 'escalation' ?| array['role', 'type', 'priority', 'metadata']
  then
    v_out.effects := array[jsonb_build_object('kind', 'escalation',
      'key', v_value, 'address', (p_out.attribute).address, 'position', p_activity.position,
      'fields', jsonb_build_object('topic', p_activity.hook ->> 'topic')
        || (p_out.options -> 'escalation'))];
  end if;
  return v_out;
end $$;
comment on function ratchet_internal.enter_hook(ratchet.jobs, ratchet_internal.graph_activities,
  jsonb, jsonb, ratchet_internal.graph_outcome) is
  'Enters a hook: what it waits for, or its output when it does not wait.';
