-- A value as a signed 32-bit number: fractions are cut off, modulo 2^32; NaN and infinities are 0.

create function ratchet_internal.pipe_int32(p_value jsonb) returns bigint
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_number float8 := trunc(ratchet_internal.pipe_number(p_value));
  v_bits bigint;
begin
  if v_number in ('NaN', 'Infinity', '-Infinity') then return 0; end if;
  if abs(v_number) < 9e15 then
    v_bits := v_number::bigint & 4294967295;
  else
    v_bits := mod(ratchet_internal.pipe_exact(v_number), 4294967296)::bigint & 4294967295;
  end if;
  return case when v_bits > 2147483647 then v_bits - 4294967296 else v_bits end;
end $$;
comment on function ratchet_internal.pipe_int32(jsonb) is
  'A value as a signed 32-bit number (ToInt32 of JavaScript).';
