-- The items of what should be a list, numbered from 0; none of anything else.

create function ratchet_internal.items(p_value jsonb) returns table (at int, value jsonb)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select ordinality::int - 1, value
  from jsonb_array_elements(case when jsonb_typeof(p_value) = 'array' then p_value else '[]' end)
    with ordinality
$$;
comment on function ratchet_internal.items(jsonb) is
  'Items of a list, numbered from 0; no rows for any other value.';
