-- Compiles a single value for map_run. Unlike map_compile it leaves an object without a pipe, and a
-- list, as they are. What comes out is a value as it is evaluated, not as it is stored.

create function ratchet_internal.value_compile(p_expression jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return ratchet_internal.pipe_finish(ratchet_internal.pipe_emit_value(
    ratchet_internal.pipe_start(false), p_expression));
end $$;
comment on function ratchet_internal.value_compile(jsonb) is
  'Compiles a single value for map_run.';
