-- Fills the first slots of an object from a list, or from an object with numbers as keys.

create function ratchet_internal.fill_slots(p_slots jsonb, p_value jsonb, p_count int)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case when jsonb_typeof(p_slots) = 'object' then p_slots else '{}' end
    || coalesce(jsonb_object_agg(slot.key, slot.value), '{}')
  from (
    select (at - 1)::text as key, value from jsonb_array_elements(
      case jsonb_typeof(p_value) when 'array' then p_value else '[]' end)
      with ordinality as list (value, at)
    union all
    select key, value from jsonb_each(
      case jsonb_typeof(p_value) when 'object' then p_value else '{}' end)) slot
  where slot.key ~ '^(0|[1-9][0-9]{0,8})$' and slot.key::int < p_count
$$;
comment on function ratchet_internal.fill_slots(jsonb, jsonb, int) is
  'Fills the first slots of an object from a list or from an object with numbers as keys.';
