-- Reads a point in time out of options that anybody may have written: text as ISO 8601, or
-- milliseconds since 1970. Total: null where there is none.

create function ratchet_internal.time_of(p_object json, p_key text) returns timestamptz
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case
    when json_typeof(ratchet_internal.readable(p_object) -> p_key) = 'number'
      then to_timestamp(least(greatest(ratchet_internal.number_of(p_object, p_key, null), -6e13),
        9e15) / 1000)
    when part[1]::int > 0 and part[2]::int between 1 and 12
      then (make_date(part[1]::int, part[2]::int, 1)::timestamp
        + make_interval(days => part[3]::int - 1, hours => part[4]::int, mins => part[5]::int,
          secs => coalesce(part[6], '0')::float8)
        - case when part[8] is null then interval '0' else (part[8] || '1')::int
          * make_interval(hours => part[9]::int, mins => part[10]::int) end) at time zone 'UTC'
    end
  from (select regexp_match((ratchet_internal.readable(p_object) ->> p_key) collate "C",
    E'^(\\d{4})-(\\d\\d)-(\\d\\d)[T ](\\d\\d):(\\d\\d)(?::(\\d\\d(?:\\.\\d{1,9})?))?'
    || E'(Z|([+-])(\\d\\d):?(\\d\\d))?$') as part) iso
$$;
comment on function ratchet_internal.time_of(json, text) is
  'The point in time that an object has under a key: ISO text or milliseconds; null if there is '
  'none.';
