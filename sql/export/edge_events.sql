-- The first and the last event of a job: that it was started, and that it ended. In the shape of
-- step_events; name is the topic of the workflow.

create function ratchet_internal.edge_events(p_job ratchet.jobs)
returns table (
  at timestamptz, dimension text, index int, is_end boolean, event_type text, category text,
  name text, child text, is_awaited boolean, timeline_key text, duration_ms numeric, input json,
  result json, failure json
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select p_job.created_at, '', 0, false, 'workflow_execution_started', 'workflow',
    p_job.queue || '-' || p_job.workflow, null, false, null, null::numeric, p_job.input,
    null::json, null::json
  union all
  select closed.at, '', 0, true,
    case when p_job.error is null then 'workflow_execution_completed'
      else 'workflow_execution_failed' end,
    'workflow', p_job.queue || '-' || p_job.workflow, null, false, null,
    extract(epoch from closed.at - p_job.created_at) * 1000, null, p_job.result,
    p_job.error
  from ratchet_internal.closed_at(p_job) as closed (at)
  where closed.at is not null
$$;
comment on function ratchet_internal.edge_events(ratchet.jobs) is
  'The first and, when it has ended, the last event of a job.';
