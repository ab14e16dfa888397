-- The members of what should be an object; none of anything else.

create function ratchet_internal.members(p_value jsonb) returns table (key text, value jsonb)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select key, value
  from jsonb_each(case when jsonb_typeof(p_value) = 'object' then p_value else '{}' end)
$$;
comment on function ratchet_internal.members(jsonb) is
  'Members of an object; no rows for any other value.';
