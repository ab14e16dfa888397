-- Inserts jobs and the message that runs each; ids that exist already are left alone. With the
-- option pending the ids are only reserved: nothing runs until somebody starts a job of the id.
-- Many are taken for new, since looking for a conflict makes a row cost a fifth more: the first
-- that exists undoes what was inserted (little, unless few exist), and they are looked for.
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
  v_now timestamptz := ratchet_internal.write_time();
  v_due timestamptz := v_now;
  v_terms ratchet_internal.start_terms;
  v_jobs bigint[];
  v_count bigint;
begin
  -- Few starts have further options, and to a transaction that starts one job an expression costs
  -- as much as a row.
  if ratchet_internal.asks_to_watch(p_options) then
    v_terms.is_watched := true;
  elsif p_options is not null then
    v_terms := ratchet_internal.read_terms(p_options);
    v_due := ratchet_internal.after(v_now, v_terms.delay_ms);
  end if;
  -- A block is a subtransaction: few starts, of which a transaction may have any number, use none.
  if cardinality(p_ids) >= 100 then
    begin
      with job as (
        insert into ratchet.jobs (key, namespace, entity, workflow, queue, status, is_watched,
          is_hookable, is_persistent, is_labelled, request_id, expire_seconds, options, input,
          created_at, updated_at, pending_until)
        select * from ratchet_internal.job_rows(v_now, p_namespace, p_workflow, p_queue, p_ids,
          p_inputs, v_terms, p_request_id)
        returning id),
      turn as (
        insert into ratchet_internal.messages (job_id, due_at, kind, namespace, queue, workflow)
        select id, v_due, 'turn', p_namespace, p_queue, p_workflow from job
        where v_terms.pending is null)
      select count(*), case when v_terms.is_described then array_agg(id) end into v_count, v_jobs
      from job;
    exception when unique_violation then null;
    end;
  end if;
  if v_count is null then
    with job as (
      insert into ratchet.jobs (key, namespace, entity, workflow, queue, status, is_watched,
        is_hookable, is_persistent, is_labelled, request_id, expire_seconds, options, input,
        created_at, updated_at, pending_until)
      select * from ratchet_internal.job_rows(v_now, p_namespace, p_workflow, p_queue, p_ids,
        p_inputs, v_terms, p_request_id)
      on conflict (key, namespace) do nothing
      returning id),
    turn as (
      insert into ratchet_internal.messages (job_id, due_at, kind, namespace, queue, workflow)
      select id, v_due, 'turn', p_namespace, p_queue, p_workflow from job
      where v_terms.pending is null)
    select count(*), case when v_terms.is_described then array_agg(id) end into v_count, v_jobs
    from job;
  end if;
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
