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
      when m.due_at > ratchet_internal.now() then
        case when m.kind = 'turn' and m.address = '' and m.attempt + j.attempt = 0
          and j.error is null then 'begins at ' else 'is tried again at ' end || m.due_at
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
comment on column ratchet.open_steps.job_id is 'The job, jobs.id.';
comment on column ratchet.open_steps.job_key is 'Its workflow id.';
comment on column ratchet.open_steps.namespace is 'Its namespace.';
comment on column ratchet.open_steps.field is
  'The step, as in jobs_attributes.field; or the function, or a hook, that waits for a worker or '
  'runs.';
comment on column ratchet.open_steps.kind is
  'What is to happen: turn (the function runs), activity, timer, wait, child, result (it is '
  'answered).';
comment on column ratchet.open_steps.attempt is
  'How often it has been claimed; of a wait, whether a signal has been looked for (1) or not '
  '(0).';
comment on column ratchet.open_steps.due_at is
  'When it may be taken, or fires; infinity: never by itself. Of a function that runs, when it '
  'was taken.';
comment on column ratchet.open_steps.worker_id is
  'Worker that holds it, or is to receive the answer; null: none in particular.';
comment on column ratchet.open_steps.queue is 'Queue whose workers may take it.';
comment on column ratchet.open_steps.workflow is
  'Workflow whose workers may take it; null: those of the activities of the queue.';
comment on column ratchet.open_steps.why is
  'What it waits for, in words for people, which may become better.';
comment on column ratchet.open_steps.address is 'Thread of the job, as in jobs_attributes.';
comment on column ratchet.open_steps.position is
  'Number of the call in its thread; 0: the thread itself.';
