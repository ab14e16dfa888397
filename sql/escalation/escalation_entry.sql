-- A task as it is told: the row without what only the engine needs. With p_now also whether it is
-- available at that moment.

create function ratchet_internal.escalation_entry(
  p_row ratchet.escalations, p_now timestamptz default null
) returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case when p_now is null then row_to_json(e) else (
    select row_to_json(l) from (select e.*, p_row.status = 'pending'
      and (p_row.assigned_to is null or p_row.assigned_until <= p_now) as available) l) end
  from (select p_row.id, p_row.namespace, p_row.app_id, p_row.signal_key, p_row.topic,
    p_row.workflow_id, p_row.task_queue, p_row.workflow_type, p_row.type, p_row.subtype,
    p_row.entity, p_row.description, p_row.role, p_row.status, p_row.priority, p_row.assigned_to,
    p_row.assigned_until, p_row.claimed_at, p_row.claim_expires_at, p_row.resolved_at,
    p_row.escalation_payload, p_row.resolver_payload, p_row.envelope, p_row.metadata,
    p_row.origin_id, p_row.parent_id, p_row.initiated_by, p_row.created_by, p_row.milestones,
    p_row.trace_id, p_row.span_id, p_row.expires_at, p_row.task_id, p_row.created_at,
    p_row.updated_at) e
  where p_row.id is not null
$$;
comment on function ratchet_internal.escalation_entry(ratchet.escalations, timestamptz) is
  'A task as JSON, without what only the engine needs; null for no task.';
