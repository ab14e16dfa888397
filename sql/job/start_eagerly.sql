-- Starts one job for the process that also runs it: where the worker waits for work and serves the
-- workflow, the new job's turn is the worker's in the commit that starts it, as if it had claimed
-- it, and needs neither a notification nor an exchange. Nothing else tells the worker of it: only
-- its own process is to call this. Where it is busy, gone or throttled, the id is taken or there
-- are further options, this is start_workflow.
-- Locks: the worker (key share), then as start_workflow. Writes: jobs, messages. Wakes: an idle
--   worker of the queue, if this one does not take it.
-- Raises: as start_workflow; 55P03 after waiting 100 ms for another start of the id, which is then
--   to be started by start_workflow. Idempotent: with the same p_request_id nothing is started
--   again, but only held_work tells then whether the worker holds it.
-- Returns the number of the job if the worker holds it, else null.

create function ratchet.start_eagerly(
  p_worker bigint, p_workflow text, p_args json, p_id text, p_queue text, p_namespace text,
  p_options json, p_request_id uuid, p_epoch int default 0
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '100ms'
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_job bigint;
begin
  perform from ratchet_internal.workers w
  where w.id = p_worker and w.is_idle and w.epoch <= p_epoch
    and ratchet_internal.is_own(w.role_name) and exists (
    select from ratchet_internal.worker_routes r
    where r.worker_id = p_worker and r.queue = p_queue and r.workflow = p_workflow
      and r.namespace = p_namespace and r.throttle_ms is null)
  for key share;
  if found and ratchet_internal.is_plain_start(
    p_namespace, p_workflow, p_queue, p_id, p_args, p_options)
  then
    v_job := ratchet_internal.create_job(p_namespace, p_workflow, p_queue, p_id, p_args,
      p_options is not null, p_request_id, p_worker);
  end if;
  if v_job is null then
    perform ratchet.start_workflow(p_workflow, p_args, p_id, p_queue, p_namespace, p_options,
      p_request_id);
  end if;
  return v_job;
end $$;
comment on function ratchet.start_eagerly(
  bigint, text, json, text, text, text, json, uuid, int) is
  'For the process of a worker: starts a workflow, and gives it to that worker if it waits for '
  'work and serves the workflow; returns the number of the job then, else null. Raises 55P03 when '
  'a job of the id is being started elsewhere.';
