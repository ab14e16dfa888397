-- What has happened in a job, two rows a step: that it began, and that it was answered. Sending a
-- signal and operations on data are no events; a wait that timed out ends with its timer. A step
-- that ran in the process of its workflow is recorded when it has ended: both rows have one time.

create function ratchet_internal.step_events(p_job bigint)
returns table (
  at timestamptz, dimension text, index int, is_end boolean, event_type text, category text,
  name text, child text, is_awaited boolean, timeline_key text, duration_ms numeric, input json,
  result json, failure json
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case when e.is_end then s.updated_at else s.created_at end, s.dimension, s.index,
    e.is_end, e.event_type, e.category, s.name,
    case when s.kind = 'await' then s.name else s.target end, s.kind <> 'start', s.timeline_key,
    case when e.is_end then extract(epoch from s.updated_at - s.created_at) * 1000
      when s.kind = 'sleep' then ratchet_internal.decimal_of(s.input::text) * 1000 end,
    s.input, case when not s.is_failed then s.value::json end,
    case when s.is_failed then s.value::json end
  from ratchet.steps s
  join (values
    ('activity', false, null, 'activity', 'activity_task_scheduled'),
    ('activity', true, false, 'activity', 'activity_task_completed'),
    ('activity', true, true, 'activity', 'activity_task_failed'),
    ('child', false, null, 'child_workflow', 'child_workflow_execution_started'),
    ('child', true, false, 'child_workflow', 'child_workflow_execution_completed'),
    ('child', true, true, 'child_workflow', 'child_workflow_execution_failed'),
    ('start', false, null, 'child_workflow', 'child_workflow_execution_started'),
    ('start', true, true, 'child_workflow', 'child_workflow_execution_failed'),
    ('await', true, false, 'child_workflow', 'child_workflow_execution_completed'),
    ('await', true, true, 'child_workflow', 'child_workflow_execution_failed'),
    ('sleep', false, null, 'timer', 'timer_started'),
    ('sleep', true, false, 'timer', 'timer_fired'),
    ('wait', false, null, 'signal', 'signal_wait_started'),
    ('wait', true, false, 'signal', 'workflow_execution_signaled'),
    ('wait', true, true, 'timer', 'timer_fired')
  ) as e (kind, is_end, is_failed, category, event_type)
    on e.kind = s.kind and (not e.is_end or s.is_final and e.is_failed = s.is_failed)
  where s.job_id = p_job
$$;
comment on function ratchet_internal.step_events(bigint) is
  'What has happened in a job: the beginning and the end of each of its steps.';
