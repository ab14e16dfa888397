-- A job as it is known before its trigger has looked at the payload.

create function ratchet_internal.new_graph_job(
  p_id bigint, p_version ratchet_internal.graph_versions, p_graph ratchet_internal.graphs,
  p_topic text, p_payload json
) returns ratchet.jobs
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job ratchet.jobs;
begin
  v_job.id := p_id;
  v_job.namespace := p_version.space;
  v_job.workflow := p_topic;
  v_job.queue := split_part(p_version.space, ':', 2);
  v_job.version := p_version.version;
  v_job.input := p_payload;
  v_job.expire_seconds := 1;
  v_job.is_awaited := false;
  v_job.options := jsonb_strip_nulls(jsonb_build_object('publishes', p_graph.publishes));
  return v_job;
end $$;
comment on function ratchet_internal.new_graph_job(
  bigint, ratchet_internal.graph_versions, ratchet_internal.graphs, text, json) is
  'A job of a graph as it is known before its trigger has looked at the payload.';
