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
  v_due timestamptz := ratchet_internal.after(v_now,
    ratchet_internal.number_of(p_options, 'delay', 0));
  v_entity text := p_options ->> 'entity';
  v_expire bigint := ratchet_internal.number_of(p_options, 'expire', null)::bigint;
  v_retry json := p_options -> 'retry';
  v_is_watched boolean := coalesce(p_options ->> 'watch' = 'true', false);
  v_is_hookable boolean := coalesce(p_options ->> 'signalIn', '') <> 'false';
  v_is_persistent boolean := coalesce(p_options ->> 'persistent', '') = 'true';
  v_pending float8 := ratchet_internal.number_of(p_options, 'pending', null);
  v_is_described boolean := p_options -> 'search' is not null or p_options -> 'marker' is not null;
  v_jobs bigint[];
  v_count bigint;
begin
  with job as (
    insert into ratchet.jobs (key, namespace, entity, workflow, queue, status, is_watched,
      is_hookable, is_persistent, is_labelled, request_id, expire_seconds, options, input,
      created_at, updated_at, pending_until)
    select id, p_namespace, coalesce(v_entity, p_workflow), p_workflow, p_queue,
      case when v_pending is null then 1 else -1 end, v_is_watched, v_is_hookable,
      v_is_persistent, v_entity is not null, p_request_id,
      v_expire, v_retry, input, v_now, v_now, case when v_pending is not null
        then ratchet_internal.after(v_now, v_pending * 1000) end
    from unnest(p_ids, p_inputs) as given (id, input)
    order by id collate "C"
    on conflict (key, namespace) do nothing
    returning id),
  turn as (
    insert into ratchet_internal.messages
      (job_id, due_at, kind, namespace, queue, workflow)
    select id, v_due, 'turn', p_namespace, p_queue, p_workflow from job where v_pending is null)
  select count(*), case when v_is_described then array_agg(id) end into v_count, v_jobs from job;
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
