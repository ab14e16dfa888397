-- Milliseconds since 1970 as a date value: NaN is the invalid date.

create function ratchet_internal.pipe_from_date(p_time float8) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object('$', 'date', 'value', case when abs(p_time) <= 8.64e15
    then ratchet_internal.pipe_date_text('date.toISOString', trunc(p_time)) end);
end $$;
comment on function ratchet_internal.pipe_from_date(float8) is
  'Milliseconds since 1970 as a date value.';
