-- The search attributes of a job, an object of texts. The range finds them by key: their
-- addresses, and no others, begin with an underscore.

create function ratchet_internal.attributes_of(p_job bigint) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_object_agg(substr(address, 2), value), '{}')
  from ratchet.jobs_attributes
  where job_id = p_job and address >= '_' and address < '`' and kind = 'attribute'
$$;
comment on function ratchet_internal.attributes_of(bigint) is
  'The search attributes of a job by name, as texts.';
