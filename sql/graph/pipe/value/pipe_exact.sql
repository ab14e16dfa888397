-- The exact decimal value of a double, from its bits: what rounding to digits and the arithmetic
-- at the edges of the range need. Not for NaN and infinities.

create function ratchet_internal.pipe_exact(p_number float8) returns numeric
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_bits bigint := ('x' || encode(float8send(abs(p_number)), 'hex'))::bit(64)::bigint;
  v_exponent int := (v_bits >> 52)::int;
  v_mantissa numeric := v_bits & 4503599627370495;
  v_digits text;
begin
  if v_exponent = 0 then
    v_exponent := 1;
  else
    v_mantissa := v_mantissa + 4503599627370496;
  end if;
  v_exponent := v_exponent - 1075;
  if v_exponent >= 0 then
    v_mantissa := v_mantissa * power(2::numeric, v_exponent);
  elsif v_mantissa <> 0 then
    -- m / 2^k is m * 5^k / 10^k: whole numbers only, so nothing is rounded.
    v_digits := trunc(v_mantissa * power(5::numeric, -v_exponent))::text;
    v_digits := lpad(v_digits, greatest(length(v_digits), 1 - v_exponent), '0');
    v_mantissa := (left(v_digits, v_exponent) || '.' || right(v_digits, -v_exponent))::numeric;
  end if;
  return case when p_number < 0 then -v_mantissa else v_mantissa end;
end $$;
comment on function ratchet_internal.pipe_exact(float8) is
  'The exact decimal value of a finite double.';
