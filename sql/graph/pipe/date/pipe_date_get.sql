-- One part of a date, or all of it as milliseconds: date.get*, valueOf. The zone of the host is
-- UTC.
-- Raises: WF107.

create function ratchet_internal.pipe_date_get(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_time float8 := ratchet_internal.pipe_date(p_function, p_args[1]);
  v_part int := array_position('{FullYear,Month,Date,Hours,Minutes,Seconds,Milliseconds,Day}',
    regexp_replace(p_function, E'^date\\.get(UTC)?', ''));
begin
  if v_time = 'NaN' then return '{"$": "NaN"}'; end if;
  if p_function = 'date.getTimezoneOffset' then return '0'; end if;
  if v_part is null then return to_jsonb(v_time); end if;
  return to_jsonb((ratchet_internal.pipe_date_parts(v_time))[v_part]);
end $$;
comment on function ratchet_internal.pipe_date_get(text, jsonb[]) is
  'One part of a date, or all of it as milliseconds.';
