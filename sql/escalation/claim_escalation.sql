-- Claims a pending task for somebody; who has it already gets more time. Answers {"ok": true,
-- "entry", "isExtension"} or {"ok": false, "reason"}: not-found, conflict.
-- Locks: the task. Writes: escalations. Raises: WF101, WF103.
-- Idempotent with the same p_request_id.

create function ratchet.claim_escalation(
  p_id uuid, p_assignee text, p_minutes float8 default 1, p_request_id uuid default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_until timestamptz := ratchet_internal.claim_end(p_assignee, p_minutes, v_now);
  v_row ratchet.escalations;
begin
  select * into v_row from ratchet.escalations where id = p_id for update;
  if v_row.id is null then
    return '{"ok": false, "reason": "not-found"}';
  end if;
  if v_row.request_id = p_request_id and v_row.assigned_to = p_assignee then
    return json_build_object('ok', true, 'entry', ratchet_internal.escalation_entry(v_row),
      'isExtension', v_row.claimed_at < v_row.updated_at);
  end if;
  if v_row.status <> 'pending'
    or v_row.assigned_to <> p_assignee and v_row.assigned_until > v_now
  then
    return '{"ok": false, "reason": "conflict"}';
  end if;
  return ratchet_internal.take_escalation(p_id, p_assignee, v_until, v_now, null, p_request_id);
end $$;
comment on function ratchet.claim_escalation(uuid, text, float8, uuid) is
  'Claims a pending task for some minutes (default 1), or extends the claim.';
