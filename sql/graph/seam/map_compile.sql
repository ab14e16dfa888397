-- Private placement of the mapping language: literals and references only.

create function ratchet_internal.map_compile(p_maps jsonb) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
return p_maps;
comment on function ratchet_internal.map_compile(jsonb) is 'Placement.';
