-- Refuses a value above 16 MiB, and one with which a program would hold more than 64 MiB. p_made is
-- how much was made since the registers were last added up; the new sum is given back.
-- Raises: WF506.

create function ratchet_internal.pipe_check_held(
  p_function text, p_value jsonb, p_made float8, p_registers jsonb[]
) returns float8
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_made float8 := p_made + pg_column_size(p_value);
begin
  perform ratchet_internal.pipe_check_size(p_function, pg_column_size(p_value));
  if v_made > 33554432 then
    v_made := (select sum(pg_column_size(value)) from unnest(p_registers) as r (value))
      + pg_column_size(p_value);
    perform ratchet_internal.pipe_check_size(p_function, v_made, 67108864);
  end if;
  return v_made;
end $$;
comment on function ratchet_internal.pipe_check_held(text, jsonb, float8, jsonb[]) is
  'Refuses a value that is too large, by itself or with all others of its program.';
