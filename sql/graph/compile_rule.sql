-- Compiles a transition: where it leads, and when it is taken. Without conditions there are no
-- codes; a condition on the code alone has no rule; one plain reference that is to be a certain
-- scalar has its path; all others are rules of the mapping language.

create function ratchet_internal.compile_rule(p_to int, p_conditions jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule jsonb := ratchet_internal.rule_compile(p_conditions);
  v_matches jsonb := coalesce(p_conditions -> 'match', 'null');
  v_path text[] := ratchet_internal.plain_path(v_matches -> 0 -> 'actual');
begin
  if not v_rule ? 'codes' then return jsonb_build_object('to', p_to); end if;
  if v_matches = 'null' then
    return jsonb_build_object('to', p_to, 'codes', v_rule -> 'codes');
  end if;
  if jsonb_array_length(v_matches) = 1 and v_path is not null
    and jsonb_typeof(v_matches -> 0 -> 'expected') in ('string', 'number', 'boolean', 'null')
  then
    return jsonb_build_object('to', p_to, 'codes', v_rule -> 'codes', 'path', v_path::text,
      'expected', v_matches -> 0 -> 'expected');
  end if;
  return jsonb_build_object('to', p_to, 'codes', v_rule -> 'codes', 'rule', v_rule);
end $$;
comment on function ratchet_internal.compile_rule(int, jsonb) is
  'Compiles a transition: where it leads, and when it is taken.';
