-- Some fields of a job, texts by name, null where there is none. A name is that of a search
-- attribute; in double quotes it is the field of any row of jobs_attributes, as it stands there,
-- and ":" is the semaphore. An unknown job has no fields.

create function ratchet.query_state(
  p_id text, p_fields text[], p_namespace text default 'durable'
) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(json_object_agg(coalesce(literal, field), case literal
    when ':' then job.status::text
    else (select a.value from ratchet.jobs_attributes a where a.job_id = job.id
      and a.field = coalesce(literal, '_' || given.field)
      and (literal is not null or a.address = '_' || given.field) limit 1) end), '{}')
  from (select distinct field, substring(field from '^"(.*)"$') as literal
    from unnest(p_fields) as each (field) where field is not null) given
  left join ratchet.jobs job on job.key = p_id and job.namespace = p_namespace
$$;
comment on function ratchet.query_state(text, text[], text) is
  'Search attributes of a job by name; a name in double quotes is a field of jobs_attributes.';
