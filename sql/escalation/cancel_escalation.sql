-- Cancels a task, in the caller's transaction; the wait that it answers returns null. Answers
-- {"ok": true, "entry"} or {"ok": false, "reason"}: not-found, already-terminal.
-- Locks: the wait's message, the task. Writes: escalations, messages, attributes, signals.
-- Wakes: idle workers. Raises: WF605. Idempotent with the same p_request_id.

create function ratchet.cancel_escalation(
  p_id uuid, p_namespace text default null, p_request_id uuid default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
as $$
declare
  v_row ratchet.escalations;
begin
  select * into v_row from ratchet_internal.lock_escalations(array[p_id])
  where p_namespace is null or namespace = p_namespace;
  if v_row.id is null then
    return '{"ok": false, "reason": "not-found"}';
  end if;
  if v_row.request_id is distinct from p_request_id or p_request_id is null
    or v_row.status = 'pending'
  then
    if v_row.status <> 'pending' then
      return '{"ok": false, "reason": "already-terminal"}';
    end if;
    perform ratchet_internal.close_escalations(ratchet_internal.write_time(), array[p_id],
      array['null'::json], 'cancelled', null, p_request_id);
  end if;
  return json_build_object('ok', true, 'entry', ratchet.get_escalation(p_id));
end $$;
comment on function ratchet.cancel_escalation(uuid, text, uuid) is
  'Cancels a task; the wait that it answers returns null.';
