-- How every exchange begins: all that it may have to wait for is locked before it changes anything,
-- in the one order that everybody keeps. Then the work of workers that are gone is freed, and
-- signals are delivered, before anything of this exchange is written.
-- An exchange that only reports activities locks no job here: reports of several workers for one
-- job run side by side. One that only ends jobs locks none either: end_jobs does, in the same
-- order. One that does more than one of these locks the jobs of all before any message.
-- Locks: the worker (key share), jobs, messages. Raises: WF401, WF605.

create function ratchet_internal.open_exchange(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_end_jobs bigint[],
  p_activity_jobs bigint[], p_plan_jobs bigint[], p_plan_kinds text[], p_plan_options json[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_news boolean;
begin
  perform ratchet_internal.lock_worker(p_worker);
  v_is_news := ratchet_internal.is_news(p_worker, p_now);
  if p_jobs is not null or p_end_jobs is not null and (p_activity_jobs is not null or v_is_news)
  then
    perform ratchet_internal.lock_jobs(p_jobs || p_end_jobs || p_activity_jobs, p_plan_jobs,
      p_plan_kinds, p_plan_options);
  end if;
  if v_is_news then
    perform ratchet_internal.reap_workers(p_worker, p_now);
    perform ratchet_internal.deliver_signals(p_now);
    perform ratchet_internal.fire_schedules(p_now);
  end if;
end $$;
comment on function ratchet_internal.open_exchange(
  bigint, timestamptz, bigint[], bigint[], bigint[], bigint[], text[], json[]) is
  'Locks what an exchange may wait for, frees the work of lost workers, delivers signals and '
  'fires schedules.';
