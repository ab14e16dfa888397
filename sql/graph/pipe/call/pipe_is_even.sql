-- Whether a finite number is a multiple of two. Halving a number below 1 could be out of range.

create function ratchet_internal.pipe_is_even(p_number float8) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if abs(p_number) < 1 then return p_number = 0; end if;
  return trunc(p_number / 2) * 2 = p_number;
end $$;
comment on function ratchet_internal.pipe_is_even(float8) is
  'Whether a finite number is a multiple of two.';
