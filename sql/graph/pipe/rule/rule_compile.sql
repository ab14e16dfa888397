-- Compiles the condition of a transition for rule_holds: codes as texts, and the actual values of
-- its matches. true, and null, always hold.

create function ratchet_internal.rule_compile(p_rule jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_typeof(p_rule) is distinct from 'object' then
    return case when p_rule = 'false' then '{"codes": []}'::jsonb else '{}' end;
  end if;
  return jsonb_build_object(
    'codes', case jsonb_typeof(p_rule -> 'code')
      when 'array' then (
        select coalesce(jsonb_agg(to_jsonb(code)), '[]')
        from jsonb_array_elements_text(p_rule -> 'code') as c (code))
      else jsonb_build_array(coalesce(p_rule ->> 'code', '200')) end,
    'is_any', coalesce(p_rule ->> 'gate' = 'or', false),
    'matches', case jsonb_typeof(p_rule -> 'match') when 'array' then (
      select coalesce(jsonb_agg(jsonb_build_object('expected', m -> 'expected',
        'actual', ratchet_internal.value_compile(m -> 'actual')) order by at), '[]')
      from jsonb_array_elements(p_rule -> 'match') with ordinality as i (m, at)) end);
end $$;
comment on function ratchet_internal.rule_compile(jsonb) is
  'Compiles the condition of a transition for rule_holds.';
