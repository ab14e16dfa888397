-- Rules of check_invariants about jobs of graphs.

create function ratchet_internal.broken_graphs()
returns table (rule text, job_id bigint, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with run as (
    select a.job_id, a.position, a.address, a.field, a.ledger, a.kind,
      regexp_replace(a.address, ',[0-9]+$', '') as parent,
      substring(a.address from '[0-9]+$')::bigint as pass
    from ratchet.jobs_attributes a where ratchet_internal.is_graph(a.address)),
  passes as (
    select r.job_id, r.parent, r.position, count(*) as count, max(r.pass) as last,
      min(r.ledger) filter (where r.pass = 0) as ledger
    from run r group by r.job_id, r.parent, r.position)
  select 'the semaphore of a running graph counts its open activities', j.id,
    j.status || ' and ' || count(m.job_id)
  from ratchet.jobs j left join ratchet_internal.messages m on m.job_id = j.id
  where j.version is not null and j.status > 0
  group by j.id having j.status <> count(m.job_id)
  union all
  select 'the passes of an activity are numbered without gaps', p.job_id,
    p.parent || ' ' || p.position
  from passes p where p.ledger is null or p.last <> p.count - 1
  union all
  select 'the first pass of an activity counts all its passes', p.job_id,
    p.parent || ' ' || p.position || ': ' || p.ledger
  from passes p
  where p.ledger % 100000000
    <> case when ratchet_internal.is_final(p.ledger) then p.count else 0 end
  union all
  select 'an activity follows one that was answered', r.job_id, r.field
  from run r
  where r.kind <> 'trigger' and not exists (
    select from ratchet.jobs_attributes above where above.job_id = r.job_id
      and above.address = r.parent and ratchet_internal.is_final(above.ledger))
  union all
  select 'a job of a graph has one trigger', j.id, j.key
  from ratchet.jobs j left join run r on r.job_id = j.id and r.kind = 'trigger'
  where j.version is not null group by j.id
  -- One that was stripped has lost its runs, and the trigger with them.
  having count(r.job_id) <> 1 and (j.pruned_at is null or count(r.job_id) <> 0)
  union all
  select 'a job of a graph takes no hooks', j.id, j.key
  from ratchet.jobs j where j.version is not null and j.is_hookable
  union all
  select 'only jobs of graphs have runs of activities', r.job_id, r.field
  from run r join ratchet.jobs j on j.id = r.job_id where j.version is null
$$;
comment on function ratchet_internal.broken_graphs() is
  'Violations of the rules about jobs of graphs.';
