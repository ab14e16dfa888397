-- A decimal number as the nearest IEEE double: too large becomes infinite, too small becomes zero,
-- where a cast would raise. The limits are half way to the neighbours that doubles do not have.

create function ratchet_internal.pipe_double(p_number numeric) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if abs(p_number) < 1.797693134862315807e308 then
    if abs(p_number) > 2.4703282292062328e-324 then return p_number::float8; end if;
    return case when p_number < 0 then '-0'::float8 else 0 end;
  end if;
  return case when p_number < 0 then '-Infinity'::float8 else 'Infinity' end;
end $$;
comment on function ratchet_internal.pipe_double(numeric) is
  'The IEEE double nearest to a decimal number; infinite or zero out of range.';
