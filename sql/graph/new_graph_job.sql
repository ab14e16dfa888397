-- A job as it is known before its trigger has looked at the payload. Inlinable: one expression
-- where it is called, instead of one for each column. The values are in the order of the columns.

create function ratchet_internal.new_graph_job(
  p_now timestamptz, p_id bigint, p_version ratchet_internal.graph_versions,
  p_topic text, p_payload json
) returns ratchet.jobs
language sql stable
return row(p_id, null, p_version.space, null, p_topic, split_part(p_version.space, ':', 2), 1,
  p_version.version, 0, 0, false, false, false, false, false, false, null, null, null, null,
  1, null, p_payload, null, null, null, p_now, p_now, null, null, null, null)::ratchet.jobs;
comment on function ratchet_internal.new_graph_job(timestamptz, bigint,
  ratchet_internal.graph_versions, text, json) is
  'A job of a graph as it is known before its trigger has looked at the payload.';
