-- Whether the condition of a transition holds for the code and the data of the activity that ended.
-- Expected values are literals and compared strictly. The matches are looked at one by one, and
-- none after it is settled.
-- Raises: WF107, WF506.

create function ratchet_internal.rule_holds(p_compiled jsonb, p_code int, p_data jsonb)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_any boolean := (p_compiled -> 'is_any')::boolean;
  v_match jsonb;
begin
  if p_compiled ? 'codes' and not p_compiled -> 'codes' ? p_code::text then return false; end if;
  if coalesce(p_compiled -> 'matches', 'null') = 'null' then return true; end if;
  for v_match in
    select m from jsonb_array_elements(p_compiled -> 'matches') with ordinality as i (m, at)
    order by at
  loop
    if ratchet_internal.pipe_is_same(nullif(v_match -> 'expected', '{"$": "undefined"}'),
      ratchet_internal.map_run(v_match -> 'actual', p_data)) = v_is_any then return v_is_any;
    end if;
  end loop;
  return not v_is_any;
end $$;
comment on function ratchet_internal.rule_holds(jsonb, int, jsonb) is
  'Whether the condition of a transition holds.';
