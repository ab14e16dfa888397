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
comment on column ratchet.workers.id is 'Names the worker in every call; never used again.';
comment on column ratchet.workers.name is 'What people call it: host and process, say.';
comment on column ratchet.workers.is_idle is 'Whether it waits for a notification.';
comment on column ratchet.workers.started_at is 'When it registered.';
comment on column ratchet.workers.expires_at is 'When its lease ends unless it is heard of before.';
comment on column ratchet.workers.serves is
  'Its routes: namespace, queue and workflow; without a workflow, the activities of the queue.';
comment on column ratchet.workers.turns is
  'How many functions it has in memory: those that run, and those that wait.';
comment on column ratchet.workers.activities is
  'How many activities it has claimed and not reported.';
