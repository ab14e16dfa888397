-- Resolves a task, in the caller's transaction, and answers the workflow that waits for it. Of two
-- that race one wins; the other is told so and has written nothing. Answers {"ok": true, "entry"}
-- or {"ok": false, "reason"}: not-found, already-resolved, already-cancelled, already-expired,
-- claim-expired, claimed-by-other, encoded (a graph waits, and cannot read what a codec made).
-- Locks: the wait's message, the task. Writes: escalations, messages, attributes, signals.
-- Wakes: idle workers. Raises: WF104, WF501, WF605. Idempotent with the same p_request_id.

create function ratchet.resolve_escalation(
  p_id uuid, p_payload json default null, p_metadata json default null,
  p_claimant text default null, p_request_id uuid default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_row ratchet.escalations;
  v_reason text;
begin
  perform ratchet_internal.check_size(p_payload, 'resolver payload');
  perform ratchet_internal.check_escalation(json_build_object('metadata', p_metadata));
  select * into v_row from ratchet_internal.lock_escalations(array[p_id]);
  if v_row.request_id = p_request_id and v_row.status = 'resolved' then
    return json_build_object('ok', true, 'entry', ratchet_internal.escalation_entry(v_row));
  end if;
  v_reason := ratchet_internal.resolve_refusal(v_row, p_payload, p_claimant, v_now);
  if v_reason is not null then
    return json_build_object('ok', false, 'reason', v_reason);
  end if;
  perform ratchet_internal.close_escalations(v_now, array[p_id], array[p_payload], 'resolved',
    p_metadata::jsonb, p_request_id);
  return json_build_object('ok', true, 'entry', ratchet.get_escalation(p_id));
end $$;
comment on function ratchet.resolve_escalation(uuid, json, json, text, uuid) is
  'Resolves a task and answers the workflow that waits for it.';
