-- What expressions see of a plain activity, under its name (activity_entry): its shell with the
-- output in it, which costs a quarter of making it from nothing. Inlinable.

create function ratchet_internal.plain_entry(
  p_activity ratchet_internal.graph_activities, p_output jsonb
) returns jsonb
language sql stable
return case
  when p_output is null then jsonb_build_object(p_activity.name, '{}'::jsonb)
  when p_activity.kind = 'trigger' then jsonb_set(jsonb_set(p_activity.shell,
    array[p_activity.name, 'input', 'data'], p_output),
    array[p_activity.name, 'output', 'data'], p_output)
  else jsonb_set(p_activity.shell, array[p_activity.name, 'output', 'data'], p_output) end;
comment on function ratchet_internal.plain_entry(ratchet_internal.graph_activities, jsonb) is
  'What expressions see of a plain activity, under its name.';
