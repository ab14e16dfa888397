-- Ends tasks that are pending and that the caller has locked (lock_escalations): the task and the
-- answer of the workflow that waits are one commit. A task without a step of its own, but with a
-- signal key, sends that signal: it is kept for a week, for a workflow that has yet to wait.
-- Writes: escalations, messages, attributes, signals. Wakes: idle workers.

create function ratchet_internal.close_escalations(
  p_now timestamptz, p_ids uuid[], p_payloads json[], p_status text, p_metadata jsonb,
  p_request_id uuid
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wait record;
begin
  update ratchet.escalations e
  set status = p_status, updated_at = p_now, request_id = p_request_id,
    resolver_payload = case p_status when 'resolved' then given.payload end,
    resolved_at = case p_status when 'resolved' then p_now end,
    metadata = case when p_metadata is null then e.metadata
      else coalesce(e.metadata, '{}') || p_metadata end
  from unnest(p_ids, p_payloads) as given (id, payload) where e.id = any (array[given.id]);
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(0) as attempts, array_agg(false) as failed,
    array_agg(given.payload::text) as payloads,
    array_agg(case when ratchet_internal.is_graph(m.address) then 200 end) as codes into v_wait
  from unnest(p_ids, p_payloads) as given (id, payload)
  join ratchet.escalations e on e.id = any (array[given.id])
  join ratchet_internal.messages m
    on m.job_id = any (array[e.job_id]) and m.address = e.address and m.position = e.position
  where m.kind = 'wait';
  if v_wait.jobs is not null then
    perform ratchet_internal.settle(p_now, v_wait.jobs, v_wait.addresses, v_wait.positions,
      v_wait.attempts, v_wait.failed, v_wait.payloads, false, v_wait.codes);
  end if;
  perform ratchet.signal(e.signal_key, given.payload, e.namespace, interval '7 days',
    'task ' || e.id)
  from unnest(p_ids, p_payloads) as given (id, payload)
  join ratchet.escalations e on e.id = any (array[given.id])
  where e.job_id is null and e.signal_key is not null;
end $$;
comment on function ratchet_internal.close_escalations(
  timestamptz, uuid[], json[], text, jsonb, uuid) is
  'Ends locked, pending tasks and answers the workflows that wait for them.';
