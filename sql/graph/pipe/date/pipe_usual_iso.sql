-- ISO 8601 text as pipe_parse_iso reads it: with separators, with the minutes of the day and of the
-- zone, without blanks. What is no such text comes back as something that is none either.

create function ratchet_internal.pipe_usual_iso(p_text text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := btrim(p_text, E' \t\n\r');
begin
  if length(p_text) > 100 or v_text !~ '^[-+]?[0-9]{4}' then return v_text; end if;
  if v_text ~ '^[0-9]{8}[Tt][0-9]{2}' then
    v_text := regexp_replace(v_text,
      '^([0-9]{4})([0-9]{2})([0-9]{2})[Tt]([0-9]{2})([0-9]{2})?([0-9]{2})?',
      E'\\1-\\2-\\3T\\4:\\5:\\6');
    v_text := regexp_replace(v_text, ':{1,2}(?![0-9:])', '');
  end if;
  v_text := regexp_replace(v_text,
    E'^([-+]?[0-9]+(-[0-9]{2}){2}[Tt ][0-9]{2})(?=\\s*([Zz]|[-+]|$))', E'\\1:00');
  if v_text ~ ':' then
    v_text := regexp_replace(v_text, E'\\s+([Zz]|[-+][0-9]{2}(:?[0-9]{2})?)$', E'\\1');
    v_text := regexp_replace(v_text, '(:[0-9]{2}([.,][0-9]+)?[-+][0-9]{2})$', E'\\1:00');
  end if;
  return v_text;
end $$;
comment on function ratchet_internal.pipe_usual_iso(text) is
  'ISO 8601 text with separators and minutes, and without blanks.';
