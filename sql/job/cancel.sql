-- Asks a job to cancel itself, in the caller's transaction: its function and its open hooks see
-- CancelledFailure at their next durable call, waiting ones at once, and those that would be run
-- again later are now; so do later generations and hooks, but for those that are part of a clean-up
-- (threads.is_shielded). No-op on a finished or unknown job. Word of it is for any worker of the
-- workflow, which passes it on: an address would tie a worker to this transaction.
-- Locks: the job. Writes: jobs, messages. Wakes: idle workers. Returns whether the job was running.

create function ratchet.cancel(p_id text, p_namespace text default 'durable') returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_job ratchet.jobs;
begin
  update ratchet.jobs set cancel_requested_at = coalesce(cancel_requested_at, v_now),
    updated_at = v_now
  where key = p_id and namespace = p_namespace and status > 0
  returning * into v_job;
  if not found then
    return ratchet_internal.cancel_reserved(p_id, p_namespace, v_now);
  end if;
  if v_job.version is not null then return true; end if; -- a graph has nobody to ask
  insert into ratchet_internal.messages (job_id, address, position, kind, namespace, queue,
    workflow, due_at)
  select v_job.id, thread.address, -1, 'result', v_job.namespace, thread.queue, thread.workflow,
    v_now
  from (
    select ratchet_internal.main_address(v_job.generation) as address, v_job.queue, v_job.workflow
    where v_job.returned_at is null
    union all
    select address, queue, workflow from ratchet.threads
    where job_id = v_job.id and ended_at is null and not is_shielded) thread
  where not exists (select from ratchet.jobs_attributes
    where job_id = v_job.id and address = thread.address || '#cancel')
  order by thread.address
  on conflict do nothing;
  update ratchet_internal.messages set due_at = v_now
  where job_id = v_job.id and position = 0 and worker_id is null and due_at > v_now;
  perform pg_notify('ratchet', '')
  where exists (select from ratchet_internal.workers where is_idle);
  return true;
end $$;
comment on function ratchet.cancel(text, text) is
  'Asks a job to cancel itself cooperatively; returns whether it was running.';
