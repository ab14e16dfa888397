-- Adds one cell: a literal, a reference, or a function, which is called with p_arguments.

create function ratchet_internal.pipe_emit_cell(
  p_program ratchet_internal.pipe_program, p_cell jsonb, p_arguments int[] default '{}'
) returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text := ratchet_internal.pipe_braced(p_cell);
  v_family text;
begin
  if v_name is null then
    return ratchet_internal.pipe_emit_constant(p_program, p_cell);
  elsif left(v_name, 1) <> '@' then
    return ratchet_internal.pipe_emit_reference(p_program, v_name);
  end if;
  v_name := substr(v_name, 2);
  v_family := ratchet_internal.pipe_family(v_name);
  if v_family is null then
    return ratchet_internal.pipe_emit_failure(p_program, v_name, 'there is no such function');
  end if;
  return ratchet_internal.pipe_emit_call(p_program, v_family, v_name, p_arguments);
end $$;
comment on function ratchet_internal.pipe_emit_cell(
  ratchet_internal.pipe_program, jsonb, int[]) is
  'Adds one cell of a row to a program: a literal, a reference or a function.';
