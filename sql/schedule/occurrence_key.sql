-- The id of the job of an occurrence. Occurrences of a schedule are a second or more apart.

create function ratchet_internal.occurrence_key(p_schedule text, p_at timestamptz) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select p_schedule || '@' || to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
$$;
comment on function ratchet_internal.occurrence_key(text, timestamptz) is
  'The workflow id of the job of an occurrence.';
