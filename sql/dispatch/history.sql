-- The recorded steps of jobs, to rebuild their functions from. Also an open step is listed (is_done
-- false).

create function ratchet.history(p_jobs bigint[])
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
  from ratchet.jobs_attributes a
  where a.job_id = any (ratchet_internal.visible_jobs(p_jobs)) and a.kind <> 'attribute'
  order by a.job_id, a.address, a.position
$$;
comment on function ratchet.history(bigint[]) is
  'The recorded steps of jobs, in the order of the calls.';
