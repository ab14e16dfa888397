-- Runs compiled maps: those of literals and plain references at once, others as programs. One
-- reference, which is common, needs no lists.
-- Raises: WF107, WF506.

create function ratchet_internal.run_maps(p_compiled jsonb, p_view jsonb) returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[];
  v_paths text[];
  v_values jsonb := p_compiled -> 'plain';
  v_value jsonb;
begin
  if v_values is null then return ratchet_internal.map_run(p_compiled, p_view); end if;
  if p_compiled ? 'key' then
    v_value := p_view #> (p_compiled ->> 'path')::text[];
    return case when v_value <> '{"$": "undefined"}'
      then v_values || jsonb_build_object(p_compiled ->> 'key', v_value) else v_values end;
  end if;
  v_keys := p_compiled ->> 'keys';
  v_paths := p_compiled ->> 'paths';
  for v_at in 1..cardinality(v_keys) loop
    v_value := p_view #> v_paths[v_at]::text[];
    if v_value <> '{"$": "undefined"}' then
      v_values := v_values || jsonb_build_object(v_keys[v_at], v_value);
    end if;
  end loop;
  return v_values;
end $$;
comment on function ratchet_internal.run_maps(jsonb, jsonb) is
  'Runs compiled maps over what expressions see.';
