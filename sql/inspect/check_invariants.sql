-- One row a violation, no rows when all is well. Safe on a running system: every rule holds after each commit,
-- and one statement sees one snapshot.

create function ratchet.check_invariants()
returns table (rule text, job_id bigint, detail text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with step as (
    select a.*, ratchet_internal.is_final(a.ledger) as is_final, j.status
    from ratchet.jobs_attributes a left join ratchet.jobs j on j.id = a.job_id),
  message as (
    select m.*, j.status, w.id is not null as is_known
    from ratchet_internal.messages m
    left join ratchet.jobs j on j.id = m.job_id
    left join ratchet_internal.workers w on w.id = m.worker_id)
  select 'a step belongs to a job', s.job_id, s.field from step s where s.status is null
  union all
  select 'a message belongs to a running job', m.job_id, m.kind || ' ' || m.position
  from message m where coalesce(m.status, 0) <= 0
  union all
  select 'the semaphore of a running job counts its open threads', j.id, j.status::text
  from ratchet.jobs j where j.status > 0 and j.status <> 1
  union all
  select 'a running job has a turn, or waits for something that can wake it', j.id, j.key
  from ratchet.jobs j
  where j.status > 0 and not exists (
    select from ratchet_internal.messages m where m.job_id = j.id)
  union all
  select 'an open step of a running job has a message', s.job_id, s.field
  from step s
  where s.status > 0 and not s.is_final and not exists (
    select from ratchet_internal.messages m where m.job_id = s.job_id and m.address = s.address
      and m.position = s.position and m.kind <> 'result')
  union all
  select 'a message that waits belongs to an open step', m.job_id, m.kind || ' ' || m.position
  from message m
  where m.kind in ('activity', 'timer', 'wait', 'child') and not exists (
    select from step s where s.job_id = m.job_id and s.address = m.address
      and s.position = m.position and not s.is_final)
  union all
  select 'a result belongs to an answered step or to a cancellation', m.job_id,
    m.kind || ' ' || m.position
  from message m
  where m.kind = 'result' and m.position > 0 and not exists (
    select from step s where s.job_id = m.job_id and s.address = m.address
      and s.position = m.position and s.is_final)
  union all
  select 'an answered step was scheduled once and answered once', s.job_id, s.field
  from step s
  where s.is_final and (s.ledger % 100000000 <> 1 or s.ledger / 100000000000 % 10 <> 1)
  union all
  select 'an open step has no answer', s.job_id, s.field
  from step s
  where not s.is_final and (s.ledger % 100000000 <> 0 or s.value is not null and not s.is_failed)
  union all
  select 'deliveries of a thread are numbered without repetition', s.job_id, s.address
  from step s where s.delivery is not null
  group by s.job_id, split_part(s.address, '#', 1), s.address, s.delivery having count(*) > 1
  union all
  select 'what a worker holds names a registered worker', m.job_id, m.kind || ' ' || m.worker_id
  from message m where m.worker_id is not null and not m.is_known
  union all
  select 'a wait for a child names a running job that is marked as awaited', m.job_id, m.key
  from message m
  where m.kind = 'child' and not exists (
    select from ratchet.jobs c where c.id::text = m.key and c.status > 0 and c.is_awaited)
  union all
  select 'a child was started by a step of its parent', c.id, c.key
  from ratchet.jobs c join ratchet.jobs p on p.id = c.parent_id
  where not exists (select from step s where s.job_id = p.id and s.kind in ('child', 'start')
    and ratchet_internal.step_name(s.address, s.field) = c.workflow)
$$;
comment on function ratchet.check_invariants() is
  'One row for each rule that does not hold and each job that breaks it; no rows when all is well.';
