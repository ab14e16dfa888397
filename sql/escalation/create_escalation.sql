-- Creates a task that no workflow waits for (a workflow's own come with its wait). With a signal
-- key, resolving it sends that signal.
-- Writes: escalations. Raises: WF104, WF105, WF307 when a pending task has the key, WF501.
-- Idempotent with the same p_id.

create function ratchet.create_escalation(
  p_fields json default '{}', p_id uuid default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_entry json;
begin
  perform ratchet_internal.check_escalation(p_fields);
  v_entry := coalesce(
    ratchet_internal.insert_escalation(p_id, p_fields, ratchet_internal.now()),
    ratchet.get_escalation(p_id));
  if v_entry is null then
    perform ratchet_internal.raise_error('WF307', 'duplicate task',
      jsonb_build_object('signal_key', left(p_fields ->> 'signalKey', 100)),
      'A pending task has this signal key; resolve or cancel it, or choose another key.');
  end if;
  return v_entry;
end $$;
comment on function ratchet.create_escalation(json, uuid) is
  'Creates a task that stands alone, from an object whose names are columns of '
  'ratchet.escalations, in camel case: texts such as role, type, signalKey; priority (a whole '
  'number), metadata (an object), expiresAt (ISO 8601 or milliseconds). Raises WF104, WF307 when '
  'a pending task has the signal key.';
