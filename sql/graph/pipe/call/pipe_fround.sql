-- The nearest single-precision number; infinite or zero out of its range, where a cast would raise.

create function ratchet_internal.pipe_fround(x float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_step constant float8 := power(2::float8, -149);
begin
  if x = 0 or abs(x) = 'Infinity' then return x; end if;
  if abs(x) >= 3.4028235677973366e38 then return x * 'Infinity'::float8; end if;
  if abs(x) >= 1.1754943508222875e-38 then return x::float4::float8; end if;
  -- Subnormal: a multiple of the smallest step. Rounding of float8 is to even, as it must be.
  return case when x < 0 then -(round(-x / c_step) * c_step) else round(x / c_step) * c_step end;
end $$;
comment on function ratchet_internal.pipe_fround(float8) is
  'The nearest single-precision number.';
