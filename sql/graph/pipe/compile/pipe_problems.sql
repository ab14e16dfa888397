-- What is wrong with an expression, whatever data it meets: rows in the wrong shape, functions that
-- do not exist. p_path is where the expression stands; each problem has the path to itself.

create function ratchet_internal.pipe_problems(p_expression jsonb, p_path text[])
returns table (path text[], message text)
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text := ratchet_internal.pipe_braced(p_expression);
begin
  if cardinality(p_path) > 200 then
    return query select p_path, 'This is nested too deep: at most 100 levels can be evaluated.';
  elsif v_name ~ '^@' then
    return query
      select p_path, format('There is no function "%s".', left(substr(v_name, 2), 100))
      where ratchet_internal.pipe_family(substr(v_name, 2)) is null;
  elsif jsonb_typeof(p_expression) = 'object' and p_expression ? '@pipe' then
    return query
      select * from ratchet_internal.pipe_row_problems(p_expression -> '@pipe',
        p_path || '@pipe'::text, false);
  elsif jsonb_typeof(p_expression) = 'object' then
    return query
      select n.path, n.message
      from jsonb_each(p_expression) as m
      cross join lateral ratchet_internal.pipe_problems(m.value, p_path || m.key) as n;
  elsif jsonb_typeof(p_expression) = 'array' then
    return query
      select n.path, n.message
      from jsonb_array_elements(p_expression) with ordinality as m (value, at)
      cross join lateral ratchet_internal.pipe_problems(m.value,
        p_path || (m.at - 1)::text) as n;
  end if;
end $$;
comment on function ratchet_internal.pipe_problems(jsonb, text[]) is
  'What is wrong with an expression, and where.';
