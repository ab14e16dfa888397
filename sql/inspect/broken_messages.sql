-- Rules of check_invariants about messages.

create function ratchet_internal.broken_messages()
returns table (rule text, job_id bigint, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with message as (
    select m.*, j.status, w.id is not null as is_known, a.job_id is not null as has_step,
      ratchet_internal.is_final(a.ledger) as is_final,
      m.kind || ' ' || m.position as name
    from ratchet_internal.messages m
    left join ratchet.jobs j on j.id = m.job_id
    left join ratchet_internal.workers w on w.id = m.worker_id
    left join ratchet.jobs_attributes a on a.job_id = m.job_id and a.address = m.address
      and a.position = m.position)
  select 'a message has one of six forms', m.job_id, m.name
  from message m
  where case m.kind
    when 'turn' then m.position = 0 and m.workflow <> '' and m.key is null
    when 'activity' then m.position > 0 and m.workflow = '' and m.key is null
    when 'result' then m.position <> 0 and m.workflow <> '' and m.key is null
    when 'timer' then m.position > 0 and m.workflow <> '' and m.key is null
      and m.worker_id is null
    when 'wait' then m.position > 0 and m.workflow <> '' and m.key is not null
      and m.worker_id is null
    when 'child' then m.position > 0 and m.workflow <> '' and m.key is not null
      and m.worker_id is null
    end is not true
  union all
  select 'a message belongs to a running job', m.job_id, m.name
  from message m where coalesce(m.status, 0) <= 0
  union all
  select 'a message belongs to an open thread', m.job_id, m.address || ' ' || m.name
  from message m join ratchet.jobs j on j.id = m.job_id
  left join ratchet.threads t on t.job_id = m.job_id and t.address = m.address
  where case
    when ratchet_internal.is_hook(m.address) then t.job_id is null or t.ended_at is not null
    when m.address = '' or m.address like '$%' then j.returned_at is not null
      or m.address <> ratchet_internal.main_address(j.generation) end
  union all
  select 'a message that waits belongs to an open step', m.job_id, m.name
  from message m
  where m.kind in ('activity', 'timer', 'wait', 'child') and (not m.has_step or m.is_final)
  union all
  select 'a result belongs to an answered step or to a cancellation', m.job_id, m.name
  from message m
  where m.kind = 'result' and m.position > 0 and (m.has_step and not m.is_final
    or not m.has_step and not ratchet_internal.is_graph(m.address))
  union all
  select 'what a worker holds names a registered worker', m.job_id, m.name || ' ' || m.worker_id
  from message m where m.worker_id is not null and not m.is_known
  union all
  select 'a wait for a child names a running job that is marked as awaited', m.job_id, m.key
  from message m
  where m.kind = 'child' and not exists (
    select from ratchet.jobs c where c.id::text = m.key and c.status > 0 and c.is_awaited)
$$;
comment on function ratchet_internal.broken_messages() is 'Violations of the rules about messages.';
