-- Rules of check_invariants about steps.

create function ratchet_internal.broken_steps()
returns table (rule text, job_id bigint, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with step as (
    select a.*, ratchet_internal.is_final(a.ledger) as is_final, j.status,
      -- What a thread left open when it ended stays as it was.
      case when ratchet_internal.is_hook(a.address) then exists (
          select from ratchet.threads t where t.job_id = a.job_id and t.ended_at is null
            and t.address = ratchet_internal.thread_of(a.address))
        when a.address = '' or a.address like '$%' then j.returned_at is null
          and ratchet_internal.thread_of(a.address) = ratchet_internal.main_address(j.generation)
        else true end as is_live
    from ratchet.jobs_attributes a left join ratchet.jobs j on j.id = a.job_id)
  select 'a step belongs to a job', s.job_id, s.field from step s where s.status is null
  union all
  select 'an open step of a running job has a message, or was cancelled', s.job_id, s.field
  from step s
  where s.status > 0 and s.is_live and not s.is_final and not exists (
    select from ratchet_internal.messages m where m.job_id = s.job_id and m.address = s.address
      and m.position = s.position and m.kind <> 'result')
    and not exists (
      select from ratchet.jobs_attributes c where c.job_id = s.job_id
        and c.address = s.address || '#cancel' and c.kind = 'cancel'
        and c.input::jsonb @> to_jsonb(s.position))
  union all
  select 'an answered step was scheduled once and answered once', s.job_id, s.field
  from step s
  where s.is_final and (s.ledger / 100000000000 % 10 <> 1 or s.ledger % 100000000 <> 1
    and (not ratchet_internal.is_graph(s.address) or s.address not like '%,0'))
  union all
  select 'an open step has no answer', s.job_id, s.field
  from step s
  where not s.is_final and (s.ledger % 100000000 <> 0 or s.value is not null and not s.is_failed)
  union all
  select 'the deliveries of a thread are numbered without repetition', s.job_id,
    split_part(s.address, '#', 1)
  from step s where s.delivery is not null
  group by s.job_id, split_part(s.address, '#', 1), s.delivery having count(*) > 1
  union all
  select 'the operations of an object are numbered without a gap', s.job_id, s.address
  from step s where s.kind in ('search', 'entity')
  group by s.job_id, s.address having max(s.position) <> count(*)
  union all
  select 'a search attribute is text, under its name', s.job_id, s.field
  from step s
  where (s.kind = 'attribute') <> starts_with(s.address, '_') or s.kind = 'attribute'
    and (s.field <> s.address or s.position <> 1 or s.value is null or not s.is_final)
$$;
comment on function ratchet_internal.broken_steps() is 'Violations of the rules about steps.';
