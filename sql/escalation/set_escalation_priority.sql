-- Gives pending tasks a priority. Returns how many. Locks: the tasks, in id order. Writes:
-- escalations. Idempotent.

create function ratchet.set_escalation_priority(p_ids uuid[], p_priority int) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  perform from ratchet.escalations where id = any (p_ids) order by id for update;
  update ratchet.escalations
  set priority = coalesce(p_priority, priority), updated_at = ratchet_internal.now()
  where id = any (p_ids) and status = 'pending';
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function ratchet.set_escalation_priority(uuid[], int) is
  'Gives pending tasks a priority; returns how many.';
