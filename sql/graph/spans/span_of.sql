-- What a span tells of one thing that was done in a stretch: an activity that was entered (leg 1),
-- or went on with its answer (leg 2). The telemetry map is evaluated here, with what the activity
-- came to, and only for who wants to know: what it throws changes nothing. One that a threshold
-- skipped was not run.

create function ratchet_internal.span_of(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item, p_out ratchet_internal.graph_outcome
) returns jsonb[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row ratchet.jobs_attributes := p_out.attribute;
  v_values jsonb;
begin
  if p_out.status = 'skipped' then return '{}'; end if;
  if p_activity.telemetry is not null then
    v_values := ratchet_internal.telemetry_of(p_activity.telemetry, ratchet_internal.graph_view(
      p_job, p_activity, coalesce(p_item.scope, '{}'), ratchet_internal.activity_entry(
        p_activity, v_row, p_out.output, p_out.hook, p_out.error)));
  end if;
  return array[jsonb_strip_nulls(jsonb_build_object('space', p_job.namespace,
    'leg', case when (p_item.answer).job_id is null then 1 else 2 end,
    'guid', p_job.id || v_row.address || '-' || p_activity.position,
    'parent', p_activity.path_names[cardinality(p_activity.path_names) - 1],
    'job', ratchet_internal.job_metadata(p_job),
    'activity', jsonb_build_object('aid', p_activity.name, 'atp', p_activity.kind,
      'stp', p_activity.constants ->> 'topic', 'dad', v_row.address,
      'ac', ratchet_internal.graph_time(v_row.created_at),
      'au', ratchet_internal.graph_time(coalesce(v_row.updated_at, v_row.created_at))),
    'data', v_values, 'error', p_out.error ->> 'message'))];
end $$;
comment on function ratchet_internal.span_of(ratchet.jobs, ratchet_internal.graph_activities,
  ratchet_internal.graph_item, ratchet_internal.graph_outcome) is
  'What a span tells of one thing that was done in a stretch; none if it was skipped.';
