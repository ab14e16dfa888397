-- Changes fields of a task: those that are given. Metadata are merged, the envelope is replaced.
-- Null when there is no such task. Locks: the task. Writes: escalations. Raises: WF104, WF105,
-- WF501. Idempotent.

create function ratchet.update_escalation(p_id uuid, p_fields json) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  f json := p_fields;
  v_row ratchet.escalations;
begin
  perform ratchet_internal.check_escalation(p_fields);
  perform ratchet_internal.raise_error('WF104', 'invalid option',
    jsonb_build_object('option', key), 'This field of a task cannot be changed.')
  from json_object_keys(p_fields) as key
  where key in ('namespace', 'appId', 'signalKey', 'status', 'assignedTo', 'assignedUntil',
    'claimedAt', 'claimExpiresAt', 'resolvedAt', 'resolverPayload', 'milestones', 'createdAt',
    'updatedAt');
  update ratchet.escalations e
  set topic = coalesce(f ->> 'topic', topic),
    workflow_id = coalesce(f ->> 'workflowId', workflow_id),
    task_queue = coalesce(f ->> 'taskQueue', task_queue),
    workflow_type = coalesce(f ->> 'workflowType', workflow_type),
    type = coalesce(f ->> 'type', type), subtype = coalesce(f ->> 'subtype', subtype),
    entity = coalesce(f ->> 'entity', entity), role = coalesce(f ->> 'role', role),
    description = coalesce(f ->> 'description', description),
    priority = coalesce((f ->> 'priority')::int, priority),
    escalation_payload = coalesce(f -> 'escalationPayload', escalation_payload),
    envelope = coalesce(f -> 'envelope', envelope),
    metadata = case when f ->> 'metadata' is null then metadata
      else coalesce(metadata, '{}') || (f -> 'metadata')::jsonb end,
    origin_id = coalesce(f ->> 'originId', origin_id),
    parent_id = coalesce(f ->> 'parentId', parent_id),
    initiated_by = coalesce(f ->> 'initiatedBy', initiated_by),
    created_by = coalesce(f ->> 'createdBy', created_by),
    trace_id = coalesce(f ->> 'traceId', trace_id), span_id = coalesce(f ->> 'spanId', span_id),
    expires_at = coalesce(ratchet_internal.time_of(f, 'expiresAt'), expires_at),
    task_id = coalesce(f ->> 'taskId', task_id), updated_at = ratchet_internal.now()
  where e.id = p_id returning * into v_row;
  return ratchet_internal.escalation_entry(v_row);
end $$;
comment on function ratchet.update_escalation(uuid, json) is
  'Changes fields of a task; metadata are merged. Null when there is no such task.';
