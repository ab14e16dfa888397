-- A job of a graph as callers see it. Inlinable.

create function ratchet_internal.job_state(p_job ratchet.jobs) returns json
language sql stable
return json_build_object('job_id', p_job.key, 'status', p_job.status,
  'metadata', ratchet_internal.job_metadata(p_job), 'data', p_job.context,
  'error', p_job.error);
comment on function ratchet_internal.job_state(ratchet.jobs) is
  'A job of a graph as callers see it: id, status, metadata, data, error.';
