-- Records what a job says about itself when it starts. Writes: graph_facts.

create function ratchet_internal.record_facts(
  p_now timestamptz, p_job ratchet.jobs, p_facts jsonb
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into ratchet_internal.graph_facts
    (space, topic, key, bucket, measure, name, value, job_key, recorded_at)
  select p_job.namespace, p_job.workflow, p_facts ->> 'key', p_facts ->> 'bucket', 'job', '',
    null, p_job.key, p_now
  union all
  select p_job.namespace, p_job.workflow, p_facts ->> 'key', p_facts ->> 'bucket',
    m ->> 'measure', m ->> 'name', m ->> 'value', p_job.key, p_now
  from jsonb_array_elements(p_facts -> 'measures') m
  where m ->> 'measure' in ('count', 'sum', 'avg', 'mdn', 'index')
$$;
comment on function ratchet_internal.record_facts(timestamptz, ratchet.jobs, jsonb) is
  'Records what a job says about itself when it starts.';
