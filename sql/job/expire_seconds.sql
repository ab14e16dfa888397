-- How long a job is kept that has ended, as options of a plan or a start say: at most 1e13 seconds.
-- Total: null where they say nothing, or no number that is a time. Inlinable.

create function ratchet_internal.expire_seconds(p_options json) returns bigint
language sql immutable parallel safe
return nullif(least(greatest(
  ratchet_internal.number_of(p_options, 'expire', -1), -1), 1e13), -1)::bigint;
comment on function ratchet_internal.expire_seconds(json) is
  'How many seconds a finished job is kept, as options say; null where they say nothing sane.';
