-- The one call between a worker and the engine: hands in all that is finished, receives new work.
-- Everything in one call is one commit. Parallel arrays, one group a kind of report; null groups
-- cost nothing. Repeating a call after an error changes nothing that has been recorded. An array of
-- nulls may be left out, and so may the addresses of steps or ends if all are those of main
-- functions, the kinds of steps if all are activities, and p_step_failed if none failed.
--   step      local steps that ran in the worker's process, with their results; or a cancellation
--             that has reached its function: its input is an array of the positions it rejected
--   plan      steps that somebody else must answer, and operations on the data of a job, which
--             this call carries out and answers
--   activity  reports of activities that were claimed
--   end       jobs whose main function returned (error null), or of which one failed for good;
--             one that does not count, for the job was stopped or has ended, is told as lost
--   failure   threads whose function failed and may be run again, or is blocked
--   thread    threads that end without their job: a hook returned (input null), or the main
--             function goes on as new with these arguments
--   delivery  answers whose order of delivery must be kept
-- p_is_idle: nothing is left to do here; be notified. Null: as before; a worker that is notified
-- anyway takes nothing when it reports, unless the report made something ready, and does nothing
-- for others.
-- Rooms: how many turns and activities to take. p_epoch: as held_work was last given, if it was.
-- Locks: worker (key share), jobs in id order, messages, attributes; waits at most 2 s for a lock
-- (55P03).
-- Raises: WF401 worker lost, WF404 late call, WF605 not READ COMMITTED.
-- Wakes: idle workers, programs that wait.

create function ratchet.exchange(
  p_worker bigint, p_turn_room int, p_activity_room int, p_is_idle boolean default false,
  p_step_jobs bigint[] default null, p_step_addresses text[] default null,
  p_step_positions int[] default null, p_step_kinds text[] default null,
  p_step_names text[] default null, p_step_deliveries int[] default null,
  p_step_failed boolean[] default null, p_step_inputs json[] default null,
  p_step_values json[] default null, p_plan_jobs bigint[] default null,
  p_plan_addresses text[] default null, p_plan_positions int[] default null,
  p_plan_kinds text[] default null, p_plan_names text[] default null,
  p_plan_inputs json[] default null, p_plan_queues text[] default null,
  p_plan_delays bigint[] default null, p_plan_attempts int[] default null,
  p_plan_held boolean[] default null, p_plan_failed boolean[] default null,
  p_plan_options json[] default null, p_activity_jobs bigint[] default null,
  p_activity_addresses text[] default null, p_activity_positions int[] default null,
  p_activity_attempts int[] default null, p_activity_failed boolean[] default null,
  p_activity_codes int[] default null, p_activity_values json[] default null,
  p_end_jobs bigint[] default null, p_end_addresses text[] default null,
  p_end_results json[] default null, p_end_errors json[] default null,
  p_failure_jobs bigint[] default null, p_failure_addresses text[] default null,
  p_failure_errors json[] default null, p_failure_blocked boolean[] default null,
  p_failure_forgotten int[] default null, p_thread_jobs bigint[] default null,
  p_thread_addresses text[] default null, p_thread_inputs json[] default null,
  p_delivery_jobs bigint[] default null, p_delivery_addresses text[] default null,
  p_delivery_positions int[] default null, p_delivery_orders int[] default null,
  p_epoch int default 0
) returns setof ratchet.work language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set lock_timeout = '2s' set jit = off set enable_seqscan = off
set enable_bitmapscan = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_takes boolean := p_is_idle is not null
    or coalesce(p_plan_jobs, p_activity_jobs, p_failure_jobs, p_thread_jobs) is not null;
  v_now constant timestamptz := ratchet_internal.open_exchange(p_worker, p_epoch, v_takes,
    p_failure_jobs || p_thread_jobs || case when 'cancel' = any (p_step_kinds) then p_step_jobs end,
    p_end_jobs, p_activity_jobs, p_plan_jobs, p_plan_kinds, p_plan_options);
  v_written bigint := 0;
  v_ends record;
begin
  if p_step_jobs is not null then
    v_written := ratchet_internal.record_steps(p_worker, v_now, p_step_jobs,
      p_step_addresses, p_step_positions, p_step_kinds, p_step_names, p_step_deliveries,
      p_step_failed, p_step_inputs, p_step_values);
  end if;
  if p_delivery_jobs is not null then perform ratchet_internal.record_deliveries(p_worker,
    p_delivery_jobs, p_delivery_addresses, p_delivery_positions, p_delivery_orders); end if;
  if p_plan_jobs is not null then
    v_written := v_written + ratchet_internal.schedule_steps(p_worker, v_now, p_plan_jobs,
      p_plan_addresses, p_plan_positions, p_plan_kinds, p_plan_names, p_plan_inputs,
      p_plan_queues, p_plan_delays, p_plan_attempts, p_plan_held, p_plan_failed, p_plan_options);
    if p_plan_kinds && array['search', 'entity'] then return query select *
      from ratchet_internal.data_answers(p_plan_jobs, p_plan_addresses, p_plan_positions); end if;
  end if;
  if p_failure_jobs is not null or 'terminate' = any (p_plan_kinds)
    or v_written < cardinality(p_step_jobs || p_plan_jobs) then
    return query select * from ratchet_internal.lost_jobs(p_worker, p_step_jobs || p_plan_jobs
      || p_failure_jobs, p_step_addresses || p_plan_addresses || p_failure_addresses);
  end if;
  if p_activity_jobs is not null then perform ratchet_internal.finish_activities(p_worker, v_now,
    p_activity_jobs, p_activity_addresses, p_activity_positions, p_activity_attempts,
    p_activity_failed, p_activity_codes, p_activity_values); end if;
  v_ends := ratchet_internal.finish_turns(p_worker, v_now, p_end_jobs, p_end_addresses,
    p_end_results, p_end_errors, p_failure_jobs, p_failure_addresses, p_failure_errors,
    p_failure_blocked, p_failure_forgotten, p_thread_jobs, p_thread_addresses, p_thread_inputs);
  if v_ends.uncounted is not null then return query
    select * from ratchet_internal.lost_jobs(p_worker, v_ends.uncounted, null); end if;
  if v_takes or v_ends.are_awaited then return query
    select * from ratchet_internal.claim(p_worker, v_now, p_turn_room, p_activity_room, p_is_idle);
  end if;
end $$;
comment on function ratchet.exchange is
  'The one call between a worker and the engine: hands in all that is finished, receives new work.';
