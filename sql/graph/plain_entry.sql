-- What expressions see of a plain activity (activity_entry); null when none of them looks.
-- Inlinable.

create function ratchet_internal.plain_entry(
  p_activity ratchet_internal.graph_activities, p_output jsonb
) returns jsonb
language sql stable
return case
  when not p_activity.is_read and not p_activity.uses && array['$self', p_activity.name] then null
  when p_activity.kind <> 'trigger' and p_output is not null
    then jsonb_build_object('output', jsonb_build_object('data', p_output))
  else ratchet_internal.activity_entry(p_activity, null, p_output, null, null) end;
comment on function ratchet_internal.plain_entry(ratchet_internal.graph_activities, jsonb) is
  'What expressions see of a plain activity; null when none of them looks.';
