-- Gives a task, which the caller has locked and found free for it, to its assignee. A claim that
-- is live is extended: claimed_at stays. Writes: escalations.

create function ratchet_internal.take_escalation(
  p_id uuid, p_assignee text, p_until timestamptz, p_now timestamptz, p_metadata jsonb,
  p_request_id uuid
) returns json
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update ratchet.escalations
  set claimed_at = case when assigned_to = p_assignee and assigned_until > p_now
      then claimed_at else p_now end,
    assigned_to = p_assignee, assigned_until = p_until, claim_expires_at = p_until,
    updated_at = p_now, request_id = p_request_id,
    metadata = case when p_metadata is null then metadata
      else coalesce(metadata, '{}') || p_metadata end
  where id = p_id
  returning json_build_object('ok', true, 'entry', ratchet_internal.escalation_entry(escalations),
    'isExtension', claimed_at < updated_at)
$$;
comment on function ratchet_internal.take_escalation(
  uuid, text, timestamptz, timestamptz, jsonb, uuid) is
  'Gives a locked task to its assignee, or extends the claim.';
