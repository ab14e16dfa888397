-- How every exchange begins: all that it may have to wait for is locked before it changes anything,
-- in the one order that everybody keeps. One that takes work (p_takes) then frees the work of
-- workers that are gone, delivers signals and fires schedules, before it writes anything.
-- p_jobs are those of functions that failed, of threads that end and of cancellations.
-- An exchange that only reports activities locks no job here: reports of several workers for one
-- job run side by side. One that only ends jobs locks none either: end_jobs does, in the same
-- order. One that does more than one of these locks the jobs of all before any message.
-- Locks: the worker (key share), jobs, messages. Raises: WF401, WF404, WF605. Returns the time of
-- the exchange.

create function ratchet_internal.open_exchange(
  p_worker bigint, p_epoch int, p_takes boolean, p_jobs bigint[], p_end_jobs bigint[],
  p_activity_jobs bigint[], p_plan_jobs bigint[], p_plan_kinds text[], p_plan_options json[]
) returns timestamptz
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now constant timestamptz := ratchet_internal.write_time();
  v_is_news constant boolean := ratchet_internal.lock_worker(p_worker, p_epoch)
    and p_takes and coalesce(ratchet_internal.next_news(p_worker, v_now) = 0, false);
begin
  if coalesce(p_jobs, p_plan_jobs) is not null
    or p_end_jobs is not null and (p_activity_jobs is not null or v_is_news)
  then
    perform ratchet_internal.lock_jobs(p_jobs || p_plan_jobs || p_end_jobs || p_activity_jobs,
      p_plan_jobs, p_plan_kinds, p_plan_options);
  end if;
  if v_is_news then
    perform ratchet_internal.reap_workers(p_worker, v_now);
    perform ratchet_internal.deliver_signals(v_now);
    perform ratchet_internal.fire_schedules(v_now);
  end if;
  return v_now;
end $$;
comment on function ratchet_internal.open_exchange(
  bigint, int, boolean, bigint[], bigint[], bigint[], bigint[], text[], json[]) is
  'Locks what an exchange may wait for, frees the work of lost workers, delivers signals and '
  'fires schedules.';
