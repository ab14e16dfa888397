-- Moves pending tasks to the worklist of another role; their claims end. Returns the moved.
-- Locks: the tasks, in id order. Writes: escalations. Raises: WF101. Idempotent.

create function ratchet.escalate_to_role(p_ids uuid[], p_role text) returns setof json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_name(p_role, 'role');
  perform from ratchet.escalations where id = any (p_ids) order by id for update;
  return query
  update ratchet.escalations e
  set role = p_role, assigned_to = null, assigned_until = null, claimed_at = null,
    claim_expires_at = null, updated_at = ratchet_internal.now()
  where id = any (p_ids) and status = 'pending'
  returning ratchet_internal.escalation_entry(e);
end $$;
comment on function ratchet.escalate_to_role(uuid[], text) is
  'Moves pending tasks to another role and ends their claims; returns the moved.';
