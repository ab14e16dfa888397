-- The recorded steps of threads, to rebuild their functions from; without addresses, those of whole
-- jobs, all generations and hooks. Also an open step is listed (is_done false).

create function ratchet.history(p_jobs bigint[], p_addresses text[] default null)
returns table (
  job_id bigint, address text, "position" int, kind text, name text, delivery int,
  is_done boolean, is_failed boolean, value text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
  select a.job_id, a.address, a.position, a.kind,
    ratchet_internal.step_name(a.address, a.field), a.delivery,
    ratchet_internal.is_final(a.ledger), a.is_failed, a.value
  from (
    select distinct given.job_id, given.address
    from unnest(p_jobs, p_addresses) as given (job_id, address)
    where given.job_id = any (ratchet_internal.visible_jobs(p_jobs))) thread
  cross join lateral (
    select * from ratchet.jobs_attributes
    where job_id = thread.job_id and address = thread.address
    union all
    -- What belongs to the thread: # and what comes before the next character.
    select * from ratchet.jobs_attributes
    where job_id = thread.job_id and address >= thread.address || '#'
      and address < thread.address || '$'
    union all
    select * from ratchet.jobs_attributes
    where job_id = thread.job_id and p_addresses is null) a
  where a.kind not in ('attribute', 'marker')
  order by a.job_id, a.address, a.position
$$;
comment on function ratchet.history(bigint[], text[]) is
  'The recorded steps of threads, or of whole jobs, in the order of the calls.';
