-- Rules of check_invariants about jobs.

create function ratchet_internal.broken_jobs()
returns table (rule text, job_id bigint, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select 'the semaphore of a running job counts its open threads', j.id, j.status::text
  from ratchet.jobs j
  where j.status > 0 and j.version is null and j.status <> 1 + (
    select count(*) from ratchet.threads t where t.job_id = j.id and t.ended_at is null)
  union all
  select 'a running job has a turn, or waits for something that can wake it', j.id, j.key
  from ratchet.jobs j
  where j.status > 0 and j.returned_at is null and not exists (
    select from ratchet_internal.messages m where m.job_id = j.id
      and not ratchet_internal.is_hook(m.address))
  union all
  select 'an open hook of a running job has a turn, or waits for something that can wake it',
    t.job_id, t.address
  from ratchet.threads t join ratchet.jobs j on j.id = t.job_id and j.status > 0
  where t.ended_at is null and not exists (
    select from ratchet_internal.messages m
    where m.job_id = t.job_id and m.address = t.address)
  union all
  select 'a thread that is to be cancelled has heard of it, or will when it runs', j.id,
    thread.address
  from ratchet.jobs j
  cross join lateral (
    select ratchet_internal.main_address(j.generation) as address where j.returned_at is null
    union all
    select t.address from ratchet.threads t
    where t.job_id = j.id and t.ended_at is null and not t.is_shielded) thread
  where j.status > 0 and j.version is null and j.cancel_requested_at is not null
    and not exists (select from ratchet_internal.messages m
      where m.job_id = j.id and m.address = thread.address and m.position <= 0)
    and not exists (select from ratchet.jobs_attributes a
      where a.job_id = j.id and a.address = thread.address || '#cancel')
  union all
  select 'a hook belongs to a job', t.job_id, t.address
  from ratchet.threads t where not exists (select from ratchet.jobs j where j.id = t.job_id)
  union all
  select 'a child was started by a step of its parent', c.id, c.key
  -- A parent that was stripped has lost the steps of its hooks, or the runs of its graph.
  from ratchet.jobs c join ratchet.jobs p on p.id = c.parent_id and p.pruned_at is null
  -- A graph without pj was started by a program, and its payload told of the parent.
  where (c.version is null or c.options ->> 'pj' is not null) and not exists (
    select from ratchet.jobs_attributes a
    where a.job_id = p.id and (a.kind in ('child', 'start')
      and ratchet_internal.step_name(a.address, a.field) = c.workflow
      or a.kind = 'await' and ratchet_internal.is_graph(a.address)))
$$;
comment on function ratchet_internal.broken_jobs() is 'Violations of the rules about jobs.';
