-- Starts a job whose id was reserved, with what this start says; of the marks and user data of the
-- reservation those stay that this start does not give anew.
-- Locks: the job. Writes: jobs, messages, attributes. Wakes: idle workers of the queue.
-- Returns how many jobs it started: 0 or 1.

create function ratchet_internal.run_reserved(
  p_namespace text, p_workflow text, p_queue text, p_id text, p_input json, p_options json,
  p_request_id uuid
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_terms ratchet_internal.start_terms := ratchet_internal.read_terms(p_options);
  v_job bigint;
begin
  if v_terms.pending is not null then return 0; end if;
  update ratchet.jobs
  set status = 1, pending_until = null, workflow = p_workflow, queue = p_queue,
    entity = coalesce(v_terms.entity, p_workflow), is_labelled = v_terms.entity is not null,
    input = p_input, options = v_terms.retry, request_id = p_request_id, updated_at = v_now,
    expire_seconds = v_terms.expire_seconds, is_hookable = v_terms.is_hookable,
    is_persistent = v_terms.is_persistent, is_watched = is_watched or v_terms.is_watched
  where key = p_id and namespace = p_namespace and status = -1
  returning id into v_job;
  if not found then return 0; end if;
  insert into ratchet_internal.messages (job_id, due_at, kind, namespace, queue, workflow)
  values (v_job, ratchet_internal.after(v_now, v_terms.delay_ms), 'turn', p_namespace, p_queue,
    p_workflow);
  if v_terms.is_described then
    delete from ratchet.jobs_attributes a
    using json_object_keys(case when json_typeof(p_options -> 'marker') = 'object'
      then p_options -> 'marker' else '{}' end) as said (name)
    where a.job_id = v_job and a.kind = 'marker' and a.field = said.name;
    perform ratchet_internal.describe_jobs(v_now, array[v_job], p_options);
  end if;
  perform ratchet_internal.wake_route(p_namespace, p_queue, p_workflow);
  return 1;
end $$;
comment on function ratchet_internal.run_reserved(
  text, text, text, text, json, json, uuid) is
  'Starts a job whose id was reserved; returns how many it started.';
