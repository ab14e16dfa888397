-- A regular expression of JavaScript in the dialect of Postgres: what . \d \w \s \b mean, brackets
-- that are empty, braces that are literal, escapes that Postgres does not have.
-- Raises: WF107.

create function ratchet_internal.pipe_pattern(p_pattern text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_blanks constant text := '\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';
  -- Digits are octal after a zero, and wherever there is no group to refer to.
  c_octal constant text := case when p_pattern ~ '\(' then '\\0[0-7]{0,2}'
    else '\\[0-3][0-7]{0,2}|\\[4-7][0-7]?' end;
  v_tokens text[] := array(
    select coalesce(m[1], '') from regexp_matches(p_pattern, '(' || c_octal
      || '|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\c[a-zA-Z]|\\.|\(\?<?[=!:]|\(\?|\[\^?\]|\[\^?|'
      || '\{[0-9]+(?:,[0-9]*)?\}|.)', 'g') as m);
  v_token text;
  v_last text;
  v_is_class boolean := false;
  v_pattern text := '';
begin
  if right(p_pattern, 1) = '\' and p_pattern !~ '(^|[^\\])(\\\\)+$' then
    perform ratchet_internal.pipe_fail('string.search', 'the pattern ends with \');
  elsif p_pattern ~ '^[*+?]' then
    perform ratchet_internal.pipe_fail('string.search', 'the pattern begins with a quantifier');
  end if;
  foreach v_token in array v_tokens loop
    -- Beside a class of characters a hyphen is no range.
    if v_is_class and v_token ~ '^\\[dwsDWS]$' and v_last = '-' then
      v_pattern := left(v_pattern, -1) || '\-';
    elsif v_is_class and v_token = '-' and v_last ~ '^\\[dwsDWS]$' then
      v_token := '\-';
    end if;
    v_pattern := v_pattern || case
      when v_token = '\c' then '\\c'
      when v_token = '\d' then case when v_is_class then '0-9' else '[0-9]' end
      when v_token = '\w' then
        case when v_is_class then '0-9A-Za-z_' else '[0-9A-Za-z_]' end
      when v_token = '\s' then
        case when v_is_class then c_blanks else '[' || c_blanks || ']' end
      when v_token = '\D' and not v_is_class then '[^0-9]'
      when v_token = '\W' and not v_is_class then '[^0-9A-Za-z_]'
      when v_token = '\S' and not v_is_class then '[^' || c_blanks || ']'
      when v_token = '\b' then case when v_is_class then '\b' else '\y' end
      when v_token = '\B' and not v_is_class then '\Y'
      when v_token ~ '^\\[0-7]+$' and (left(v_token, 2) = '\0' or '(' <> all (v_tokens))
        then '\u' || lpad(to_hex((
          select sum(digit::int * 8 ^ (at - 1))::int
          from string_to_table(reverse(substr(v_token, 2)), null)
            with ordinality as each (digit, at))), 4, '0')
      when v_token ~ '^\\[^a-zA-Z0-9]$' or v_token ~ '^\\([fnrtvDWS]|u....|c.)$'
        or v_token ~ '^\\[1-9]$' and '(' = any (v_tokens)
        then v_token
      when v_token ~ '^\\x..' then '\u00' || substr(v_token, 3)
      when v_token ~ '^\\' then substr(v_token, 2)
      when v_is_class then
        case when left(v_token, 1) = '[' then '\[' || substr(v_token, 2) else v_token end
      when v_token = '[]' then '(?:(?!))'
      when v_token = '[^]' then '[\s\S]'
      -- Options and named groups: this is malformed, and refused as such.
      when v_token = '(?' then '(*'
      when v_token = '.' then '[^\n\r\u2028\u2029]'
      when v_token in ('{', '}') or v_token = ']' then '\' || v_token
      else v_token end;
    if v_is_class then v_is_class := right(v_token, 1) <> ']' or left(v_token, 1) = '\';
    else v_is_class := v_token in ('[', '[^'); end if;
    v_last := v_token;
  end loop;
  return v_pattern;
end $$;
comment on function ratchet_internal.pipe_pattern(text) is
  'A regular expression of JavaScript in the dialect of Postgres.';
