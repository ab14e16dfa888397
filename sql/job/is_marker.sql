-- Whether a value can be the option marker of a start: an object whose keys begin with a hyphen.

create function ratchet_internal.is_marker(p_value json) returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select json_typeof(p_value) = 'object' and not exists (
    select from json_object_keys(case when json_typeof(p_value) = 'object' then p_value
        else '{}' end) as mark
    where mark !~ '^-.' or not ratchet_internal.is_name(mark))
$$;
comment on function ratchet_internal.is_marker(json) is
  'Whether a value can be the option marker of a start: {"-name": value}.';
