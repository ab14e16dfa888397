-- Adds the rows of a pipe; the operand is its value. p_prior is the row before the first one (in
-- the body of a reduce), p_outer the nearest row around a nested pipe: its first function receives
-- that. Which values a function receives depends on the rows alone, so all of this is settled here
-- and nothing of it is left to do at run time.

create function ratchet_internal.pipe_emit_rows(
  p_program ratchet_internal.pipe_program, p_rows jsonb, p_prior int[], p_outer int[]
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program := p_program;
  v_prior int[] := p_prior;
  v_queue int[] := '{}';
  v_row jsonb;
begin
  if jsonb_typeof(p_rows) is distinct from 'array' or p_rows = '[]' then
    return ratchet_internal.pipe_emit_failure(v_program, '@pipe', 'a pipe is a list of rows');
  end if;
  for v_row in
    select value from jsonb_array_elements(p_rows) with ordinality as r (value, at) order by at
  loop
    if jsonb_typeof(v_row) = 'object' and v_row ? '@pipe' then
      v_program := ratchet_internal.pipe_emit_rows(v_program, v_row -> '@pipe', null,
        coalesce(v_prior, p_outer));
      v_queue := v_queue || v_program.operand;
    elsif jsonb_typeof(v_row) = 'object' and v_row ? '@reduce' then
      if v_prior is null then
        return ratchet_internal.pipe_emit_failure(v_program, '@reduce',
          'there is no row before it that names a collection');
      end if;
      v_program := ratchet_internal.pipe_emit_reduce(v_program, v_row -> '@reduce', v_prior);
      v_prior := array[v_program.operand];
    elsif jsonb_typeof(v_row) <> 'array' then
      return ratchet_internal.pipe_emit_failure(v_program, '@pipe',
        'a row is a list, a nested pipe or a reduce');
    else
      if cardinality(v_queue) > 0 then
        v_prior := v_queue;
        v_queue := '{}';
      end if;
      v_program := ratchet_internal.pipe_emit_row(v_program, v_row, v_prior, p_outer);
      v_prior := v_program.cells;
    end if;
  end loop;
  if v_prior is null then
    return ratchet_internal.pipe_emit_failure(v_program, '@pipe',
      'nothing gathers what the nested pipes give');
  elsif cardinality(v_prior) = 0 then
    return ratchet_internal.pipe_emit_constant(v_program, null);
  end if;
  v_program.operand := v_prior[1];
  return v_program;
end $$;
comment on function ratchet_internal.pipe_emit_rows(
  ratchet_internal.pipe_program, jsonb, int[], int[]) is
  'Adds the rows of a pipe to a program.';
