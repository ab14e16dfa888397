-- Adds a call to a program: the operand is its result. A function that does not exist becomes a
-- call that fails, so that an expression fails only if it is evaluated.

create function ratchet_internal.pipe_emit_call(
  p_program ratchet_internal.pipe_program, p_family text, p_function text, p_operands int[]
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call int := array_position(p_program.functions, p_function);
begin
  if v_call is null then
    p_program.families := p_program.families || p_family;
    p_program.functions := p_program.functions || p_function;
    v_call := cardinality(p_program.functions);
  end if;
  p_program.results := p_program.results + 1;
  p_program.operand := 3000000 + p_program.results;
  p_program.code := p_program.code
    || array[v_call, p_program.operand, cardinality(p_operands)] || p_operands;
  return p_program;
end $$;
comment on function ratchet_internal.pipe_emit_call(
  ratchet_internal.pipe_program, text, text, int[]) is
  'Adds a call to a program.';
