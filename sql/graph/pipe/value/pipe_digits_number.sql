-- A row of digits in a radix as a number; NaN when a digit does not belong to the radix. More than
-- 1,100 digits are infinite in any radix, so that long text costs nothing.

create function ratchet_internal.pipe_digits_number(p_digits text, p_radix int) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_digits text := ltrim(lower(p_digits collate "C"), '0');
  v_number numeric := 0;
  v_digit int;
begin
  for i in 1..least(length(v_digits), 1100) loop
    v_digit := strpos('0123456789abcdefghijklmnopqrstuvwxyz', substr(v_digits, i, 1)) - 1;
    if v_digit < 0 or v_digit >= p_radix then return 'NaN'; end if;
    v_number := v_number * p_radix + v_digit;
  end loop;
  if length(v_digits) > 1100 then return 'Infinity'; end if;
  return ratchet_internal.pipe_double(v_number);
end $$;
comment on function ratchet_internal.pipe_digits_number(text, int) is
  'A row of digits in a radix as a number; NaN when a digit does not belong to the radix.';
