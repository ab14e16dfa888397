-- Compiles maps that may not be there: null stays null, so that nothing is run for them. Flat maps
-- of literals and plain references, which most are, become a few paths (run_maps); all others are
-- programs of the mapping language.

create function ratchet_internal.compile_maps(p_maps jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_plain jsonb;
begin
  if coalesce(p_maps, 'null') = 'null' then return null; end if;
  if jsonb_typeof(p_maps) = 'object' and not p_maps ?| '{@pipe,@reduce}' then
    select jsonb_build_object(
      'plain', coalesce(jsonb_object_agg(leaf.key, leaf.value)
        filter (where leaf.path is null), '{}'),
      'keys', coalesce(array_agg(leaf.key) filter (where leaf.path is not null), '{}')::text,
      'paths', coalesce(array_agg(leaf.path::text) filter (where leaf.path is not null),
        '{}')::text)
      || case when count(leaf.path) = 1 then jsonb_build_object('key', min(leaf.key)
        filter (where leaf.path is not null), 'path', min(leaf.path)::text) else '{}' end
    into v_plain
    from (select key, value, ratchet_internal.plain_path(value) as path
      from jsonb_each(p_maps)) leaf
    having coalesce(bool_and(leaf.path is not null
      or leaf.value::text !~ E'"\\{|"@pipe"|"@reduce"|"\\$"'), true);
  end if;
  return coalesce(v_plain, ratchet_internal.map_compile(p_maps));
end $$;
comment on function ratchet_internal.compile_maps(jsonb) is
  'Compiles maps for run_maps; null when there are none.';
