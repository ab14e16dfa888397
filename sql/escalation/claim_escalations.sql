-- Claims those of the given tasks that are available, or the assignee's already. Returns them.
-- Locks: the tasks, in id order. Writes: escalations. Raises: WF101, WF103. Idempotent with the
-- same p_request_id.

create function ratchet.claim_escalations(
  p_ids uuid[], p_assignee text, p_minutes float8 default 1, p_request_id uuid default null
) returns setof json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_until timestamptz := ratchet_internal.claim_end(p_assignee, p_minutes, v_now);
begin
  perform from ratchet.escalations where id = any (p_ids) order by id for update;
  perform ratchet_internal.take_escalation(id, p_assignee, v_until, v_now, null, p_request_id)
  from ratchet.escalations
  where id = any (p_ids) and status = 'pending'
    and (p_request_id is null or request_id is distinct from p_request_id)
    and (assigned_to is null or assigned_until <= v_now or assigned_to = p_assignee);
  return query
  select ratchet_internal.escalation_entry(e) from ratchet.escalations e
  where id = any (p_ids) and assigned_to = p_assignee and status = 'pending'
    and (e.updated_at = v_now or e.request_id = p_request_id)
  order by id;
end $$;
comment on function ratchet.claim_escalations(uuid[], text, float8, uuid) is
  'Claims those of the given tasks that are available; returns them.';
