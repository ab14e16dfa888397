-- What the message of a worker activity tells its worker, beside the input. Inlinable.

create function ratchet_internal.worker_options(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_address text, p_topic text,
  p_telemetry jsonb
) returns json
language sql stable
return json_build_object('metadata', json_strip_nulls(json_build_object(
    'guid', p_job.id || p_address || '-' || p_activity.position,
    'jid', p_job.key, 'gid', p_job.id::text, 'aid', p_activity.name, 'dad', p_address,
    'topic', p_topic, 'wfn', p_job.workflow, 'trc', p_job.options ->> 'trc',
    'spn', p_job.options ->> 'spn', 'telemetry', p_telemetry)),
  'retry', p_activity.retry);
comment on function ratchet_internal.worker_options(
  ratchet.jobs, ratchet_internal.graph_activities, text, text, jsonb) is
  'What the message of a worker activity tells its worker, beside the input.';
