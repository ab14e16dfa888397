-- Adds a plain row; its cells are the operands of all cells. Without a row before it each cell
-- stands for itself, except that a function at the start of a nested pipe receives the row around
-- it. After another row the first cell must be a function, which receives that row, or an iteration
-- variable.

create function ratchet_internal.pipe_emit_row(
  p_program ratchet_internal.pipe_program, p_row jsonb, p_prior int[], p_outer int[]
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program := p_program;
  v_name text := ratchet_internal.pipe_braced(p_row -> 0);
  v_cells int[] := '{}';
begin
  if p_prior is not null and coalesce(v_name !~ E'^(@|\\$(item|key|index|input|output))', true) then
    v_program := ratchet_internal.pipe_emit_failure(v_program, '@pipe',
      'only the first row may begin with a value: the others begin with a function');
    v_program.cells := array[v_program.operand];
    return v_program;
  end if;
  for i in 0..jsonb_array_length(p_row) - 1 loop
    v_program := ratchet_internal.pipe_emit_cell(v_program, p_row -> i,
      case when i = 0 then coalesce(p_prior, p_outer, '{}') else '{}' end);
    v_cells := v_cells || v_program.operand;
  end loop;
  v_program.cells := v_cells;
  return v_program;
end $$;
comment on function ratchet_internal.pipe_emit_row(
  ratchet_internal.pipe_program, jsonb, int[], int[]) is
  'Adds a plain row of a pipe to a program.';
