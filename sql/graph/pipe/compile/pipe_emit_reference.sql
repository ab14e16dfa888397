-- Adds a reference: what can be followed by the path operator of Postgres is loaded before the
-- program begins; length and numbers that are written oddly are not, since the two languages differ
-- there. Iteration variables are results of the loop they are in.

create function ratchet_internal.pipe_emit_reference(
  p_program ratchet_internal.pipe_program, p_reference text
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program := p_program;
  v_steps text[] := case p_reference when '' then array[''] else string_to_array(p_reference, '.')
    end;
  v_fast int := 1;
  v_operands int[];
begin
  if p_reference ~ E'^\\$(item|key|index|input|output)' then
    v_program.operand := v_program.variables[
      array_position('{$input,$output,$item,$key,$index}', v_steps[1])];
    if v_program.operand is null then
      return ratchet_internal.pipe_emit_constant(v_program, null);
    end if;
  else
    while v_fast < cardinality(v_steps)
      and v_steps[v_fast + 1] !~ E'^(length|\\s*[-+][0-9]+|\\s+[0-9]+|0[0-9]+)$' loop
      v_fast := v_fast + 1;
    end loop;
    v_operands := array[array_position(v_program.paths, v_steps[1:v_fast]::text)];
    if v_operands[1] is null then
      v_program.paths := v_program.paths || v_steps[1:v_fast]::text;
      v_operands[1] := cardinality(v_program.paths);
    end if;
    v_program.operand := 2000000 + v_operands[1];
  end if;
  if v_fast = cardinality(v_steps) then return v_program; end if;
  v_operands := array[v_program.operand];
  for i in v_fast + 1 .. cardinality(v_steps) loop
    v_program := ratchet_internal.pipe_emit_constant(v_program, to_jsonb(v_steps[i]));
    v_operands := v_operands || v_program.operand;
  end loop;
  return ratchet_internal.pipe_emit_call(v_program, 'step', '$step', v_operands);
end $$;
comment on function ratchet_internal.pipe_emit_reference(
  ratchet_internal.pipe_program, text) is
  'Adds a reference or an iteration variable to a program.';
