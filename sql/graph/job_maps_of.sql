-- The job maps of an activity: under "" those for any response, under a code those for that one.

create function ratchet_internal.job_maps_of(p_body jsonb)
returns table (code text, maps jsonb)
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select '', p_body -> 'job' -> 'maps' where p_body -> 'job' ? 'maps'
  union all
  select key, value -> 'maps'
  from jsonb_each(case jsonb_typeof(p_body -> 'job') when 'object' then p_body -> 'job'
    else '{}' end)
  where key ~ '^[0-9]+$' and value ? 'maps'
$$;
comment on function ratchet_internal.job_maps_of(jsonb) is
  'The job maps of an activity, with the response code they are for.';
