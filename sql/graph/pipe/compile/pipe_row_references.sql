-- The references in the rows of a pipe or a reduce, with the path from there.

create function ratchet_internal.pipe_row_references(p_rows jsonb)
returns table (reference text[], path text[])
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_typeof(p_rows) is distinct from 'array' then return; end if;
  return query
    select n.reference, array[(m.at - 1)::text, i.step] || n.path
    from jsonb_array_elements(p_rows) with ordinality as m (value, at)
    cross join lateral (
      select (c.at - 1)::text as step, c.value
      from jsonb_array_elements(case jsonb_typeof(m.value) when 'array' then m.value end)
        with ordinality as c (value, at)
      where jsonb_typeof(c.value) = 'string') i
    cross join lateral ratchet_internal.pipe_references(i.value) as n
    union all
    select n.reference, array[(m.at - 1)::text, k.key] || n.path
    from jsonb_array_elements(p_rows) with ordinality as m (value, at)
    cross join (values ('@pipe'), ('@reduce')) as k (key)
    cross join lateral ratchet_internal.pipe_row_references(
      case jsonb_typeof(m.value) when 'object' then m.value -> k.key end) as n;
end $$;
comment on function ratchet_internal.pipe_row_references(jsonb) is
  'The references in the rows of a pipe or a reduce.';
