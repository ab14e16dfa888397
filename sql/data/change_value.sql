-- The value at a path of an entity after an operation that depends on what was there: append,
-- prepend, remove, increment, toggle. Missing values count as an empty list, 0 and false. Null
-- where the value there is of another kind.

create function ratchet_internal.change_value(
  p_operation text, p_value jsonb, p_argument jsonb
) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when p_operation = 'toggle' and kind in ('boolean', 'null') then
      to_jsonb(p_value is distinct from 'true')
    when p_operation = 'increment' and kind in ('number', 'null')
      and jsonb_typeof(p_argument) = 'number' then
      to_jsonb(ratchet_internal.rounded(case kind when 'null' then 0 else p_value::numeric end
        + p_argument::numeric))
    when p_operation in ('append', 'prepend', 'remove') and kind in ('array', 'null') then
      case p_operation
        when 'append' then list || jsonb_build_array(p_argument)
        when 'prepend' then jsonb_build_array(p_argument) || list
        else case when p_argument::text ~ '^[0-9]{1,9}$' then list - p_argument::int end end
  end
  from (select coalesce(jsonb_typeof(p_value), 'null') as kind,
    coalesce(nullif(p_value, 'null'), '[]') as list) given
$$;
comment on function ratchet_internal.change_value(text, jsonb, jsonb) is
  'A value after append, prepend, remove, increment or toggle; null where it is of another kind.';
