-- The registers with which a program begins: its constants, then the references, group by group.

create function ratchet_internal.pipe_load(p_compiled jsonb, p_data jsonb) returns jsonb[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_parents text[] := p_compiled ->> 'parents';
  v_keys text[] := p_compiled ->> 'keys';
  v_registers jsonb[] := array(
    select nullif(value, '{"$": "undefined"}')
    from jsonb_array_elements(p_compiled -> 'constants') as k (value));
  v_parent jsonb;
begin
  for i in 1..cardinality(v_parents) loop
    v_parent := p_data #> v_parents[i]::text[];
    v_registers := v_registers || array(
      select nullif(v_parent #> array[key], '{"$": "undefined"}')
      from unnest(v_keys[i]::text[]) as k (key));
  end loop;
  return v_registers;
end $$;
comment on function ratchet_internal.pipe_load(jsonb, jsonb) is
  'The registers with which a program begins.';
