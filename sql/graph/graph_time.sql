-- A time as metadata of graphs show it. Inlinable.

create function ratchet_internal.graph_time(p_at timestamptz) returns text
language sql stable parallel safe
return to_char(p_at at time zone 'UTC', 'YYYYMMDDHH24MISS.MS');
comment on function ratchet_internal.graph_time(timestamptz) is
  'A time as metadata of graphs show it: YYYYMMDDHHmmss.sss, UTC.';
