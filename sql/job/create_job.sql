-- Inserts one job that asks for nothing but, perhaps, a notification of its end, and the message
-- that runs it; an id that exists already is left alone. Given a worker, which the caller has
-- locked, the message is that worker's at once, as if it had claimed it. Two plain inserts: the
-- statement by which create_jobs inserts any number takes a third longer to begin.
-- Locks: the new row (a concurrent start of the same id waits for this transaction).
-- Writes: jobs, messages. Wakes: without a worker, an idle one of the queue. Returns the number of
-- the job, null if there is one of this id.

create function ratchet_internal.create_job(
  p_namespace text, p_workflow text, p_queue text, p_id text, p_input json, p_is_watched boolean,
  p_request_id uuid, p_worker bigint default null
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now constant timestamptz := ratchet_internal.write_time();
  v_job bigint;
begin
  insert into ratchet.jobs (key, namespace, entity, workflow, queue, is_watched, request_id, input,
    created_at, updated_at)
  values (p_id, p_namespace, p_workflow, p_workflow, p_queue, p_is_watched, p_request_id, p_input,
    v_now, v_now)
  on conflict (key, namespace) do nothing
  returning id into v_job;
  if v_job is null then return null; end if;
  insert into ratchet_internal.messages (job_id, due_at, worker_id, attempt, kind, namespace, queue,
    workflow)
  values (v_job, v_now, p_worker, case when p_worker is null then 0 else 1 end, 'turn', p_namespace,
    p_queue, p_workflow);
  if p_worker is null then
    perform ratchet_internal.wake_route(p_namespace, p_queue, p_workflow);
  end if;
  return v_job;
end $$;
comment on function ratchet_internal.create_job(
  text, text, text, text, json, boolean, uuid, bigint) is
  'Inserts one job without further options and the message that runs it; returns its number, null '
  'if there is one of this id.';
