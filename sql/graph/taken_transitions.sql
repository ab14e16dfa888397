-- The activities that follow a response, each once, in the order of their transitions.
-- Raises: WF107, WF506.

create function ratchet_internal.taken_transitions(p_transitions jsonb, p_view jsonb, p_code int)
returns int[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_transition jsonb;
  v_targets int[] := '{}';
begin
  for v_at in 0..jsonb_array_length(p_transitions) - 1 loop
    v_transition := p_transitions -> v_at;
    if (case when not v_transition ? 'codes' then true
      when not v_transition -> 'codes' ? p_code::text then false
      when v_transition ? 'path'
        then p_view #> (v_transition ->> 'path')::text[] = v_transition -> 'expected'
      when v_transition ? 'rule'
        then ratchet_internal.rule_holds(v_transition -> 'rule', p_code, p_view)
      else true end)
      and (v_transition -> 'to')::int <> all (v_targets)
    then
      v_targets := v_targets || (v_transition -> 'to')::int;
    end if;
  end loop;
  return v_targets;
end $$;
comment on function ratchet_internal.taken_transitions(jsonb, jsonb, int) is
  'The activities that follow a response with a code.';
