-- A sum of two doubles, as IEEE has it: infinite out of range, where Postgres raises.

create function ratchet_internal.pipe_sum(p_a float8, p_b float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if abs(p_a) < 8e307 and abs(p_b) < 8e307
    or p_a in ('NaN', 'Infinity', '-Infinity') or p_b in ('NaN', 'Infinity', '-Infinity') then
    return p_a + p_b;
  end if;
  return ratchet_internal.pipe_double(
    ratchet_internal.pipe_exact(p_a) + ratchet_internal.pipe_exact(p_b));
end $$;
comment on function ratchet_internal.pipe_sum(float8, float8) is
  'A sum of two doubles; infinite out of range.';
