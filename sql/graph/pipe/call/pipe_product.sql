-- A product of two doubles, as IEEE has it: infinite or zero out of range, where Postgres raises.

create function ratchet_internal.pipe_product(p_a float8, p_b float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if (abs(p_a) between 1e-150 and 1e150 or p_a = 0)
    and (abs(p_b) between 1e-150 and 1e150 or p_b = 0) then return p_a * p_b; end if;
  if p_a in ('NaN', 'Infinity', '-Infinity') or p_b in ('NaN', 'Infinity', '-Infinity')
    or p_a = 0 or p_b = 0 then return p_a * p_b; end if;
  return case when sign(p_a) = sign(p_b) then 1 else -1 end * ratchet_internal.pipe_double(
    ratchet_internal.pipe_exact(abs(p_a)) * ratchet_internal.pipe_exact(abs(p_b)));
end $$;
comment on function ratchet_internal.pipe_product(float8, float8) is
  'A product of two doubles; infinite or zero out of range.';
