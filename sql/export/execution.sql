-- One execution as an object: what it was, how it stands or ended, its events and a summary of
-- them; with mode verbose also its children, p_depth levels down.

create function ratchet_internal.execution(p_job ratchet.jobs, p_options json, p_depth int)
returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_topic text := p_job.queue || '-' || p_job.workflow;
  v_is_brief boolean := coalesce(p_options ->> 'omit_results' = 'true', false);
  v_has_lineage boolean := coalesce(p_options ->> 'include_lineage' = 'true', false);
  v_closed_at timestamptz := ratchet_internal.closed_at(p_job);
  v_events json;
  v_summary json;
begin
  select coalesce(json_agg(json_build_object('event_id', e.event_id, 'event_type', e.event_type,
      'category', e.category, 'event_time', ratchet_internal.iso_time(e.event_time),
      'duration_ms', e.duration_ms, 'is_system', e.is_system, 'attributes', e.attributes)
      order by e.event_id), '[]'),
    ratchet_internal.summary(array_agg(e.event_type), array_agg(e.is_system))
  into v_events, v_summary
  from ratchet_internal.execution_events(p_job, p_options) e;
  return (select json_object_agg(name, value) from (values
    ('workflow_id', to_json(p_job.key)), ('workflow_type', to_json(v_topic)),
    ('task_queue', to_json(v_topic)),
    ('status', to_json(case when v_closed_at is null then 'running'
      when p_job.error is null then 'completed' else 'failed' end)),
    ('start_time', to_json(ratchet_internal.iso_time(p_job.created_at))),
    ('close_time', coalesce(to_json(ratchet_internal.iso_time(v_closed_at)), 'null')),
    ('duration_ms', coalesce(to_json(round(
      extract(epoch from v_closed_at - p_job.created_at) * 1000)), 'null')),
    ('result', case when not v_is_brief then p_job.result end),
    ('events', v_events), ('summary', v_summary),
    ('children', case when p_options ->> 'mode' = 'verbose'
      then ratchet_internal.child_executions(p_job, p_options, p_depth) end),
    ('stream_history', case when p_options ->> 'include_stream_history' = 'true'
      then ratchet_internal.stream_history(p_job) end),
    ('parent_workflow_id', case when v_has_lineage then coalesce((
      select to_json(key) from ratchet.jobs where id = p_job.parent_id), 'null') end),
    ('origin_id', case when v_has_lineage then coalesce((
      select to_json(key) from ratchet.jobs where id = p_job.origin_id), 'null') end)
  ) as field (name, value) where value is not null);
end $$;
comment on function ratchet_internal.execution(ratchet.jobs, json, int) is
  'One execution as an object: its state, its events, a summary, and what its options ask for.';
