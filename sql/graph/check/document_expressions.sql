-- Every expression of a document in its full form: options that are one, and the leaves of maps.

create function ratchet_internal.document_expressions(p_normal jsonb)
returns table (path text[], graph int, activity text, owner text, option text, value jsonb)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  with recursive leaf as (
    select o.path, o.graph, o.activity, o.owner, o.option, o.value,
      o.form in ('map', 'tree') as is_map
    from ratchet_internal.document_options(p_normal) o where o.form in ('map', 'tree', 'value')
    union all
    select l.path || m.key, l.graph, l.activity, l.owner, l.option, m.value, true
    from leaf l cross join lateral (
      select key, value from ratchet_internal.members(l.value) where not l.value ? '@pipe'
      union all
      select at::text, value from ratchet_internal.items(l.value)) m
    where l.is_map)
  select l.path, l.graph, l.activity, l.owner, l.option, l.value from leaf l
  where not l.is_map or jsonb_typeof(l.value) not in ('object', 'array') or l.value ? '@pipe'
$$;
comment on function ratchet_internal.document_expressions(jsonb) is
  'The expressions of a document in its full form, each with its path.';
