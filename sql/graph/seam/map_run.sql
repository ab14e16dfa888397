-- Private placement of the mapping language: literals and references only.

create function ratchet_internal.map_run(p_compiled jsonb, p_data jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_typeof(p_compiled) = 'object' and not p_compiled ? '@pipe' then
    return coalesce((select jsonb_object_agg(key, value) from (
      select key, ratchet_internal.map_run(value, p_data) as value
      from jsonb_each(p_compiled)) each where value is not null), '{}');
  end if;
  return ratchet_internal.pipe_value(p_compiled, p_data);
end $$;
comment on function ratchet_internal.map_run(jsonb, jsonb) is 'Placement.';
