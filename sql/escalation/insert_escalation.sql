-- Inserts a task from checked fields; null when the id exists, or another pending task has the
-- signal key. Writes: escalations.

create function ratchet_internal.insert_escalation(p_id uuid, p_fields json, p_now timestamptz)
returns json
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  f json := p_fields;
  v_until timestamptz := ratchet_internal.time_of(f, 'assignedUntil');
  v_row ratchet.escalations;
begin
  insert into ratchet.escalations (id, namespace, app_id, signal_key, topic, workflow_id,
    task_queue, workflow_type, type, subtype, entity, description, role, status, priority,
    assigned_to, assigned_until, claimed_at, claim_expires_at, resolved_at, escalation_payload,
    resolver_payload, envelope, metadata, origin_id, parent_id, initiated_by, created_by,
    milestones, trace_id, span_id, expires_at, task_id, created_at, updated_at)
  select coalesce(p_id, gen_random_uuid()), coalesce(r."namespace", 'durable'),
    coalesce(r."appId", r."namespace", 'durable'), r."signalKey", r."topic", r."workflowId",
    r."taskQueue", r."workflowType", r."type",
    r."subtype", r."entity", r."description", r."role", coalesce(r."status", 'pending'),
    coalesce(r."priority", 5), case when v_until is not null then r."assignedTo" end,
    case when r."assignedTo" is not null then v_until end,
    ratchet_internal.time_of(f, 'claimedAt'),
    coalesce(ratchet_internal.time_of(f, 'claimExpiresAt'), v_until),
    ratchet_internal.time_of(f, 'resolvedAt'), f -> 'escalationPayload', f -> 'resolverPayload',
    f -> 'envelope', r."metadata", r."originId", r."parentId", r."initiatedBy", r."createdBy",
    coalesce(r."milestones", '[]'), r."traceId", r."spanId",
    ratchet_internal.time_of(f, 'expiresAt'), r."taskId",
    coalesce(ratchet_internal.time_of(f, 'createdAt'), p_now),
    coalesce(ratchet_internal.time_of(f, 'updatedAt'), p_now)
  from json_to_record(f) as r ("namespace" text, "appId" text,
    "signalKey" text, "topic" text, "workflowId" text, "taskQueue" text, "workflowType" text,
    "type" text, "subtype" text, "entity" text, "description" text, "role" text,
    "status" text, "priority" int, "assignedTo" text, "metadata" jsonb, "originId" text,
    "parentId" text, "initiatedBy" text, "createdBy" text, "milestones" jsonb,
    "traceId" text, "spanId" text, "taskId" text)
  on conflict do nothing returning * into v_row;
  return ratchet_internal.escalation_entry(v_row);
end $$;
comment on function ratchet_internal.insert_escalation(uuid, json, timestamptz) is
  'Inserts a task from checked fields; null when its id, or a pending task of its key, exists.';
