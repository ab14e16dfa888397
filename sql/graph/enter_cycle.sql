-- A cycle: its ancestor is entered again, in a dimension of its own, with the cycle's input as its
-- output. The obligation moves there.

create function ratchet_internal.enter_cycle(
  p_activity ratchet_internal.graph_activities, p_view jsonb, p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_input jsonb := '{}';
begin
  if p_activity.input_maps is not null then
    v_input := ratchet_internal.run_maps(p_activity.input_maps, p_view);
  end if;
  v_out.attribute.input := v_input;
  v_out := ratchet_internal.close_outcome(v_out, null);
  v_out.effects := array[jsonb_build_object('kind', 'cycle', 'input', v_input,
    'to', p_activity.ancestor)];
  return v_out;
end $$;
comment on function ratchet_internal.enter_cycle(
  ratchet_internal.graph_activities, jsonb, ratchet_internal.graph_outcome) is
  'Enters a cycle: which activity is entered again, with what.';
