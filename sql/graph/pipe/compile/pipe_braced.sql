-- What stands between the braces of a reference or function; null for a literal.

create function ratchet_internal.pipe_braced(p_cell jsonb) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := case jsonb_typeof(p_cell) when 'string' then p_cell #>> '{}' end;
begin
  return case when left(v_text, 1) = '{' and right(v_text, 1) = '}' and length(v_text) > 1
    then substr(v_text, 2, length(v_text) - 2) end;
end $$;
comment on function ratchet_internal.pipe_braced(jsonb) is
  'What stands between the braces of a reference or function; null for a literal.';
