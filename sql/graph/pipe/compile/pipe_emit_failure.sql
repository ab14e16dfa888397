-- Adds a call that fails, for a row or a function that is wrong: evaluation reaches it or does not.

create function ratchet_internal.pipe_emit_failure(
  p_program ratchet_internal.pipe_program, p_function text, p_reason text
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program :=
    ratchet_internal.pipe_emit_constant(p_program, to_jsonb(p_function));
  v_function int := v_program.operand;
begin
  v_program := ratchet_internal.pipe_emit_constant(v_program, to_jsonb(p_reason));
  return ratchet_internal.pipe_emit_call(v_program, 'fail', '$fail',
    array[v_function, v_program.operand]);
end $$;
comment on function ratchet_internal.pipe_emit_failure(
  ratchet_internal.pipe_program, text, text) is
  'Adds a call that fails to a program.';
