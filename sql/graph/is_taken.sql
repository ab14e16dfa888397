-- Whether a transition is taken. A match that decides ends the evaluation, so that what comes after
-- it is not evaluated. Only scalars can match: two lists or objects are never the same.

create function ratchet_internal.is_taken(p_transition jsonb, p_view jsonb, p_code int)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_any boolean := p_transition ->> 'gate' = 'or';
  v_match jsonb;
  v_actual jsonb;
begin
  if p_transition -> 'codes' is null then return true; end if;
  if not p_transition -> 'codes' ? p_code::text then return false; end if;
  for v_match in select value from jsonb_array_elements(p_transition -> 'match') loop
    v_actual := ratchet_internal.map_run(v_match -> 'actual', p_view) -> 'v';
    if (v_actual = v_match -> 'expected' and jsonb_typeof(v_actual) not in ('object', 'array'))
      is true = v_is_any
    then
      return v_is_any;
    end if;
  end loop;
  return not v_is_any or p_transition -> 'match' is null;
end $$;
comment on function ratchet_internal.is_taken(jsonb, jsonb, int) is
  'Whether a transition is taken after a response with a code.';
