-- Adds a map: an object or list of maps, the leaves of which are single values. What a program
-- makes for storage is stored leaf by leaf, where functions made it: plain references and literals
-- are data as they are.

create function ratchet_internal.pipe_emit_map(
  p_program ratchet_internal.pipe_program, p_map jsonb
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program := p_program;
  v_operands int[] := '{}';
  v_item jsonb;
begin
  if jsonb_typeof(p_map) = 'object' and not p_map ? '@pipe' or jsonb_typeof(p_map) = 'array' then
    if jsonb_typeof(p_map) = 'object' then
      v_program := ratchet_internal.pipe_emit_constant(v_program, (
        select coalesce(jsonb_agg(key order by at), '[]')
        from jsonb_object_keys(p_map) with ordinality as k (key, at)));
      v_operands := array[v_program.operand];
    end if;
    for v_item in
      select coalesce(o.value, l.value)
      from (select 1) as always
      left join lateral jsonb_each(case jsonb_typeof(p_map) when 'object' then p_map end)
        with ordinality as o (key, value, at) on true
      left join lateral jsonb_array_elements(case jsonb_typeof(p_map) when 'array' then p_map end)
        with ordinality as l (value, at) on true
      where o.at is not null or l.at is not null order by o.at, l.at
    loop
      v_program := ratchet_internal.pipe_emit_map(v_program, v_item);
      v_operands := v_operands || v_program.operand;
    end loop;
    return case when jsonb_typeof(p_map) = 'object'
      then ratchet_internal.pipe_emit_call(v_program, 'object', '$object', v_operands)
      when v_program.is_stored
      then ratchet_internal.pipe_emit_call(v_program, 'stored_list', '$stored_list', v_operands)
      else ratchet_internal.pipe_emit_call(v_program, 'list', '$list', v_operands) end;
  end if;
  return ratchet_internal.pipe_emit_value(v_program, p_map);
end $$;
comment on function ratchet_internal.pipe_emit_map(ratchet_internal.pipe_program, jsonb) is
  'Adds a map to a program.';
