-- Reads the options of a start, which the caller has checked, or (null) their defaults.

create function ratchet_internal.read_terms(p_options json) returns ratchet_internal.start_terms
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select p_options ->> 'entity', ratchet_internal.number_of(p_options, 'delay', 0),
    ratchet_internal.expire_seconds(p_options),
    ratchet_internal.number_of(p_options, 'pending', null), p_options -> 'retry',
    coalesce(p_options ->> 'watch' = 'true', false),
    p_options ->> 'signalIn' is distinct from 'false',
    coalesce(p_options ->> 'persistent' = 'true', false),
    p_options -> 'search' is not null or p_options -> 'marker' is not null
$$;
comment on function ratchet_internal.read_terms(json) is 'What the options of a start ask for.';
