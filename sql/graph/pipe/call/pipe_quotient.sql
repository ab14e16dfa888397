-- A quotient of two doubles, as IEEE has it. A zero divisor gives NaN, whatever is divided.

create function ratchet_internal.pipe_quotient(p_a float8, p_b float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_b = 0 or p_a = 'NaN' or p_b = 'NaN' then return 'NaN'; end if;
  if abs(p_a) between 1e-150 and 1e150 and abs(p_b) between 1e-150 and 1e150 or p_a = 0 then
    return p_a / p_b;
  end if;
  if p_b in ('Infinity', '-Infinity') then
    return case when p_a in ('Infinity', '-Infinity') then 'NaN'::float8
      when sign(p_a) = sign(p_b) then 0 else '-0' end;
  end if;
  if p_a in ('Infinity', '-Infinity') then return p_a * sign(p_b); end if;
  return case when sign(p_a) = sign(p_b) then 1 else -1 end * ratchet_internal.pipe_double(
    div(ratchet_internal.pipe_exact(abs(p_a)) * 1e400, ratchet_internal.pipe_exact(abs(p_b)))
      * 1e-400);
end $$;
comment on function ratchet_internal.pipe_quotient(float8, float8) is
  'A quotient of two doubles; NaN when the divisor is 0.';
