-- The attributes of an event, those that its type has. Values of users stay as they are (json, not
-- jsonb).

create function ratchet_internal.event_attributes(
  p_type text, p_category text, p_name text, p_child text, p_is_awaited boolean, p_key text,
  p_index int, p_duration_ms numeric, p_input json, p_result json, p_failure json, p_begun bigint
) returns json
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select json_object_agg(name, value) from (values
    ('kind', to_json(p_type)),
    ('workflow_type', case when p_type = 'workflow_execution_started' then to_json(p_name) end),
    ('task_queue', case when p_type = 'workflow_execution_started' then to_json(p_name) end),
    ('activity_type', case when p_category = 'activity' then to_json(p_name) end),
    ('child_workflow_id', case when p_category = 'child_workflow' then to_json(p_child) end),
    ('awaited', case when p_category = 'child_workflow' then to_json(p_is_awaited) end),
    ('signal_name', case when p_category = 'signal' then to_json(p_name) end),
    ('timeline_key', case when p_category in ('activity', 'child_workflow')
      then to_json(p_key) end),
    ('execution_index', case when p_category in ('activity', 'child_workflow')
      then to_json(p_index) end),
    ('duration_ms', case when p_category = 'timer' then to_json(p_duration_ms) end),
    ('input', p_input),
    ('result', case when p_category <> 'timer' and p_category <> 'signal' then p_result end),
    ('failure', case when p_category <> 'timer' then p_failure end),
    ('scheduled_event_id', case when p_category = 'activity' then to_json(p_begun) end),
    ('initiated_event_id', case when p_category = 'child_workflow' then to_json(p_begun) end)
  ) as attribute (name, value)
  where value is not null
$$;
comment on function ratchet_internal.event_attributes(text, text, text, text, boolean, text, int,
  numeric, json, json, json, bigint) is
  'The attributes of an event, those that its type has.';
