-- Adds to what a worker serves. Idempotent. Writes: worker_routes. Raises: WF101, WF104, WF105,
-- WF401.

create function ratchet.add_routes(p_worker bigint, p_routes json) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.lock_worker(p_worker);
  if json_typeof(p_routes) is distinct from 'array' then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'routes'),
      'Give an array of objects with namespace, queue and, for workflows, workflow.');
  end if;
  perform ratchet_internal.check_readable(p_routes, 'routes');
  if exists (select from json_array_elements(p_routes) e where json_typeof(e.value) <> 'object')
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'routes'),
      'Each route is an object with namespace, queue and, for workflows, workflow.');
  end if;
  perform ratchet_internal.check_name(coalesce(r.namespace, 'durable'), 'namespace'),
    ratchet_internal.check_name(r.queue, 'queue'),
    ratchet_internal.check_name(coalesce(r.workflow, '-'), 'workflow')
  from json_to_recordset(p_routes) as r (namespace text, queue text, workflow text);
  insert into ratchet_internal.worker_routes (worker_id, namespace, queue, workflow, retry)
  select p_worker, coalesce(r.namespace, 'durable'), r.queue, coalesce(r.workflow, ''),
    case when json_typeof(r.retry) = 'object' then r.retry end
  from json_to_recordset(p_routes)
    as r (namespace text, queue text, workflow text, retry json)
  on conflict do nothing;
end $$;
comment on function ratchet.add_routes(bigint, json) is
  'Adds routes, objects with namespace, queue, workflow and, for graphs, retry, to what a worker '
  'serves.';
