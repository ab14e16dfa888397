-- The running workers with what they serve and hold.

create view ratchet.workers with (security_invoker = true) as
select w.id, w.name, w.is_idle, w.started_at, w.expires_at,
  (select array_agg(r.namespace || ' ' || r.queue || coalesce(' ' || nullif(r.workflow, ''), '')
    order by r.queue, r.workflow)
    from ratchet_internal.worker_routes r where r.worker_id = w.id) as serves,
  (select count(*) from ratchet_internal.messages m
    where m.worker_id = w.id and m.kind = 'turn') as turns,
  (select count(*) from ratchet_internal.messages m
    where m.worker_id = w.id and m.kind = 'activity') as activities
from ratchet_internal.workers w
where not w.is_lost;
comment on view ratchet.workers is 'The running workers, what they serve, and how much they hold.';
