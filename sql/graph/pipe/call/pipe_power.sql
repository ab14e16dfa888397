-- A power, as JavaScript has it: x^0 is 1 even for NaN, and 1 to an infinite power is NaN.
-- Whether it is out of range is asked of the logarithm first, because Postgres raises.

create function ratchet_internal.pipe_power(p_base float8, p_exponent float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_whole boolean := trunc(p_exponent) = p_exponent;
  v_is_odd boolean;
  v_size float8;
  v_sign float8 := 1;
begin
  if p_exponent = 0 then return 1; end if;
  if p_base = 'NaN' or p_exponent = 'NaN' then return 'NaN'; end if;
  if p_exponent in ('Infinity', '-Infinity') then
    return case when abs(p_base) = 1 then 'NaN'::float8
      when (abs(p_base) > 1) = (p_exponent > 0) then 'Infinity' else 0 end;
  end if;
  v_is_odd := v_is_whole and abs(p_exponent) < 9007199254740992
    and p_exponent::bigint % 2 <> 0;
  if v_is_odd and (p_base < 0 or p_base::text = '-0') then v_sign := -1; end if;
  if p_base = 0 or abs(p_base) = 'Infinity' then
    return v_sign * case when (p_base = 0) = (p_exponent > 0) then 0
      else 'Infinity'::float8 end;
  end if;
  if p_base < 0 and not v_is_whole then return 'NaN'; end if;
  v_size := ratchet_internal.pipe_product(p_exponent, ln(abs(p_base)));
  if v_size < -745.2 then return v_sign * 0; end if;
  if v_size > 709.8 then return v_sign * 'Infinity'::float8; end if;
  if abs(v_size) < 708 then return v_sign * power(abs(p_base), p_exponent); end if;
  -- Near the edges: the root is in range, and its square is taken as IEEE has it.
  return v_sign * ratchet_internal.pipe_product(
    power(abs(p_base), p_exponent / 2), power(abs(p_base), p_exponent / 2));
end $$;
comment on function ratchet_internal.pipe_power(float8, float8) is
  'A power of a double; infinite or zero out of range.';
