-- Attributes by name as an object in which a / in a name leads one level down. Where that is
-- blocked, because the part before the / is an attribute itself, the name stays as it is.

create function ratchet_internal.nested(p_attributes jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nested jsonb := '{}';
  v_name text;
  v_value jsonb;
begin
  for v_name, v_value in select key, value from jsonb_each(p_attributes) order by key loop
    v_nested := coalesce(
      ratchet_internal.put_value(v_nested, string_to_array(v_name, '/'), v_value),
      v_nested || jsonb_build_object(v_name, v_value));
  end loop;
  return v_nested;
end $$;
comment on function ratchet_internal.nested(jsonb) is
  'Attributes as an object in which a / in a name leads one level down.';
