-- The activities that follow a response, in the order of their transitions.

create function ratchet_internal.taken_transitions(p_transitions jsonb, p_view jsonb, p_code int)
returns int[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_transition jsonb;
  v_targets int[] := '{}';
begin
  for v_transition in select value from jsonb_array_elements(p_transitions) loop
    if ratchet_internal.rule_holds(v_transition -> 'rule', p_code, p_view) then
      v_targets := v_targets || (v_transition -> 'to')::int;
    end if;
  end loop;
  return v_targets;
end $$;
comment on function ratchet_internal.taken_transitions(jsonb, jsonb, int) is
  'The activities that follow a response with a code.';
