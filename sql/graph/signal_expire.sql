-- How long a signal is kept for a wait that is not there yet: what its payload says as $expire, or
-- ten minutes. In milliseconds.

create function ratchet_internal.signal_expire(p_payload jsonb) returns float8
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(ratchet_internal.duration_ms(case when jsonb_typeof(p_payload) = 'object'
    then p_payload ->> '$expire' end), 600000)
$$;
comment on function ratchet_internal.signal_expire(jsonb) is
  'How long a signal is kept for a wait that is not there yet, in milliseconds.';
