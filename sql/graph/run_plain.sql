-- Does one thing of a stretch that has nothing out of the way, as most have not: enters a worker;
-- or goes through a hook that does not wait, or goes on from what a worker answered, with flat maps
-- and conditions on values. Then does what follows as well, as long as that is one activity of this
-- kind, and the budget lasts. It comes to what step_activity and add_outcome come to, in one
-- function with few expressions, each of which costs when it is evaluated, and more the first time
-- in a transaction. What fails is left in items, or comes as null when it is the first: it is then
-- done, and told of, by run_any. steps: how many activities it was.

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
  v_is_answered boolean := (p_item.answer).job_id is not null;
  v_is_left boolean := true;
  v_address text := p_item.address;
  v_scope jsonb := p_item.scope;
  v_below jsonb;
  v_view jsonb;
  v_input json;
  v_output jsonb;
  v_self jsonb;
  v_targets int[];
  v_steps int := 0;
begin
  begin
    loop
      if v_is_answered then
        v_output := ratchet_internal.readable((p_item.answer).value::json)::jsonb;
      else
        v_view := case when '$job' = any (v_activity.uses)
          then ratchet_internal.graph_view(v_job, v_activity, v_scope, null) else v_scope end;
        if v_activity.kind = 'worker' then
          v_input := case when v_activity.input_maps is null then v_job.input
            else ratchet_internal.run_maps(v_activity.input_maps, v_view)::json end;
          v_draft.messages := v_draft.messages || ratchet_internal.graph_message(v_job, v_address,
            v_activity.position, 'activity', p_draft.now, null, ratchet_internal.worker_options(
              v_job, v_activity, v_address, v_activity.constants ->> 'topic', null),
            v_activity.constants ->> 'topic');
          v_attributes := v_attributes || ratchet_internal.graph_attribute(p_draft.now, v_job.id,
            v_activity, v_address, ratchet_internal.leg1_done(1), v_input);
          v_steps := v_steps + 1;
          v_is_left := false;
          exit;
        end if;
        v_output := case when v_activity.kind = 'trigger'
            then ratchet_internal.readable(v_job.input)::jsonb
          when v_activity.output_maps is not null
            then ratchet_internal.run_maps(v_activity.output_maps, v_view) end;
      end if;
      v_self := case
        when not v_activity.is_read and not v_activity.uses && array['$self', v_activity.name]
          then null
        when v_activity.kind <> 'trigger' and v_output is not null
          then jsonb_build_object('output', jsonb_build_object('data', v_output))
        else ratchet_internal.activity_entry(v_activity, null, v_output, null, null) end;
      v_targets := v_activity.follows;
      v_below := case when v_activity.is_read
        then v_scope || jsonb_build_object(v_activity.name, v_self) else v_scope end;
      if v_targets is null or v_activity.job_maps is not null then
        v_view := case when '$job' = any (v_activity.uses)
            then ratchet_internal.graph_view(v_job, v_activity, v_scope, v_self)
          when v_self is null or v_activity.is_read then v_below
          else v_scope || jsonb_build_object(v_activity.name, v_self) end;
        v_targets := coalesce(v_targets,
          ratchet_internal.taken_transitions(v_activity.transitions, v_view, 200));
        if v_activity.job_maps is not null then
          v_job.context := case when jsonb_typeof(v_job.context) = 'object' then v_job.context
            else '{}' end || ratchet_internal.run_maps(v_activity.job_maps -> '', v_view);
        end if;
      end if;
      -- Nothing fails from here on.
      if not v_is_answered then
        v_attributes := v_attributes || ratchet_internal.graph_attribute(p_draft.now, v_job.id,
          v_activity, v_address, ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1),
          null, case when v_activity.kind <> 'trigger' then v_output::text end);
      end if;
      v_scope := v_below;
      v_is_answered := false;
      v_address := v_address || ',0';
      v_steps := v_steps + 1;
      exit when v_steps >= p_budget or cardinality(v_targets) <> 1;
      v_activity := p_known[array_position(p_keys, (p_draft.version_id << 32) | v_targets[1])];
      exit when v_activity.is_plain is not true;
    end loop;
  exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception
    or program_limit_exceeded
  then
    if v_steps = 0 then return null; end if;
    v_targets := array[v_activity.position];
  end;
  if p_item.message is not null then v_draft.taken := v_draft.taken || p_item.message; end if;
  if v_address <> p_item.address then v_draft.scope := v_scope; end if;
  if v_is_left then
    v_job.status := v_job.status + cardinality(v_targets) - 1;
    v_draft.items := array(
      select row(v_address, target, v_scope, null, null, null)::ratchet_internal.graph_item
      from unnest(v_targets) target);
  else
    v_draft.items := '{}';
  end if;
  v_draft.job := v_job;
  v_draft.attributes := v_attributes;
  v_draft.steps := v_steps;
  return v_draft;
end $$;
comment on function ratchet_internal.run_plain(ratchet_internal.graph_draft,
  ratchet_internal.graph_activities, ratchet_internal.graph_item, int, bigint[],
  ratchet_internal.graph_activities[]) is
  'Does what has nothing out of the way in a stretch, one activity after the other; null when the '
  'first fails.';
