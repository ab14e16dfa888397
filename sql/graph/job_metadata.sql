-- What expressions and callers see of a job as its metadata. Inlinable.

create function ratchet_internal.job_metadata(p_job ratchet.jobs) returns jsonb
language sql stable
return jsonb_strip_nulls(jsonb_build_object(
  'jid', p_job.key, 'gid', p_job.id::text, 'app', p_job.queue, 'vrs', p_job.version,
  'tpc', p_job.workflow, 'js', p_job.status, 'jc', ratchet_internal.graph_time(p_job.created_at),
  'ju', ratchet_internal.graph_time(p_job.updated_at), 'err', p_job.error::text))
  || (coalesce(p_job.options, '{}')::jsonb - array['publishes', 'expire', 'max_cycles']);
comment on function ratchet_internal.job_metadata(ratchet.jobs) is
  'The metadata of a job of a graph.';
