-- What becomes of threads whose function has left the worker: jobs end; functions that failed are
-- run again; hooks end, and main functions continue as new.
-- Locks: as end_jobs; with failures or threads the caller has locked the jobs of all three.
-- Returns whether other jobs waited for one of those that ended, and the jobs that did not end by
-- this, though their function did: they were stopped from outside, or have ended; null if there is
-- none.

create function ratchet_internal.finish_turns(
  p_worker bigint, p_now timestamptz,
  p_end_jobs bigint[], p_end_addresses text[], p_end_results json[], p_end_errors json[],
  p_failure_jobs bigint[], p_failure_addresses text[], p_failure_errors json[],
  p_failure_blocked boolean[], p_failure_forgotten int[],
  p_thread_jobs bigint[], p_thread_addresses text[], p_thread_inputs json[],
  out are_awaited boolean, out uncounted bigint[]
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ends record;
begin
  if p_end_jobs is not null then
    v_ends := ratchet_internal.end_jobs(p_worker, p_now, p_end_jobs, p_end_addresses,
      p_end_results, p_end_errors);
    are_awaited := v_ends.are_awaited;
    uncounted := v_ends.uncounted;
  end if;
  if p_failure_jobs is not null then
    perform ratchet_internal.retry_turns(p_worker, p_now, p_failure_jobs, p_failure_addresses,
      p_failure_errors, p_failure_blocked, p_failure_forgotten);
  end if;
  if p_thread_jobs is not null then
    perform ratchet_internal.end_threads(p_worker, p_now, p_thread_jobs, p_thread_addresses,
      p_thread_inputs);
  end if;
end $$;
comment on function ratchet_internal.finish_turns is
  'Ends jobs, runs failed functions again, ends hooks and begins generations, as a worker reports.';
