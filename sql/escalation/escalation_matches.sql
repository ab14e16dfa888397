-- Whether a task fits a filter that has been checked (escalation_filter). Inlinable, and every
-- filter that is not given folds away when the statement is planned for it: so the indexes serve.

create function ratchet_internal.escalation_matches(
  p_row ratchet.escalations, p_filter jsonb, p_now timestamptz
) returns boolean
language sql immutable parallel safe
return (p_filter ->> 'namespace' is null or p_row.namespace = p_filter ->> 'namespace')
  and (p_filter ->> 'role' is null or p_row.role = p_filter ->> 'role')
  and (p_filter ->> 'roles' is null
    or p_row.role = any (ratchet_internal.texts(p_filter -> 'roles')))
  and (p_filter ->> 'type' is null or p_row.type = p_filter ->> 'type')
  and (p_filter ->> 'subtype' is null or p_row.subtype = p_filter ->> 'subtype')
  and (p_filter ->> 'entity' is null or p_row.entity = p_filter ->> 'entity')
  and (p_filter ->> 'status' is null or p_row.status = p_filter ->> 'status')
  and (p_filter ->> 'assignedTo' is null or p_row.assigned_to = p_filter ->> 'assignedTo')
  and (p_filter ->> 'workflowId' is null or p_row.workflow_id = p_filter ->> 'workflowId')
  and (p_filter ->> 'originId' is null or p_row.origin_id = p_filter ->> 'originId')
  and (p_filter ->> 'taskId' is null or p_row.task_id = p_filter ->> 'taskId')
  and (p_filter ->> 'priority' is null or p_row.priority = (p_filter ->> 'priority')::int)
  and (p_filter ->> 'metadata' is null or p_row.metadata @> (p_filter -> 'metadata'))
  and (p_filter ->> 'ids' is null
    or p_row.id = any (ratchet_internal.texts(p_filter -> 'ids')::uuid[]))
  and (p_filter ->> 'available' is null or (p_filter ->> 'available')::boolean
    = (p_row.status = 'pending'
      and (p_row.assigned_to is null or p_row.assigned_until <= p_now)));
comment on function ratchet_internal.escalation_matches(
  ratchet.escalations, jsonb, timestamptz) is 'Whether a task fits a checked filter.';
