-- What the expressions of an activity are evaluated against: its ancestors, itself under either
-- name, and the job; the latter only where they are read.

create function ratchet_internal.graph_view(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_scope jsonb, p_self jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view jsonb := p_scope;
begin
  if p_self is not null and p_activity.uses && array['$self', p_activity.name] then
    v_view := v_view || jsonb_build_object('$self', p_self, p_activity.name, p_self);
  end if;
  if '$job' = any (p_activity.uses) then
    v_view := v_view || jsonb_build_object('$job', jsonb_build_object('data',
      coalesce(p_job.context, '{}'), 'metadata', ratchet_internal.job_metadata(p_job)));
  end if;
  return v_view;
end $$;
comment on function ratchet_internal.graph_view(ratchet.jobs, ratchet_internal.graph_activities,
  jsonb, jsonb) is
  'What the expressions of an activity are evaluated against.';
