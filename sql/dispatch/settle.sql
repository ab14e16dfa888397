-- Answers open steps: the answer goes into the history, and the step's message becomes the message
-- that brings it to the worker holding the thread. Where none holds it, or the one that does is
-- being taken over at this moment, it is for any worker of the workflow: route_results sorts it
-- out. So does a caller that may be inside a user's long transaction (p_is_addressed false),
-- because an address keeps its worker from being taken over until the commit.
-- The turn says where the thread runs; where there is none, the hook's or the job's row does.
-- An answer of a graph is for whoever goes on with graphs next; it keeps what the message said.
-- Locks: workers addressed (key share, never waiting); messages, which the caller has locked and
-- knows to be open; then attributes. Wakes: idle workers.

create function ratchet_internal.settle(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[],
  p_attempts int[], p_failed boolean[], p_values text[], p_is_addressed boolean,
  p_codes int[] default null
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_to bigint[];
begin
  with answer as materialized (
    select a.*, ratchet_internal.is_graph(a.address) as is_graph, turn.queue, turn.workflow,
      case when p_is_addressed then turn.worker_id end as holder
    from unnest(p_jobs, p_addresses, p_positions, p_attempts, p_failed, p_values, p_codes)
      as a (job_id, address, at, attempt, is_failed, value, code)
    left join lateral (
      select worker_id, queue, workflow from ratchet_internal.messages
      where job_id = a.job_id and address = a.address and position = 0 limit 1) turn on true),
  alive as materialized (
    select w.id from ratchet_internal.workers w
    where w.id in (select holder from answer) for key share skip locked),
  sent as (
    update ratchet_internal.messages m
    set kind = 'result', worker_id = alive.id, due_at = p_now, key = null,
      options = case when a.is_graph then m.options end,
      queue = case when a.is_graph then '$graph' else coalesce(a.queue, (
        select queue from ratchet.threads t where t.job_id = a.job_id and t.address = a.address), (
        select queue from ratchet.jobs where id = a.job_id)) end,
      workflow = case when a.is_graph then '$graph' else coalesce(a.workflow, (
        select workflow from ratchet.threads t
        where t.job_id = a.job_id and t.address = a.address), (
        select workflow from ratchet.jobs where id = a.job_id)) end
    from answer a
    left join alive on alive.id = a.holder
    where m.job_id = any (array[a.job_id]) and m.address = a.address and m.position = a.at
    returning m.worker_id, m.namespace, m.queue, m.workflow),
  recorded as (
    update ratchet.jobs_attributes t
    set ledger = ratchet_internal.leg2_done(t.ledger, a.attempt), is_failed = a.is_failed,
      value = a.value, code = a.code, updated_at = p_now
    from answer a
    where t.job_id = any (array[a.job_id]) and t.address = a.address and t.position = a.at
      and not ratchet_internal.is_final(t.ledger))
  select array_agg(distinct w.id) into v_to
  from sent
  join ratchet_internal.workers w on w.is_idle
  left join ratchet_internal.worker_routes r on sent.worker_id is null and r.worker_id = w.id
    and r.queue = sent.queue and r.workflow = sent.workflow and r.namespace = sent.namespace
  where w.id = sent.worker_id or r.worker_id is not null;
  if v_to is not null then
    perform pg_notify('ratchet', '');
  end if;
end $$;
comment on function ratchet_internal.settle(
  timestamptz, bigint[], text[], int[], int[], boolean[], text[], boolean, int[]) is
  'Records the answers of open steps and sends each to the worker that holds its thread.';
