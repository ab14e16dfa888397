-- Text without the white space of JavaScript at its start, its end or both: more characters than
-- Postgres has in \s in every locale.

create function ratchet_internal.pipe_trim(p_text text, p_side text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_blanks constant text := E'\t\n\u000b\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005'
    || E'\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';
begin
  return case p_side when 'start' then ltrim(p_text, c_blanks)
    when 'end' then rtrim(p_text, c_blanks) else btrim(p_text, c_blanks) end;
end $$;
comment on function ratchet_internal.pipe_trim(text, text) is
  'Text without the white space of JavaScript at its start, its end or both.';
