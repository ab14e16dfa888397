-- Publishes tasks for steps that begin to wait in this transaction: a function's waits, or hooks of
-- a graph. p_fields: one object a step, with role, type, priority and so on; whatever stands there,
-- the step waits all the same (what cannot be used is left out). At most one pending task has a
-- signal key: a further wait for the same signal gets its task without the key.
-- The caller has inserted the steps' messages in this transaction. Writes: escalations.
-- Idempotent: one task a step.

create function ratchet_internal.create_escalations(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_keys text[],
  p_fields json[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_keyed boolean;
  v_count int;
  v_open int := cardinality(p_jobs);
begin
  foreach v_is_keyed in array array[true, false] loop -- what is left comes without its key
    insert into ratchet.escalations (namespace, app_id, signal_key, topic, workflow_id,
      task_queue, workflow_type, type, subtype, entity, description, role, priority,
      escalation_payload, envelope, metadata, origin_id, parent_id, initiated_by, created_by,
      trace_id, span_id, task_id, expires_at, created_at, updated_at, job_id, address, position)
    select space.name, space.app, case when v_is_keyed then s.key end,
      coalesce(f ->> 'topic', j.queue || '-' || j.workflow), j.key,
      coalesce(f ->> 'taskQueue', j.queue), coalesce(f ->> 'workflowType', j.workflow),
      left(f ->> 'type', 512), f ->> 'subtype', f ->> 'entity', f ->> 'description',
      left(f ->> 'role', 512),
      least(greatest(ratchet_internal.number_of(f, 'priority', 5), -2e9), 2e9)::int,
      f -> 'escalationPayload', f -> 'envelope',
      case when json_typeof(f -> 'metadata') = 'object' then (f -> 'metadata')::jsonb end,
      left(coalesce(f ->> 'originId', origin.key), 512), coalesce(f ->> 'parentId', parent.key),
      f ->> 'initiatedBy', f ->> 'createdBy', f ->> 'traceId', f ->> 'spanId',
      left(f ->> 'taskId', 512),
      coalesce(ratchet_internal.time_of(f, 'expiresAt'), nullif(m.due_at, 'infinity')),
      p_now, p_now, s.job_id, s.address, s.at
    from unnest(p_jobs, p_addresses, p_positions, p_keys, p_fields)
      as s (job_id, address, at, key, fields)
    join ratchet.jobs j on j.id = any (array[s.job_id])
    cross join lateral (
      select due_at from ratchet_internal.messages m
      where m.job_id = s.job_id and m.address = s.address and m.position = s.at limit 1) m
    left join ratchet.jobs origin on origin.id = any (array[j.origin_id])
    left join ratchet.jobs parent on parent.id = any (array[j.parent_id])
    cross join lateral (select ratchet_internal.readable(s.fields) as f) fields
    cross join lateral ratchet_internal.escalation_space(j.namespace, s.address)
      as space (name, app)
    where (select true from ratchet.escalations e where e.job_id = s.job_id
      and e.address = s.address and e.position = s.at limit 1) is null
    order by s.key, space.name, space.app, s.job_id, s.address, s.at
    on conflict do nothing;
    get diagnostics v_count = row_count;
    v_open := v_open - v_count;
    exit when v_open = 0;
  end loop;
end $$;
comment on function ratchet_internal.create_escalations(
  timestamptz, bigint[], text[], int[], text[], json[]) is
  'Publishes tasks for steps that begin to wait in this transaction.';
