-- A duration in milliseconds: a number of them, or text with a unit, as '500ms', '5 seconds',
-- '24h', '30 days', '1w', '1y'. Null for anything else. Total.

create function ratchet_internal.duration_ms(p_text text) returns float8
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select (part[1])::float8 * case
      when part[2] = '' or part[2] ~ '^(ms|msecs?|milliseconds?)$' then 1
      when part[2] ~ '^(s|secs?|seconds?)$' then 1000
      when part[2] ~ '^(m|mins?|minutes?)$' then 60000
      when part[2] ~ '^(h|hrs?|hours?)$' then 3600000
      when part[2] ~ '^(d|days?)$' then 86400000
      when part[2] ~ '^(w|weeks?)$' then 604800000
      when part[2] ~ '^(y|yrs?|years?)$' then 31557600000 end
  from regexp_match(lower(p_text collate "C"),
    E'^\\s*([0-9]{1,12}(?:\\.[0-9]{1,6})?)\\s*([a-z]*)\\s*$') part
$$;
comment on function ratchet_internal.duration_ms(text) is
  'A duration given as text, in milliseconds; null when it is none.';
