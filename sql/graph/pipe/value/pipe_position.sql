-- A value as a position in something of length p_length, from 0 to p_length: negative ones count
-- from the end, undefined is p_default.

create function ratchet_internal.pipe_position(
  p_value jsonb, p_default float8, p_length int
) returns int
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_at float8 := ratchet_internal.pipe_integer(p_value, p_default);
begin
  return case when v_at < 0 then greatest(p_length + v_at, 0) else least(v_at, p_length) end;
end $$;
comment on function ratchet_internal.pipe_position(jsonb, float8, int) is
  'A value as a position from 0 to the length; negative ones count from the end.';
