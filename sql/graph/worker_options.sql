-- What the message of a worker activity tells its worker, beside the input. Its workflow name
-- chooses among the workers of a topic: the one in the mapped input, else the topic of the graph.
-- Inlinable.

create function ratchet_internal.worker_options(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_address text, p_topic text,
  p_telemetry jsonb, p_input json
) returns json
language sql stable
return json_build_object('metadata', json_strip_nulls(json_build_object(
    'guid', p_job.id || p_address || '-' || p_activity.position,
    'jid', p_job.key, 'gid', p_job.id::text, 'aid', p_activity.name, 'dad', p_address,
    'topic', p_topic, 'wfn', coalesce(case when p_activity.input_maps is not null
      and json_typeof(p_input -> 'workflowName') = 'string'
      then nullif(p_input ->> 'workflowName', '') end, p_job.workflow),
    'trc', p_job.options ->> 'trc', 'spn', p_job.options ->> 'spn', 'telemetry', p_telemetry)),
  'retry', p_activity.retry);
comment on function ratchet_internal.worker_options(
  ratchet.jobs, ratchet_internal.graph_activities, text, text, jsonb, json) is
  'What the message of a worker activity tells its worker, beside the input.';
