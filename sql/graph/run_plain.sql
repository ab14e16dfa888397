-- Goes through activities that have nothing out of the way, as most have not: a hook that does not
-- wait, or what a worker answered, with flat maps and conditions on values. Then through what
-- follows as well, as long as that is one such activity, and the budget lasts. It comes to what
-- step_activity and add_outcome come to, in one function with few expressions, each of which costs
-- when it is evaluated, and more the first time in a transaction. When something fails it is null:
-- run_any does one, and tells of it. steps: how many activities it was.

create function ratchet_internal.run_plain(
  p_draft ratchet_internal.graph_draft, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item, p_budget int, p_keys bigint[],
  p_known ratchet_internal.graph_activities[]
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_job ratchet.jobs := p_draft.job;
  v_activity ratchet_internal.graph_activities := p_activity;
  v_attributes ratchet.jobs_attributes[] := p_draft.attributes;
  v_address text := p_item.address;
  v_scope jsonb := p_item.scope;
  v_below jsonb;
  v_view jsonb;
  v_output jsonb;
  v_maps jsonb;
  v_targets int[];
  v_steps int := 0;
begin
  loop
    if v_steps = 0 and (p_item.answer).job_id is not null then
      v_output := ratchet_internal.readable((p_item.answer).value::json)::jsonb;
    else
      v_view := ratchet_internal.plain_view(v_job, v_activity, v_scope);
      v_output := case when v_activity.kind = 'trigger'
          then ratchet_internal.readable(v_job.input)::jsonb
        when v_activity.output_maps is not null
          then ratchet_internal.plain_maps(v_activity.output_maps, v_view) end;
      v_attributes := v_attributes || ratchet_internal.graph_attribute(p_draft.now, v_job.id,
        v_activity, v_address, ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1),
        null, case when v_activity.kind <> 'trigger' then v_output::text end);
    end if;
    v_below := case when v_activity.shell is null then v_scope
      else case when v_activity.forgets then '{}' else v_scope end
        || ratchet_internal.plain_entry(v_activity, v_output) end;
    v_view := ratchet_internal.plain_view(v_job, v_activity, v_below);
    v_targets := case when v_activity.follows is null
        then ratchet_internal.taken_transitions(v_activity.transitions, v_view, 200)
      when v_activity.guard is null or v_view #> v_activity.guard = v_activity.guard_value
        then v_activity.follows else '{}' end;
    if v_activity.job_maps is not null then
      v_maps := v_activity.job_maps -> '';
      v_job.context := case when jsonb_typeof(v_job.context) = 'object' then v_job.context
        else '{}' end || ratchet_internal.plain_maps(v_maps, v_view);
    end if;
    if v_activity.is_read then v_scope := v_below; end if;
    v_address := v_address || ',0';
    v_steps := v_steps + 1;
    exit when v_steps >= p_budget or cardinality(v_targets) <> 1;
    v_activity := p_known[array_position(p_keys, (p_draft.version_id << 32) | v_targets[1])];
    exit when v_activity.is_plain is not true or v_activity.kind = 'worker';
  end loop;
  if p_item.message is not null then v_draft.taken := v_draft.taken || p_item.message; end if;
  v_job.status := v_job.status + cardinality(v_targets) - 1;
  v_draft.items := '{}';
  for v_at in 1..cardinality(v_targets) loop
    v_draft.items := v_draft.items || row(v_address, v_targets[v_at], v_scope, null, null,
      null)::ratchet_internal.graph_item;
  end loop;
  v_draft.scope := v_scope;
  v_draft.job := v_job;
  v_draft.attributes := v_attributes;
  v_draft.steps := v_steps;
  return v_draft;
exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception or program_limit_exceeded then
  return null;
end $$;
comment on function ratchet_internal.run_plain(ratchet_internal.graph_draft,
  ratchet_internal.graph_activities, ratchet_internal.graph_item, int, bigint[],
  ratchet_internal.graph_activities[]) is
  'Does what has nothing out of the way in a stretch, one activity after the other; null when '
  'one fails.';
