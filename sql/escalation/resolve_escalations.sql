-- Resolves many tasks for which no workflow waits: those with a step or a signal key, and those
-- that are not pending, are left alone. Returns the resolved.
-- Locks: the tasks, in id order. Writes: escalations. Raises: WF104, WF501.
-- Idempotent with the same p_request_id.

create function ratchet.resolve_escalations(
  p_ids uuid[], p_payload json default null, p_metadata json default null,
  p_request_id uuid default null
) returns setof json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
begin
  perform ratchet_internal.check_size(p_payload, 'resolver payload');
  perform ratchet_internal.check_escalation(json_build_object('metadata', p_metadata));
  perform from ratchet.escalations where id = any (p_ids) order by id for update;
  update ratchet.escalations
  set status = 'resolved', resolver_payload = p_payload, resolved_at = v_now, updated_at = v_now,
    request_id = p_request_id, metadata = case when p_metadata is null then metadata
      else coalesce(metadata, '{}') || p_metadata::jsonb end
  where id = any (p_ids) and status = 'pending' and job_id is null and signal_key is null;
  return query
  select ratchet_internal.escalation_entry(e) from ratchet.escalations e
  where id = any (p_ids) and status = 'resolved' and job_id is null and signal_key is null
    and (e.resolved_at = v_now or e.request_id = p_request_id)
  order by id;
end $$;
comment on function ratchet.resolve_escalations(uuid[], json, json, uuid) is
  'Resolves many tasks for which no workflow waits; returns those that it resolved.';
