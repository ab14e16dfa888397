-- Ends a worker that stops on purpose: what it holds is free for others in the same commit, but for
-- what somebody else has locked, which is a moment after that.
-- Idempotent. Locks: the worker, messages. Raises: WF605. Wakes: idle workers.

create function ratchet.unregister_worker(p_worker bigint) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
  select ratchet_internal.release_worker(id, ratchet_internal.write_time(), false)
  from ratchet_internal.workers
  where id = p_worker and ratchet_internal.is_own(role_name)
$$;
comment on function ratchet.unregister_worker(bigint) is
  'Hands back everything a worker holds and forgets the worker.';
