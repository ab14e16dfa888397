-- What the expressions of a plain activity are evaluated against (graph_view): p_scope, what they
-- see of others and of itself, does for most. Inlinable.

create function ratchet_internal.plain_view(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_scope jsonb
) returns jsonb
language sql stable
return case when '$job' = any (p_activity.uses)
  then ratchet_internal.graph_view(p_job, p_activity, p_scope, null) else p_scope end;
comment on function ratchet_internal.plain_view(ratchet.jobs, ratchet_internal.graph_activities,
  jsonb) is
  'What the expressions of a plain activity are evaluated against.';
