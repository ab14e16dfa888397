-- exp, expm1, log, log10, log1p, log2 of a number, not NaN. expm1 and log1p keep their digits
-- near 0 by correcting for what 1 + x rounds off; log2 is exact for powers of two.

create function ratchet_internal.pipe_logarithm(p_name text, x float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_near float8;
  v_bits bigint;
  v_exponent int;
begin
  if p_name in ('exp', 'expm1') then
    v_near := case when x > 709.782712893384 then 'Infinity' when x < -745.1332191019411 then 0
      else exp(x) end;
    return case when p_name = 'exp' then v_near
      when abs(x) < 1e-17 then x
      when abs(x) < 1e-5 then x + x * x / 2 + x * x * x / 6
      when abs(x) > 0.5 then v_near - 1
      else (v_near - 1) * (x / ln(v_near)) end;
  end if;
  if p_name = 'log1p' then
    if abs(x) < 1e-300 then return x; end if;
    if x > 1e17 then return ln(x); end if;
    if x <= -1 then return case when x = -1 then '-Infinity' else 'NaN' end; end if;
    v_near := 1 + x;
    return case when v_near = 1 then x else ln(v_near) * (x / (v_near - 1)) end;
  end if;
  if x <= 0 then return case when x = 0 then '-Infinity' else 'NaN' end; end if;
  if x = 'Infinity' then return x; end if;
  if p_name = 'log' then return ln(x); end if;
  if p_name = 'log10' then return log(x); end if;
  -- x is m * 2^e with m near 1: the exponent comes from the bits, and only m has a logarithm.
  v_near := case when x < 1e-300 then x * 1.8014398509481984e16 else x end;
  v_bits := ('x' || encode(float8send(v_near), 'hex'))::bit(64)::bigint;
  v_exponent := (v_bits >> 52)::int - 1023;
  v_near := v_near / power(2::float8, v_exponent);
  if v_near > 1.4142135623730951 then
    v_near := v_near / 2;
    v_exponent := v_exponent + 1;
  end if;
  return case when x < 1e-300 then v_exponent - 54 else v_exponent end
    + ln(v_near) / 0.6931471805599453::float8;
end $$;
comment on function ratchet_internal.pipe_logarithm(text, float8) is
  'exp, expm1, log, log10, log1p and log2 of a number.';
