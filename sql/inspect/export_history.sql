-- A job with its recorded steps as one JSON document, which replay() of the driver checks against
-- code without a database. Values are JSON texts, to the letter; null is undefined.
-- Raises: WF201.

create function ratchet.export_history(p_id text, p_namespace text default 'durable') returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select json_build_object('format', 'pgratchet-history', 'version', 1,
    'job', json_build_object('id', j.id::text, 'workflowId', j.key, 'namespace', j.namespace,
      'workflow', j.workflow, 'queue', j.queue, 'entity', j.entity, 'status', j.status,
      'attempt', j.attempt,
      'address', ratchet_internal.main_address(j.generation),
      'isCancelled', j.cancel_requested_at is not null,
      'originId', (select key from ratchet.jobs where id = j.origin_id),
      'expire', j.expire_seconds, 'input', j.input::text, 'options', j.options::text,
      'result', j.result::text, 'error', j.error::text, 'createdAt', j.created_at,
      'finishedAt', j.finished_at),
    'steps', coalesce((
      select json_agg(json_build_object('address', a.address, 'position', a.position,
        'kind', a.kind, 'name', ratchet_internal.step_name(a.address, a.field),
        'delivery', a.delivery, 'isDone', ratchet_internal.is_final(a.ledger),
        'isFailed', a.is_failed, 'input', a.input::text, 'value', a.value)
        order by a.address, a.position)
      from ratchet.jobs_attributes a where a.job_id = j.id), '[]'))
  from ratchet_internal.find_job(p_id, p_namespace) j
$$;
comment on function ratchet.export_history(text, text) is
  'A job with its recorded steps as one JSON document, to be replayed without a database.';
