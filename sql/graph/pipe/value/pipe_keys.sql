-- The keys that a value owns, in order: of an object those that are array indexes by number, then
-- the others as jsonb keeps them; of a list and a text their positions; of anything else none.

create function ratchet_internal.pipe_keys(p_value jsonb) returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case ratchet_internal.pipe_kind(p_value)
    when 'object' then array(
      select key from jsonb_object_keys(p_value) with ordinality as k (key, at)
      order by case when key ~ '^(0|[1-9][0-9]{0,9})$' and key::bigint < 4294967295
        then key::bigint end nulls last, at)
    when 'list' then array(
      select (at - 1)::text from generate_series(1, jsonb_array_length(p_value)) as at)
    when 'text' then array(
      select (at - 1)::text from generate_series(1, length(p_value #>> '{}')) as at)
    else '{}' end;
end $$;
comment on function ratchet_internal.pipe_keys(jsonb) is
  'The keys that a value owns: of an object, or positions of a list or a text.';
