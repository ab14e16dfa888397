-- A time as programs read it: ISO 8601, UTC, milliseconds. Inlinable.

create function ratchet_internal.iso_time(p_at timestamptz) returns text
language sql stable parallel safe
return to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
comment on function ratchet_internal.iso_time(timestamptz) is
  'A time in ISO 8601, UTC, with milliseconds.';
