-- What the expressions of a plain activity are evaluated against (graph_view): p_below, what those
-- below it will see, does for most; p_scope before it has an output. Inlinable.

create function ratchet_internal.plain_view(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_scope jsonb, p_self jsonb,
  p_below jsonb default null
) returns jsonb
language sql stable
return case
  when '$job' = any (p_activity.uses)
    then ratchet_internal.graph_view(p_job, p_activity, p_scope, p_self)
  when p_self is null or p_activity.is_read then coalesce(p_below, p_scope)
  else p_scope || jsonb_build_object(p_activity.name, p_self) end;
comment on function ratchet_internal.plain_view(ratchet.jobs, ratchet_internal.graph_activities,
  jsonb, jsonb, jsonb) is
  'What the expressions of a plain activity are evaluated against.';
