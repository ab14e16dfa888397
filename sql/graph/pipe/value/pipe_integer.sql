-- A value as a whole number, for positions and counts: undefined is p_default, NaN is 0, fractions
-- are cut off; it may be infinite.

create function ratchet_internal.pipe_integer(p_value jsonb, p_default float8) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_number float8;
begin
  if p_value is null or p_value = '{"$": "undefined"}' then return p_default; end if;
  v_number := trunc(ratchet_internal.pipe_number(p_value));
  return case when v_number = 'NaN' then 0 else v_number end;
end $$;
comment on function ratchet_internal.pipe_integer(jsonb, float8) is
  'A value as a whole number, for positions and counts.';
