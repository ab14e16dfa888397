-- Brings a task over from elsewhere, with its id, state and times; null when the id exists.
-- Writes: escalations. Raises: WF104, WF105, WF307 when a pending task has the key, WF501.

create function ratchet.migrate_escalation(p_id uuid, p_fields json) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_entry json;
begin
  perform ratchet_internal.check_escalation(p_fields);
  v_entry := ratchet_internal.insert_escalation(p_id, p_fields, ratchet_internal.now());
  if v_entry is null and not exists (select from ratchet.escalations where id = p_id) then
    perform ratchet_internal.raise_error('WF307', 'duplicate task',
      jsonb_build_object('signal_key', left(p_fields ->> 'signalKey', 100)),
      'A pending task has this signal key; resolve or cancel it, or choose another key.');
  end if;
  return v_entry;
end $$;
comment on function ratchet.migrate_escalation(uuid, json) is
  'Brings a task over with its id, state and times; null when the id exists.';
