-- Takes routes from what a worker serves; what it holds of them it keeps. A route that names an
-- instance (guid) goes when no other instance of the process serves it.
-- Writes: worker_routes, members. Raises: WF401. Idempotent.

create function ratchet.remove_routes(p_worker bigint, p_routes json) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.lock_worker(p_worker);
  delete from ratchet_internal.members m
  using json_to_recordset(p_routes) as r (namespace text, queue text, workflow text, guid text)
  where m.worker_id = p_worker and m.guid = r.guid and m.queue = r.queue
    and m.namespace = coalesce(r.namespace, 'durable') and m.workflow = coalesce(r.workflow, '');
  delete from ratchet_internal.worker_routes s
  using json_to_recordset(p_routes) as r (namespace text, queue text, workflow text)
  where s.worker_id = p_worker and s.queue = r.queue
    and s.namespace = coalesce(r.namespace, 'durable') and s.workflow = coalesce(r.workflow, '')
    and not exists (select from ratchet_internal.members m
      where (m.worker_id, m.queue, m.workflow, m.namespace)
        = (s.worker_id, s.queue, s.workflow, s.namespace));
end $$;
comment on function ratchet.remove_routes(bigint, json) is
  'Takes routes from what a worker serves; what it holds of them it keeps.';
