-- An expression as people read it: a reference or a text as it is, the rows of a pipe in
-- parentheses, one after another, anything else as JSON; long ones are cut.

create function ratchet_internal.expression_text(p_value jsonb) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when char_length(whole.text) > 120 then left(whole.text, 117) || '...'
    else whole.text end
  from (select case
    when jsonb_typeof(p_value) = 'string' then p_value #>> '{}'
    when jsonb_typeof(p_value) = 'object' and jsonb_typeof(p_value -> '@pipe') = 'array' then (
      select '(' || string_agg(coalesce(line.text, line.value::text), ' | ' order by line.at) || ')'
      from (
        select line.at, line.value, (
          select string_agg(cell.value #>> '{}', ', ' order by cell.at)
          from jsonb_array_elements(case when jsonb_typeof(line.value) = 'array' then line.value
            else '[]' end) with ordinality as cell (value, at)) as text
        from jsonb_array_elements(p_value -> '@pipe') with ordinality as line (value, at)) line)
    else p_value::text end as text) whole
$$;
comment on function ratchet_internal.expression_text(jsonb) is
  'An expression as people read it, at most 120 characters.';
