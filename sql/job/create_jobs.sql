-- Inserts jobs and the message that runs each; ids that exist already are left alone. With the
-- option pending the ids are only reserved: nothing runs until somebody starts a job of the id.
-- Locks: the new rows, in the order of the ids (a concurrent start of the same id waits for this
--   transaction; two that share several ids wait one for the other).
-- Writes: jobs, messages, attributes. Wakes: one notification if a worker of the queue is idle.

create function ratchet_internal.create_jobs(
  p_namespace text, p_workflow text, p_queue text, p_ids text[], p_inputs json[],
  p_options json, p_request_id uuid
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_due timestamptz := v_now;
  v_terms ratchet_internal.start_terms;
  v_jobs bigint[];
  v_count bigint;
begin
  -- Most starts have no options, and to a transaction that starts one job an expression costs as
  -- much as a row.
  if p_options is not null then
    v_terms := ratchet_internal.read_terms(p_options);
    v_due := ratchet_internal.after(v_now, v_terms.delay_ms);
  end if;
  with job as (
    insert into ratchet.jobs (key, namespace, entity, workflow, queue, status, is_watched,
      is_hookable, is_persistent, is_labelled, request_id, expire_seconds, options, input,
      created_at, updated_at, pending_until)
    select id, p_namespace, coalesce(v_terms.entity, p_workflow), p_workflow, p_queue,
      case when v_terms.pending is null then 1 else -1 end, coalesce(v_terms.is_watched, false),
      coalesce(v_terms.is_hookable, true), coalesce(v_terms.is_persistent, false),
      v_terms.entity is not null, p_request_id, v_terms.expire_seconds, v_terms.retry, input,
      v_now, v_now, case when v_terms.pending is not null
        then ratchet_internal.after(v_now, v_terms.pending * 1000) end
    from unnest(p_ids, p_inputs) as given (id, input)
    order by id collate "C"
    on conflict (key, namespace) do nothing
    returning id),
  turn as (
    insert into ratchet_internal.messages
      (job_id, due_at, kind, namespace, queue, workflow)
    select id, v_due, 'turn', p_namespace, p_queue, p_workflow from job
    where v_terms.pending is null)
  select count(*), case when v_terms.is_described then array_agg(id) end into v_count, v_jobs
  from job;
  if v_jobs is not null then
    perform ratchet_internal.describe_jobs(v_now, v_jobs, p_options);
  end if;
  if v_count > 0 and v_due <= v_now then
    perform ratchet_internal.wake_route(p_namespace, p_queue, p_workflow);
  end if;
  return v_count;
end $$;
comment on function ratchet_internal.create_jobs(text, text, text, text[], json[], json, uuid) is
  'Inserts jobs and the message that runs each; returns how many ids were new.';
