-- Whether an error ended a job without being anybody else's: who waited gets no error. Inlinable.

create function ratchet_internal.is_silent(p_error json) returns boolean
language sql immutable parallel safe
return coalesce(ratchet_internal.readable(p_error) ->> 'isSilent', '') = 'true';
comment on function ratchet_internal.is_silent(json) is
  'Whether a job was stopped with throw: false, so that nobody who waits for it gets an error.';
