-- The options of a trigger, evaluated where they have expressions. Raises: WF107, WF506.

create function ratchet_internal.trigger_options(
  p_job ratchet.jobs, p_trigger ratchet_internal.graph_activities, p_output jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_trigger.options is null then return p_trigger.constants; end if;
  return p_trigger.constants || ratchet_internal.run_maps(p_trigger.options,
    ratchet_internal.graph_view(p_job, p_trigger, '{}', ratchet_internal.activity_entry(p_trigger,
      ratchet_internal.graph_attribute(p_job.created_at, p_job.id, p_trigger, ',0'), p_output,
      null, null)));
end $$;
comment on function ratchet_internal.trigger_options(ratchet.jobs,
  ratchet_internal.graph_activities, jsonb) is
  'The options of a trigger, evaluated.';
