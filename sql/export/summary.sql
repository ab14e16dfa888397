-- How much of what the events of an execution tell: activities and children by how they ended,
-- timers started, signals received.

create function ratchet_internal.summary(p_types text[], p_system boolean[]) returns json
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select json_build_object(
    'total_events', count(*),
    'activities', json_build_object(
      'total', count(*) filter (where type = 'activity_task_scheduled'),
      'completed', count(*) filter (where type = 'activity_task_completed'),
      'failed', count(*) filter (where type = 'activity_task_failed'),
      'system', count(*) filter (where type = 'activity_task_scheduled' and is_system),
      'user', count(*) filter (where type = 'activity_task_scheduled' and not is_system)),
    'child_workflows', json_build_object(
      'total', count(*) filter (where type = 'child_workflow_execution_started'),
      'completed', count(*) filter (where type = 'child_workflow_execution_completed'),
      'failed', count(*) filter (where type = 'child_workflow_execution_failed')),
    'timers', count(*) filter (where type = 'timer_started'),
    'signals', count(*) filter (where type = 'workflow_execution_signaled'))
  from unnest(p_types, p_system) as event (type, is_system)
$$;
comment on function ratchet_internal.summary(text[], boolean[]) is
  'Counts of the events of an execution.';
