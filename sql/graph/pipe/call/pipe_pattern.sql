-- A regular expression of JavaScript in the dialect of Postgres: what . \d \w \s \b mean, brackets
-- that are empty, braces that are literal, escapes that Postgres does not have.
-- Raises: WF107.

create function ratchet_internal.pipe_pattern(p_pattern text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_blanks constant text := E'\\s\\u00a0\\u1680\\u2000-\\u200a'
    || E'\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff';
  -- Digits are octal after a zero, and wherever there is no group to refer to.
  c_octal constant text := case when p_pattern ~ E'\\(' then E'\\\\0[0-7]{0,2}'
    else E'\\\\[0-3][0-7]{0,2}|\\\\[4-7][0-7]?' end;
  v_tokens text[] := array(
    select coalesce(m[1], '') from regexp_matches(p_pattern, '(' || c_octal
      || E'|\\\\u[0-9a-fA-F]{4}|\\\\x[0-9a-fA-F]{2}|\\\\c[a-zA-Z]|\\\\.|\\(\\?<?[=!:]|\\(\\?'
      || E'|\\[\\^?\\]|\\[\\^?|\\{[0-9]+(?:,[0-9]*)?\\}|.)', 'g') as m);
  v_token text;
  v_last text;
  v_is_class boolean := false;
  v_pattern text := '';
begin
  if right(p_pattern, 1) = E'\\' and p_pattern !~ E'(^|[^\\\\])(\\\\\\\\)+$' then
    perform ratchet_internal.pipe_fail('string.search', E'the pattern ends with \\');
  elsif p_pattern ~ '^[*+?]' then
    perform ratchet_internal.pipe_fail('string.search', 'the pattern begins with a quantifier');
  end if;
  foreach v_token in array v_tokens loop
    -- Beside a class of characters a hyphen is no range.
    if v_is_class and v_token ~ E'^\\\\[dwsDWS]$' and v_last = '-' then
      v_pattern := left(v_pattern, -1) || E'\\-';
    elsif v_is_class and v_token = '-' and v_last ~ E'^\\\\[dwsDWS]$' then
      v_token := E'\\-';
    end if;
    v_pattern := v_pattern || case
      when v_token = E'\\c' then E'\\\\c'
      when v_token = E'\\d' then case when v_is_class then '0-9' else '[0-9]' end
      when v_token = E'\\w' then
        case when v_is_class then '0-9A-Za-z_' else '[0-9A-Za-z_]' end
      when v_token = E'\\s' then
        case when v_is_class then c_blanks else '[' || c_blanks || ']' end
      when v_token = E'\\D' and not v_is_class then '[^0-9]'
      when v_token = E'\\W' and not v_is_class then '[^0-9A-Za-z_]'
      when v_token = E'\\S' and not v_is_class then '[^' || c_blanks || ']'
      when v_token = E'\\b' then case when v_is_class then E'\\b' else E'\\y' end
      when v_token = E'\\B' and not v_is_class then E'\\Y'
      when v_token ~ E'^\\\\[0-7]+$' and (left(v_token, 2) = E'\\0' or '(' <> all (v_tokens))
        then E'\\u' || lpad(to_hex((
          select sum(digit::int * 8 ^ (at - 1))::int
          from string_to_table(reverse(substr(v_token, 2)), null)
            with ordinality as each (digit, at))), 4, '0')
      when v_token ~ E'^\\\\[^a-zA-Z0-9]$' or v_token ~ E'^\\\\([fnrtvDWS]|u....|c.)$'
        or v_token ~ E'^\\\\[1-9]$' and '(' = any (v_tokens)
        then v_token
      when v_token ~ E'^\\\\x..' then E'\\u00' || substr(v_token, 3)
      when v_token ~ E'^\\\\' then substr(v_token, 2)
      when v_is_class then
        case when left(v_token, 1) = '[' then E'\\[' || substr(v_token, 2) else v_token end
      when v_token = '[]' then '(?:(?!))'
      when v_token = '[^]' then E'[\\s\\S]'
      -- Options and named groups: this is malformed, and refused as such.
      when v_token = '(?' then '(*'
      when v_token = '.' then E'[^\\n\\r\\u2028\\u2029]'
      when v_token in ('{', '}') or v_token = ']' then E'\\' || v_token
      else v_token end;
    if v_is_class then v_is_class := right(v_token, 1) <> ']' or left(v_token, 1) = E'\\';
    else v_is_class := v_token in ('[', '[^'); end if;
    v_last := v_token;
  end loop;
  return v_pattern;
end $$;
comment on function ratchet_internal.pipe_pattern(text) is
  'A regular expression of JavaScript in the dialect of Postgres.';
