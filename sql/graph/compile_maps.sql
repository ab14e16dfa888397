-- Compiles maps that may not be there: null stays null, so that nothing is run for them.

create function ratchet_internal.compile_maps(p_maps jsonb) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select case when p_maps <> 'null' then ratchet_internal.map_compile(p_maps) end $$;
comment on function ratchet_internal.compile_maps(jsonb) is
  'Compiles maps; null when there are none.';
