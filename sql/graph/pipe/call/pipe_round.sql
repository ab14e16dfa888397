-- The nearest whole number, halves towards positive infinity; small negatives are -0. Not floor of
-- x + 0.5: that sum would itself be rounded.

create function ratchet_internal.pipe_round(x float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_floor float8 := floor(x);
begin
  if abs(x) >= 4503599627370496 or v_floor = x then return x; end if;
  if x < 0 and x >= -0.5 then return '-0'; end if;
  return case when x - v_floor >= 0.5 then v_floor + 1 else v_floor end;
end $$;
comment on function ratchet_internal.pipe_round(float8) is
  'The nearest whole number, halves towards positive infinity.';
