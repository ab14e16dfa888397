-- Rules of check_invariants about tasks.

create function ratchet_internal.broken_escalations()
returns table (rule text, job_id bigint, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with task as (
    select e.id, e.job_id, e.status, ratchet_internal.is_final(a.ledger) as is_final,
      a.is_failed or ratchet_internal.is_graph(e.address) and a.code is null as is_failed,
      exists (select from ratchet_internal.messages m where m.job_id = e.job_id
        and m.address = e.address and m.position = e.position and m.kind = 'wait') as is_waiting
    from ratchet.escalations e
    left join ratchet.jobs_attributes a
      on a.job_id = e.job_id and a.address = e.address and a.position = e.position
    where e.job_id is not null)
  select 'a step that waits has a task that is pending', job_id, id::text
  from task where is_waiting and status <> 'pending'
  union all
  select 'a task expires only with its step', job_id, id::text
  from task where status = 'expired' and is_final and not is_failed
  union all
  select 'a task is pending no more when its step has timed out', job_id, id::text
  from task where status = 'pending' and is_final and is_failed
$$;
comment on function ratchet_internal.broken_escalations() is 'Violations of the rules about tasks.';
