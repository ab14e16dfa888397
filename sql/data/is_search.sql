-- Whether a value can be the option search of a start: an object whose data names attributes, each
-- with a text, a number or a boolean. Its other fields (index, prefix, schema) have no effect; one
-- without data that has any other means them as data.

create function ratchet_internal.is_search(p_value json) returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case when json_typeof(p_value) <> 'object' then false
    when p_value -> 'data' is null then not exists (
      select from json_object_keys(p_value) as f (name)
      where name not in ('data', 'index', 'prefix', 'schema'))
    when json_typeof(p_value -> 'data') <> 'object' then false
    else (
      select coalesce(bool_and(ratchet_internal.is_name(key)
        and json_typeof(value) in ('string', 'number', 'boolean')), true)
      from json_each(p_value -> 'data')) end
$$;
comment on function ratchet_internal.is_search(json) is
  'Whether a value can be the option search of a start: {"data": {"name": "text"}}.';
