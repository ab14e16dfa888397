-- Compiles a map, or a leaf of one, for map_run. What it makes is stored with the graph and run
-- with each activity.

create function ratchet_internal.map_compile(p_maps jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return ratchet_internal.pipe_finish(ratchet_internal.pipe_emit_map(
    ratchet_internal.pipe_start(true), p_maps));
end $$;
comment on function ratchet_internal.map_compile(jsonb) is
  'Compiles a map for map_run.';
