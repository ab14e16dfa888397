-- Inserts jobs and the message that runs each; ids that exist already are left alone.
-- Locks: the new rows, in the order of the ids (a concurrent start of the same id waits for this
--   transaction; two that share several ids wait one for the other).
-- Writes: jobs, attributes (search), messages. Wakes: one notification if a worker of the queue is
--   idle.

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
  v_entity text := coalesce(p_options ->> 'entity', p_workflow);
  v_expire bigint := ratchet_internal.number_of(p_options, 'expire', null)::bigint;
  v_retry json := p_options -> 'retry';
  v_is_watched boolean := coalesce(p_options ->> 'watch' = 'true', false);
  v_search json := ratchet_internal.search_of(p_options);
  v_count bigint;
begin
  with job as (
    insert into ratchet.jobs (key, namespace, entity, workflow, queue, is_watched, request_id,
      expire_seconds, options, input, created_at, updated_at)
    select id, p_namespace, v_entity, p_workflow, p_queue, v_is_watched, p_request_id,
      v_expire, v_retry, input, v_now, v_now
    from unnest(p_ids, p_inputs) as given (id, input)
    order by id collate "C"
    on conflict (key, namespace) do nothing
    returning id),
  attribute as (
    insert into ratchet.jobs_attributes (job_id, ledger, created_at, position, kind, address,
      field, value)
    select id, ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1), v_now, 1,
      'attribute', '_' || name, '_' || name, text
    from job cross join json_each_text(v_search) as each (name, text))
  insert into ratchet_internal.messages
    (job_id, due_at, kind, namespace, queue, workflow)
  select id, v_due, 'turn', p_namespace, p_queue, p_workflow from job;
  get diagnostics v_count = row_count;
  if v_count > 0 and v_due <= v_now then
    perform ratchet_internal.wake_route(p_namespace, p_queue, p_workflow);
  end if;
  return v_count;
end $$;
comment on function ratchet_internal.create_jobs(text, text, text, text[], json[], json, uuid) is
  'Inserts jobs and the message that runs each; returns how many ids were new.';
