-- An interrupt: stops its own job, or another one of the app and goes on. Without a target it is
-- its own job; a target that comes to nothing is a job that is unknown.

create function ratchet_internal.enter_interrupt(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_view jsonb,
  p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_target text := case when p_out.options ? 'has_target' then p_out.options ->> 'target'
    else p_job.key end;
  v_stop jsonb := jsonb_build_object('target', v_target, 'topic', p_out.options -> 'topic',
    'is_thrown', p_out.options -> 'throw' is distinct from 'false',
    'expire', p_out.options -> 'expire', 'error', ratchet_internal.interrupt_error(v_target,
      p_out.options ->> 'reason', ratchet_internal.number_of(p_out.options::json, 'code', 410)::int,
      p_out.options ->> 'stack'));
begin
  v_out.attribute.input := v_stop - 'error';
  if v_target = p_job.key then
    v_out := ratchet_internal.close_outcome(v_out, null);
    v_out.stop := v_stop;
    return v_out;
  end if;
  if p_activity.output_maps is not null then
    v_out.output := ratchet_internal.run_maps(p_activity.output_maps, p_view);
  end if;
  v_out := ratchet_internal.close_outcome(v_out, v_out.output);
  v_out.effects := array[v_stop || '{"kind": "interrupt"}'];
  return v_out;
end $$;
comment on function ratchet_internal.enter_interrupt(ratchet.jobs,
  ratchet_internal.graph_activities, jsonb, ratchet_internal.graph_outcome) is
  'Enters an interrupt: which job it stops, and how.';
