-- Tells idle workers of activity queues, other than the one that calls, that there is something to
-- do. A hint, as in wake_route.

create function ratchet_internal.wake_queues(p_worker bigint, p_queues text[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_notify('ratchet', '') where exists (
    select from ratchet_internal.workers w
    join ratchet_internal.worker_routes r on r.worker_id = w.id
    where w.is_idle and w.id <> p_worker and r.workflow = '' and r.queue = any (p_queues));
end $$;
comment on function ratchet_internal.wake_queues(bigint, text[]) is
  'Notifies idle workers of activity queues; does nothing when none is idle.';
