-- What is wrong with the rows of a pipe, or of a reduce, which has a row before its first one.

create function ratchet_internal.pipe_row_problems(
  p_rows jsonb, p_path text[], p_is_reduce boolean
) returns table (path text[], message text)
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_has_prior boolean := p_is_reduce;
  v_has_queue boolean := false;
  v_row jsonb;
  v_path text[];
begin
  if cardinality(p_path) > 200 then
    return query select p_path, 'This is nested too deep: at most 100 levels can be evaluated.';
    return;
  end if;
  if jsonb_typeof(p_rows) is distinct from 'array' or p_rows = '[]' then
    return query select p_path, format('%s needs a list with at least one row.',
      p_path[cardinality(p_path)]);
    return;
  end if;
  for i in 0..jsonb_array_length(p_rows) - 1 loop
    v_row := p_rows -> i;
    v_path := p_path || i::text;
    if jsonb_typeof(v_row) = 'array' then
      if (v_has_prior or v_has_queue) and coalesce(ratchet_internal.pipe_braced(v_row -> 0)
        !~ E'^(@|\\$(item|key|index|input|output))', true) then
        return query select v_path || '0'::text,
          'Every row but the first must begin with a function or an iteration variable.';
      end if;
      return query
        select n.path, n.message
        from jsonb_array_elements(v_row) with ordinality as c (value, at)
        cross join lateral ratchet_internal.pipe_problems(c.value, v_path || (c.at - 1)::text) as n
        where jsonb_typeof(c.value) = 'string';
      v_has_prior := true;
      v_has_queue := false;
    elsif jsonb_typeof(v_row) = 'object' and v_row ? '@pipe' then
      v_has_queue := true;
      return query select * from ratchet_internal.pipe_row_problems(v_row -> '@pipe',
        v_path || '@pipe'::text, false);
    elsif jsonb_typeof(v_row) = 'object' and v_row ? '@reduce' then
      if not v_has_prior then
        return query select v_path, 'A @reduce needs a row before it that names the collection.';
      end if;
      return query select * from ratchet_internal.pipe_row_problems(v_row -> '@reduce',
        v_path || '@reduce'::text, true);
    else
      return query select v_path, 'A row is a list of cells, a nested @pipe or a @reduce.';
    end if;
  end loop;
  if not v_has_prior then
    return query select p_path, 'A row must gather what the nested pipes give.';
  end if;
end $$;
comment on function ratchet_internal.pipe_row_problems(jsonb, text[], boolean) is
  'What is wrong with the rows of a pipe or a reduce, and where.';
