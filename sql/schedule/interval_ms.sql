-- A length of time in milliseconds. Null for one with months, which have no length of their own.

create function ratchet_internal.interval_ms(p_interval interval) returns bigint
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when extract(year from p_interval) = 0 and extract(month from p_interval) = 0
      and abs(extract(epoch from p_interval)) < 1e12
    then (extract(epoch from p_interval) * 1000)::bigint end
$$;
comment on function ratchet_internal.interval_ms(interval) is
  'A length of time in milliseconds; null when it has months or is too long.';
