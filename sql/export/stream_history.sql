-- The requests that the activities of a job were, as a list: what was asked for when, and how it
-- was answered.

create function ratchet_internal.stream_history(p_job ratchet.jobs) returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(json_agg(json_build_object(
    'id', s.job_id || s.timeline_key, 'jid', p_job.key, 'aid', s.name, 'dad', s.dimension,
    'msg_type', 'worker', 'topic', p_job.queue || '-' || p_job.workflow,
    'workflow_name', p_job.workflow, 'data', s.input,
    'status', case when s.is_final then case when s.is_failed then 'error' else 'success' end end,
    'code', case when s.is_final then case when s.is_failed
      then ratchet_internal.number_of(s.value::json, 'code', 500) else 200 end end,
    'created_at', ratchet_internal.iso_time(s.created_at),
    'expired_at', case when s.is_final then ratchet_internal.iso_time(s.updated_at) end)
    order by s.created_at, s.dimension, s.index), '[]')
  from ratchet.steps s where s.job_id = p_job.id and s.kind = 'activity'
$$;
comment on function ratchet_internal.stream_history(ratchet.jobs) is
  'The requests that the activities of a job were, and how they were answered.';
