-- The references that an expression reads, each as its steps, with the path in the expression where
-- it stands. Iteration variables are not references. An expression is a single value, a map or the
-- rows of a pipe; literals inside of rows are not searched.

create function ratchet_internal.pipe_references(p_expression jsonb)
returns table (reference text[], path text[])
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text := ratchet_internal.pipe_braced(p_expression);
begin
  if v_name is not null and v_name !~ E'^(@|\\$(item|key|index|input|output))' then
    return query select case v_name when '' then array[''] else string_to_array(v_name, '.') end,
      '{}'::text[];
  elsif jsonb_typeof(p_expression) = 'object' and p_expression ? '@pipe' then
    return query
      select n.reference, array['@pipe'] || n.path
      from ratchet_internal.pipe_row_references(p_expression -> '@pipe') as n;
  elsif jsonb_typeof(p_expression) = 'object' then
    return query
      select n.reference, array[m.key] || n.path
      from jsonb_each(p_expression) as m
      cross join lateral ratchet_internal.pipe_references(m.value) as n;
  elsif jsonb_typeof(p_expression) = 'array' then
    return query
      select n.reference, array[(m.at - 1)::text] || n.path
      from jsonb_array_elements(p_expression) with ordinality as m (value, at)
      cross join lateral ratchet_internal.pipe_references(m.value) as n;
  end if;
end $$;
comment on function ratchet_internal.pipe_references(jsonb) is
  'The references that an expression reads, and where they stand in it.';
