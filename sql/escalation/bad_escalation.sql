-- The first field of a task that is unknown or has a value that is not allowed.

create function ratchet_internal.bad_escalation(p_fields json) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select key from json_each(p_fields)
  where json_typeof(value) <> 'null' and not case
    when key in ('priority') then json_typeof(value) = 'number'
      and ratchet_internal.number_of(json_build_object('number', value), 'number', 1e10)
        between -2147483648 and 2147483647
      and value::text ~ '^-?[0-9]+$'
    when key = 'metadata' then json_typeof(value) = 'object'
    when key = 'milestones' then json_typeof(value) = 'array'
    when key in ('envelope', 'escalationPayload', 'resolverPayload') then true
    when key in ('expiresAt', 'createdAt', 'updatedAt', 'resolvedAt', 'claimedAt',
      'assignedUntil', 'claimExpiresAt')
      then ratchet_internal.time_of(json_build_object('time', value), 'time') is not null
    when key = 'status' then value #>> '{}' in ('pending', 'resolved', 'cancelled', 'expired')
    when key in ('namespace', 'appId', 'signalKey', 'workflowId', 'type', 'role', 'assignedTo',
      'taskId', 'originId')
      then json_typeof(value) = 'string' and ratchet_internal.is_name(value #>> '{}')
    when key in ('topic', 'taskQueue', 'workflowType', 'subtype', 'entity', 'description',
      'parentId', 'initiatedBy', 'createdBy', 'traceId', 'spanId')
      then json_typeof(value) = 'string'
    else false end
  limit 1
$$;
comment on function ratchet_internal.bad_escalation(json) is
  'Name of a field of a task that is unknown or has a bad value; null when all are well.';
