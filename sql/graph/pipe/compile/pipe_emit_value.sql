-- Adds a single value: a literal, a reference, a function without arguments, or a pipe. An object
-- without a pipe in it is a literal.

create function ratchet_internal.pipe_emit_value(
  p_program ratchet_internal.pipe_program, p_value jsonb
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program;
begin
  if jsonb_typeof(p_value) = 'object' and p_value ? '@pipe' then
    v_program := ratchet_internal.pipe_emit_rows(p_program, p_value -> '@pipe', null, null);
  else
    v_program := ratchet_internal.pipe_emit_cell(p_program, p_value);
    if coalesce(ratchet_internal.pipe_braced(p_value) !~ '^@', true) then
      return v_program;
    end if;
  end if;
  return case when v_program.is_stored then ratchet_internal.pipe_emit_call(v_program, 'store',
    '$store', array[v_program.operand]) else v_program end;
end $$;
comment on function ratchet_internal.pipe_emit_value(ratchet_internal.pipe_program, jsonb) is
  'Adds a single value to a program.';
