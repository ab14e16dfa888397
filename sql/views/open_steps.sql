-- What every running job waits for, and what is to move it: one row an open step, and one a thread
-- that waits for a worker or runs in one.

create view ratchet.open_steps with (security_invoker = true) as
select m.job_id, j.key as job_key, m.namespace,
  coalesce(a.field, m.address || '/' || n.name, case
    when m.address like 'h%' then 'the hook ' || m.workflow else 'the function' end) as field,
  m.kind, m.attempt, m.due_at, m.worker_id, m.queue, nullif(m.workflow, '') as workflow,
  case m.kind
    when 'timer' then 'sleeps until ' || m.due_at
    when 'wait' then case when m.key = E'\x1frespond' then 'waits for ratchet.respond'
      else 'waits for signal ' || replace(m.key, E'\x1f', ' ') end
      || case when m.due_at < 'infinity' then ' until ' || m.due_at else '' end
    when 'child' then 'waits for job ' || coalesce(child.key, m.key)
    when 'result' then case when not ratchet_internal.is_graph(m.address)
        then 'is answered; the function has yet to receive it'
      when a.job_id is null then 'is to be entered by an engine worker'
      else 'is answered; an engine worker has yet to go on' end
    else case
      when m.worker_id is not null then 'is with worker ' || m.worker_id || ' (' || w.name || ')'
      when m.due_at > ratchet_internal.now() then 'is tried again at ' || m.due_at
      when exists (select from ratchet_internal.worker_routes r where r.queue = m.queue
        and r.workflow = m.workflow and r.namespace = m.namespace)
        then 'waits for a free worker of queue ' || m.queue
      else 'waits for a worker of queue ' || m.queue || ': none is running' end
  end as why,
  m.address, m.position
from ratchet_internal.messages m
join ratchet.jobs j on j.id = m.job_id
left join ratchet.jobs_attributes a
  on a.job_id = m.job_id and a.address = m.address and a.position = m.position
left join ratchet_internal.workers w on w.id = m.worker_id
left join ratchet_internal.graph_names n on n.space = m.namespace and n.position = m.position
  and ratchet_internal.is_graph(m.address)
left join ratchet.jobs child on child.id = case m.kind when 'child' then m.key::bigint end;
comment on view ratchet.open_steps is
  'What every running job waits for and why it does not move, one row an open step.';
