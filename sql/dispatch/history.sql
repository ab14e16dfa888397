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
    select distinct given.job_id, suffix.address
    from unnest(p_jobs, p_addresses) as given (job_id, address)
    cross join lateral unnest(case when p_addresses is not null then array[
      given.address, given.address || '#cancel', given.address || '#patch'] else array[null::text]
      end) as suffix (address)) thread
  cross join lateral (
    select * from ratchet.jobs_attributes
    where job_id = thread.job_id and (thread.address is null or address = thread.address)) a
  order by a.job_id, a.address, a.position
$$;
comment on function ratchet.history(bigint[], text[]) is
  'The recorded steps of threads, or of whole jobs, in the order of the calls.';
