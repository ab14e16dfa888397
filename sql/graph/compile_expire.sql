-- Compiles how long the jobs of a graph are kept: an expression (run_maps), and the seconds if it
-- is a number.

create function ratchet_internal.compile_expire(p_expire jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return ratchet_internal.compile_maps(jsonb_build_object('v', p_expire)) || jsonb_strip_nulls(
    jsonb_build_object('seconds', ratchet_internal.expire_of(p_expire)));
end $$;
comment on function ratchet_internal.compile_expire(jsonb) is
  'Compiles how long the jobs of a graph are kept.';
