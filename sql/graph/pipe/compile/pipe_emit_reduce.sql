-- Adds a loop over a collection: -1 begins it, -2 takes the value of the body as the accumulator
-- and goes on with the next element. p_prior is the collection and the first accumulator. Variables
-- inside mean this loop; those of an outer one are seen only by what was compiled before.

create function ratchet_internal.pipe_emit_reduce(
  p_program ratchet_internal.pipe_program, p_body jsonb, p_prior int[]
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program := p_program;
  v_over int;
  v_first int;
  v_accumulator int := 3000001 + p_program.results;
  v_begin int;
begin
  v_program.results := v_program.results + 5;
  v_program := ratchet_internal.pipe_emit_constant(v_program, null);
  v_over := coalesce(p_prior[1], v_program.operand);
  v_program := ratchet_internal.pipe_emit_constant(v_program, 'null');
  v_first := coalesce(p_prior[2], v_program.operand);
  v_begin := cardinality(v_program.code) + 1;
  -- Results: accumulator, item, key, index, and the keys that are iterated. The last is where to go
  -- when there are no more.
  v_program.code := v_program.code || array[-1, v_accumulator, 7, v_over, v_first,
    v_accumulator + 1, v_accumulator + 2, v_accumulator + 3, v_accumulator + 4, 0];
  v_program.variables := array[v_over, v_accumulator, v_accumulator + 1, v_accumulator + 2,
    v_accumulator + 3];
  v_program := ratchet_internal.pipe_emit_rows(v_program, p_body, array[v_accumulator], null);
  v_program.code := v_program.code || array[-2, v_accumulator, 2, v_program.operand, v_begin];
  v_program.code[v_begin + 9] := cardinality(v_program.code) + 1;
  v_program.variables := p_program.variables;
  v_program.operand := v_accumulator;
  return v_program;
end $$;
comment on function ratchet_internal.pipe_emit_reduce(
  ratchet_internal.pipe_program, jsonb, int[]) is
  'Adds a loop over a collection to a program.';
