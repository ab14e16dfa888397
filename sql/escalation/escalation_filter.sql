-- Checks a filter of tasks. roles win over role; what is available is pending. Raises: WF104,
-- WF105.

create function ratchet_internal.escalation_filter(p_filter json) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_filter jsonb;
  v_bad text;
begin
  perform ratchet_internal.check_readable(p_filter, 'filter');
  v_filter := jsonb_strip_nulls(coalesce(p_filter::jsonb, '{}'));
  select key into v_bad from jsonb_each(
    case when jsonb_typeof(v_filter) = 'object' then v_filter else '{"(not an object)": 1}' end)
  where not case
    when key in ('namespace', 'role', 'type', 'subtype', 'entity', 'assignedTo', 'workflowId',
      'originId', 'taskId') then jsonb_typeof(value) = 'string'
    when key = 'status' then value <@ '["pending", "resolved", "cancelled", "expired"]'
      and jsonb_typeof(value) = 'string'
    when key = 'available' then jsonb_typeof(value) = 'boolean'
    when key = 'priority' then case when value::text ~ '^-?[0-9]{1,10}$'
      then value::text::bigint between -2147483648 and 2147483647 else false end
    when key = 'metadata' then jsonb_typeof(value) = 'object'
    when key = 'roles' then jsonb_typeof(value) = 'array'
    when key = 'ids' then jsonb_typeof(value) = 'array' and value::text
      ~* E'^\\[("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"(, )?)*\\]$'
    else false end limit 1;
  if v_bad is not null then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', left(v_bad, 100)),
      'Filters are namespace, role, roles, type, subtype, entity, status, assignedTo, workflowId,'
      || ' originId, available, priority, metadata, ids (UUIDs) and taskId.');
  end if;
  if v_filter ? 'roles' then v_filter := v_filter - 'role'; end if;
  if v_filter -> 'available' = 'true' then
    v_filter := '{"status": "pending"}' || v_filter;
  end if;
  return v_filter;
end $$;
comment on function ratchet_internal.escalation_filter(json) is
  'A filter of tasks, checked; raises WF104 or WF105.';
