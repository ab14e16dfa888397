-- Starts a job whose id was reserved, with what this start says; its marks and user data stay.
-- Locks: the job. Writes: jobs, messages. Wakes: idle workers of the queue.
-- Returns how many jobs it started: 0 or 1.

create function ratchet_internal.run_reserved(
  p_namespace text, p_workflow text, p_queue text, p_id text, p_input json, p_options json,
  p_request_id uuid
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_count bigint;
begin
  if ratchet_internal.number_of(p_options, 'pending', null) is not null then return 0; end if;
  with job as (
    update ratchet.jobs
    set status = 1, pending_until = null, workflow = p_workflow, queue = p_queue,
      entity = coalesce(p_options ->> 'entity', p_workflow), input = p_input,
      is_labelled = p_options ->> 'entity' is not null,
      options = p_options -> 'retry', request_id = p_request_id, updated_at = v_now,
      expire_seconds = ratchet_internal.number_of(p_options, 'expire', null)::bigint,
      is_hookable = coalesce(p_options ->> 'signalIn', '') <> 'false',
      is_persistent = coalesce(p_options ->> 'persistent', '') = 'true'
    where key = p_id and namespace = p_namespace and status = -1
    returning id)
  insert into ratchet_internal.messages (job_id, due_at, kind, namespace, queue, workflow)
  select id, ratchet_internal.after(v_now, ratchet_internal.number_of(p_options, 'delay', 0)),
    'turn', p_namespace, p_queue, p_workflow from job;
  get diagnostics v_count = row_count;
  if v_count > 0 then
    perform ratchet_internal.wake_route(p_namespace, p_queue, p_workflow);
  end if;
  return v_count;
end $$;
comment on function ratchet_internal.run_reserved(
  text, text, text, text, json, json, uuid) is
  'Starts a job whose id was reserved; returns how many it started.';
