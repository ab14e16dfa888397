-- Gives a claim back. With p_assignee only that one's. Answers {"ok": true, "entry"} or {"ok":
-- false, "reason"}: not-found (also of a task that has ended), wrong-assignee.
-- Locks: the task. Writes: escalations. Idempotent with the same p_request_id.

create function ratchet.release_escalation(
  p_id uuid, p_assignee text default null, p_request_id uuid default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row ratchet.escalations;
begin
  select * into v_row from ratchet.escalations where id = p_id and status = 'pending' for update;
  if v_row.id is null then
    return '{"ok": false, "reason": "not-found"}';
  end if;
  if v_row.request_id is distinct from p_request_id or p_request_id is null then
    if v_row.assigned_to is distinct from p_assignee and p_assignee is not null then
      return '{"ok": false, "reason": "wrong-assignee"}';
    end if;
    update ratchet.escalations
    set assigned_to = null, assigned_until = null, claimed_at = null, claim_expires_at = null,
      updated_at = ratchet_internal.now(), request_id = p_request_id
    where id = p_id returning * into v_row;
  end if;
  return json_build_object('ok', true, 'entry', ratchet_internal.escalation_entry(v_row));
end $$;
comment on function ratchet.release_escalation(uuid, text, uuid) is
  'Gives the claim of a task back.';
