-- Adds a constant to a program, once however often it occurs. The operand is the constant.

create function ratchet_internal.pipe_emit_constant(
  p_program ratchet_internal.pipe_program, p_value jsonb
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_value jsonb := coalesce(p_value, '{"$": "undefined"}');
  v_at int := array_position(p_program.constants, v_value);
begin
  -- Equal is not the same for numbers: 1.0 and 1 are written differently.
  if v_at is null or p_program.constants[v_at]::text <> v_value::text then
    p_program.constants := p_program.constants || v_value;
    v_at := cardinality(p_program.constants);
  end if;
  p_program.operand := 1000000 + v_at;
  return p_program;
end $$;
comment on function ratchet_internal.pipe_emit_constant(
  ratchet_internal.pipe_program, jsonb) is
  'Adds a constant to a program.';
