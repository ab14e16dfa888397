-- Gives threads back that only wait, so that they need not stay in the worker's memory. A thread
-- with an answer the worker does not know yet (p_known counts the answered steps it knows) is kept:
-- it is not among those returned. Also kept is one that waits for nothing the engine knows of, and
-- one that is to be cancelled and has not recorded that it was: word of it may be on its way. A
-- thread that the worker has not held any more, because its job was stopped or has ended, is
-- returned too: it may be forgotten.
-- Locks: the worker, for update: no exchange of it is in flight; messages, skipping what others
-- hold.
-- Writes: messages. Raises: WF401, WF404, WF605; 55P03 when exchanges of the worker leave no gap
-- for 10 s.

create function ratchet.evict(
  p_worker bigint, p_jobs bigint[], p_known int[], p_addresses text[] default null,
  p_epoch int default 0
) returns table (job_id bigint, address text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
set lock_timeout = '10s'
as $$
#variable_conflict use_column
begin
  perform from ratchet_internal.workers where id = p_worker
    and ratchet_internal.is_own(role_name) for update;
  perform ratchet_internal.lock_worker(p_worker, p_epoch);
  return query
  with turn as materialized (
    select given.job_id, held.address, held.position, given.known
    from unnest(p_jobs, p_known, p_addresses) as given (job_id, known, address)
    cross join lateral (
      select m.address, m.position from ratchet_internal.messages m where m.job_id = given.job_id
        and m.address = coalesce(given.address, '') and m.position = 0
        and ratchet_internal.is_held_by(m.worker_id, p_worker)
      limit 1 for update skip locked) held)
  delete from ratchet_internal.messages held using turn
  -- A position written here would do as the whole condition of an index scan: of all threads.
  where held.job_id = any (array[turn.job_id]) and held.address = turn.address
    and held.position = turn.position and turn.known = (
      select count(*) from ratchet.jobs_attributes a
      where a.job_id = turn.job_id and ratchet_internal.thread_of(a.address) = turn.address
        and a.kind not in ('patch', 'marker')
        and ratchet_internal.is_final(a.ledger))
    and (
      select true from ratchet_internal.messages open where open.job_id = turn.job_id
        and open.address = turn.address and open.position > 0 limit 1)
    and (
      select true from ratchet_internal.messages told where told.job_id = turn.job_id
        and told.address = turn.address and told.position < 0 limit 1) is null
    and (
      select true from ratchet.jobs j where j.id = any (array[turn.job_id])
        and j.cancel_requested_at is not null
        and not exists (select from ratchet.jobs_attributes a
          where a.job_id = turn.job_id and a.address = turn.address || '#cancel')
        and not exists (select from ratchet.threads h
          where h.job_id = turn.job_id and h.address = turn.address and h.is_shielded)) is null
  returning held.job_id, held.address;
  return query
  select distinct given.job_id, coalesce(given.address, '')
  from unnest(p_jobs, p_addresses) as given (job_id, address)
  where (
      select true from ratchet_internal.messages held where held.job_id = given.job_id
        and held.address = coalesce(given.address, '') and held.position = 0) is null
    and (select true from ratchet.jobs j where j.id = given.job_id and j.status > 0) is null;
end $$;
comment on function ratchet.evict(bigint, bigint[], int[], text[], int) is
  'Gives threads that only wait back, so that memory can be freed; returns the threads to forget.';
