-- What a value is, for messages.

create function ratchet_internal.kind_of(p_value jsonb) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case jsonb_typeof(p_value) when 'object' then 'an object' when 'array' then 'a list'
    when 'string' then format('the text "%s"', left(p_value #>> '{}', 40))
    when 'number' then format('the number %s', left(p_value #>> '{}', 40))
    when 'boolean' then p_value #>> '{}' when 'null' then 'null' else 'missing' end
$$;
comment on function ratchet_internal.kind_of(jsonb) is
  'What a value is, in words: an object, a list, the text "x".';
