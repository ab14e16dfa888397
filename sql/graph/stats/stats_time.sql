-- A time of a query: ISO 8601, milliseconds since 1970, or NOW. Raises: WF104.

create function ratchet_internal.stats_time(p_query jsonb, p_option text) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
  v_given text := p_query ->> p_option;
begin
  if upper(v_given collate "C") = 'NOW' then return ratchet_internal.now(); end if;
  if v_given ~ '^[0-9]{9,14}$' then return to_timestamp(v_given::float8 / 1000); end if;
  if v_given !~ '^[0-9]{4}-[0-9]{2}' then
    raise invalid_datetime_format;
  end if;
  return v_given::timestamptz;
exception when invalid_datetime_format or datetime_field_overflow then
  perform ratchet_internal.raise_error('WF104', 'invalid option',
    jsonb_build_object('option', p_option, 'value', left(v_given, 60)),
    'Give a time as ISO 8601, as milliseconds since 1970, or NOW.');
  return null;
end $$;
comment on function ratchet_internal.stats_time(jsonb, text) is
  'A time of a query for statistics; null when it is not given.';
