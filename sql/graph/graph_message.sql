-- A message that makes an activity of a graph move. It is found by the engine's own route, except
-- where it is an activity for a worker. Inlinable.

create function ratchet_internal.graph_message(
  p_job ratchet.jobs, p_address text, p_position int, p_kind text, p_due timestamptz,
  p_key text default null, p_options json default null, p_queue text default null
) returns ratchet_internal.messages
language sql immutable
return row(p_job.id, p_due, null, p_position, 0, p_address, p_kind, p_job.namespace,
  coalesce(p_queue, '$graph'), case when p_kind = 'activity' then '' else '$graph' end, p_key,
  p_options)::ratchet_internal.messages;
comment on function ratchet_internal.graph_message(
  ratchet.jobs, text, int, text, timestamptz, text, json, text) is
  'A message that makes an activity of a graph move.';
