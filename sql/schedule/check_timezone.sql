-- Raises: WF104 unless the server knows the time zone by a name of the IANA database. Offsets and
-- POSIX rules, which Postgres would take too, have their signs the wrong way round for most people.

create function ratchet_internal.check_timezone(p_timezone text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_timezone is null
    or not p_timezone ~ '^[A-Za-z]+([_+/-][A-Za-z0-9]+)*$'
    or not exists (select from pg_timezone_names
      where lower(name collate "C") = lower(p_timezone collate "C"))
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'timezone', 'value', left(p_timezone, 100)),
      'Give an IANA name, such as Europe/Berlin or UTC; pg_timezone_names has all.');
  end if;
end $$;
comment on function ratchet_internal.check_timezone(text) is
  'Raises WF104 unless the server knows the time zone.';
