-- Tells idle workers of a route that there is something to do. A hint: sent at commit, only when
-- somebody is idle, with nothing in it; without it the work is found by polling.

create function ratchet_internal.wake_route(p_namespace text, p_queue text, p_workflow text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_notify('ratchet', '')
  from ratchet_internal.workers w
  join ratchet_internal.worker_routes r on r.worker_id = w.id
  where w.is_idle and r.namespace = p_namespace and r.queue = p_queue
    and r.workflow = p_workflow
  limit 1;
end $$;
comment on function ratchet_internal.wake_route(text, text, text) is
  'Notifies idle workers of a route; does nothing when none is idle.';
