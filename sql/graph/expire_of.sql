-- How long a finished job is kept, in seconds, from a value that an expression gave: 0 and less
-- mean for ever; null when it is no number. Inlinable.

create function ratchet_internal.expire_of(p_value jsonb) returns bigint
language sql immutable
return case when jsonb_typeof(p_value) = 'number' then
  case when p_value::numeric <= 0 then 10000000000
    else least(ceil(p_value::numeric), 10000000000)::bigint end end;
comment on function ratchet_internal.expire_of(jsonb) is
  'How long a finished job is kept, in seconds; null when the value is no number.';
