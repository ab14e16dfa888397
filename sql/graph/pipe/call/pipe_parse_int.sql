-- The longest whole number in a radix at the start of a text, after white space; NaN when there is
-- none or no such radix. Radix 0 is 10, or 16 after 0x.

create function ratchet_internal.pipe_parse_int(p_text text, p_radix bigint) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := ratchet_internal.pipe_trim(p_text, 'start');
  v_radix int := p_radix;
  v_digits text;
  v_number float8;
begin
  v_digits := ltrim(left(v_text, 1), '+-') || substr(v_text, 2);
  if v_radix in (0, 16) and v_digits ~* '^0x' then
    v_digits := substr(v_digits, 3);
    v_radix := 16;
  end if;
  if v_radix = 0 then v_radix := 10; end if;
  if v_radix not between 2 and 36 then return 'NaN'; end if;
  v_digits := substring(v_digits from '^[0-9a-zA-Z]*');
  v_digits := substring(lower(v_digits collate "C") from
    format('^[%s]+', left('0123456789abcdefghijklmnopqrstuvwxyz', v_radix)));
  if v_digits is null then return 'NaN'; end if;
  v_number := ratchet_internal.pipe_digits_number(v_digits, v_radix);
  return case when left(v_text, 1) = '-' then -v_number else v_number end;
end $$;
comment on function ratchet_internal.pipe_parse_int(text, bigint) is
  'The whole number in a radix at the start of a text, or NaN.';
