-- Text with the first occurrence of p_needle replaced. In the replacement $$ is a dollar sign, $&
-- what was found, $` what comes before it and $' what comes after.
-- Raises: WF506.

create function ratchet_internal.pipe_replace(
  p_text text, p_needle text, p_replacement text
) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $body$
declare
  v_at int := strpos(p_text, p_needle);
  v_new text := p_replacement;
  v_marks int;
begin
  if v_at = 0 then return p_text; end if;
  if strpos(v_new, '$') > 0 then
    v_marks := length(v_new) - length(replace(v_new, '$', ''));
    perform ratchet_internal.pipe_check_size('string.replace',
      v_marks::float8 * octet_length(p_text) + octet_length(v_new));
    v_new := coalesce((
      select string_agg(case m[1] when '$$' then '$' when '$&' then p_needle
        when '$`' then left(p_text, v_at - 1)
        when '$''' then substr(p_text, v_at + length(p_needle)) else m[1] end, '' order by at)
      from regexp_matches(v_new, E'(\\$[$&`'']|[^$]+|\\$)', 'g') with ordinality as r (m, at)), '');
  end if;
  return left(p_text, v_at - 1) || v_new || substr(p_text, v_at + length(p_needle));
end $body$;
comment on function ratchet_internal.pipe_replace(text, text, text) is
  'Text with the first occurrence of another text replaced.';
