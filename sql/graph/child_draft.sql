-- Works out the job that an await activity starts; when it cannot be, stop has the error.

create function ratchet_internal.child_draft(
  p_now timestamptz, p_parent ratchet.jobs, p_version ratchet_internal.graph_versions,
  p_graph ratchet_internal.graphs, p_effect jsonb
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft;
  v_job ratchet.jobs;
  v_message text;
  v_detail text;
begin
  if p_graph.version_id is null then
    v_draft.stop := jsonb_build_object('error', jsonb_build_object('code', 404, 'message',
      'no subscription found for topic ' || (p_effect ->> 'topic')));
    return v_draft;
  end if;
  v_job := ratchet_internal.new_graph_job(p_now, (p_effect -> 'id')::bigint, p_version,
    p_effect ->> 'topic', (p_effect -> 'input')::json);
  v_job.parent_id := p_parent.id;
  v_job.origin_id := coalesce(p_parent.origin_id, p_parent.id);
  v_job.is_awaited := (p_effect -> 'is_awaited')::boolean;
  v_job.options := jsonb_strip_nulls(jsonb_build_object(
    'pj', p_parent.key, 'pg', p_parent.id::text, 'pd', p_effect -> 'address',
    'pa', p_effect -> 'activity', 'px', nullif(not v_job.is_awaited, false),
    'trc', p_parent.options ->> 'trc', 'spn', p_parent.options ->> 'spn',
    'expire', p_parent.options -> 'expire', 'max_cycles', p_parent.options -> 'max_cycles'));
  return ratchet_internal.inception(v_job, p_graph, 0);
exception when sqlstate 'WF107' or sqlstate 'WF506' or sqlstate 'WF101' or data_exception
  or program_limit_exceeded
then
  get stacked diagnostics v_message = message_text, v_detail = pg_exception_detail;
  v_draft.stop := jsonb_build_object('error', ratchet_internal.expression_error(
    p_effect ->> 'topic', 'trigger', v_message, v_detail));
  return v_draft;
end $$;
comment on function ratchet_internal.child_draft(timestamptz, ratchet.jobs,
  ratchet_internal.graph_versions, ratchet_internal.graphs, jsonb) is
  'Works out the job that an await activity starts, or why it cannot be started.';
