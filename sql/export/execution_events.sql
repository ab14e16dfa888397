-- The events of a job in the order of time, numbered from 1, from its start to its end. Options:
-- exclude_system leaves activities out whose name begins with lt, omit_results leaves results and
-- inputs out, enrich_inputs shows arguments. The clock of the database may have been set back
-- meanwhile: no event is shown before the one it follows.

create function ratchet_internal.execution_events(p_job ratchet.jobs, p_options json)
returns table (
  event_id bigint, event_type text, category text, event_time timestamptz, duration_ms numeric,
  is_system boolean, attributes json
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with option as (
    select p_options ->> 'omit_results' = 'true' as is_brief,
      p_options ->> 'enrich_inputs' = 'true' as has_inputs),
  event as (
    select 0 as rank, e.*, e.category = 'activity' and starts_with(e.name, 'lt') as is_system
    from ratchet_internal.edge_events(p_job) e where not is_end
    union all
    select 1, e.*, e.category = 'activity' and starts_with(e.name, 'lt')
    from ratchet_internal.step_events(p_job.id) e
    union all
    select 2, e.*, false from ratchet_internal.edge_events(p_job) e where is_end),
  numbered as (
    select e.*, row_number() over in_time as event_id, max(e.at) over in_time as event_time
    from event e
    where not (e.is_system and coalesce(p_options ->> 'exclude_system' = 'true', false))
    window in_time as (order by e.rank, e.at, e.dimension, e.index, e.is_end
      rows unbounded preceding)),
  linked as (
    select n.*, coalesce(
      max(n.event_id) filter (where not n.is_end) over (partition by n.dimension, n.index),
      max(n.event_id) filter (where not n.is_end) over (partition by n.child)) as begun_id
    from numbered n)
  select l.event_id, l.event_type, l.category, l.event_time,
    case when l.is_end then round(l.duration_ms) end, l.is_system,
    ratchet_internal.event_attributes(l.event_type, l.category, l.name, l.child, l.is_awaited,
      l.timeline_key, l.index, case when not l.is_end then l.duration_ms end,
      case when o.is_brief is true or l.category in ('activity', 'child_workflow')
        and (l.is_end or o.has_inputs is not true) then null
        when l.event_type = 'workflow_execution_started' and o.has_inputs is not true
        then ratchet_internal.nested(ratchet_internal.attributes_of(p_job.id))::json
        when l.event_type = 'workflow_execution_signaled' then l.result
        when not l.is_end and l.category not in ('signal', 'timer') then l.input end,
      case when o.is_brief is not true and l.is_end then l.result end,
      case when l.is_end then l.failure end, case when l.is_end then l.begun_id end)
  from linked l cross join option o
  order by l.event_id
$$;
comment on function ratchet_internal.execution_events(ratchet.jobs, json) is
  'The events of a job in the order of time, numbered from 1.';
