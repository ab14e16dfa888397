-- The first option of a start, or field of its retry policy, that has no meaning or a value out of
-- range.

create function ratchet_internal.bad_option(p_options json) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select key from (
    select key, value, case key when 'expire' then 1e13 when 'delay' then 1e13 end as most
    from json_each(p_options)
    union all
    select 'retry.' || key, value, 1e100
    from json_each(case when json_typeof(p_options -> 'retry') = 'object'
      then p_options -> 'retry' else '{}' end)
    where key in ('maximumAttempts', 'initialInterval', 'backoffCoefficient', 'maximumInterval')
      and json_typeof(value) <> 'null'
  ) option
  where key !~ '^(entity|expire|delay|watch|search|retry|retry\..*)$'
    or key = 'entity' and not ratchet_internal.is_name(value #>> '{}')
    or key = 'watch' and json_typeof(value) <> 'boolean'
    or key = 'search' and not ratchet_internal.is_search(value)
    or key = 'retry' and json_typeof(value) not in ('object', 'null')
    or most is not null and not ratchet_internal.number_of(
      json_build_object('number', value), 'number', -1) between 0 and most
  limit 1
$$;
comment on function ratchet_internal.bad_option(json) is
  'Name of an option of a start that is unknown or has a bad value; null when all are well.';
