-- The texts of a JSON array, for filters. Null when it is no array.

create function ratchet_internal.texts(p_values jsonb) returns text[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when jsonb_typeof(p_values) = 'array'
    then array(select jsonb_array_elements_text(p_values)) end
$$;
comment on function ratchet_internal.texts(jsonb) is
  'The elements of a JSON array as text; null when it is none.';
