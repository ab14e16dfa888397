-- An empty program.

create function ratchet_internal.pipe_start(p_is_stored boolean)
returns ratchet_internal.pipe_program
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_program ratchet_internal.pipe_program;
begin
  v_program.code := '{}';
  v_program.constants := '{}';
  v_program.paths := '{}';
  v_program.families := '{}';
  v_program.functions := '{}';
  v_program.results := 0;
  v_program.variables := '{}';
  v_program.is_stored := p_is_stored;
  return v_program;
end $$;
comment on function ratchet_internal.pipe_start(boolean) is 'An empty program.';
