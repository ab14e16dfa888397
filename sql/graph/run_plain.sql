-- Does one thing of a stretch that has nothing out of the way, as most have not: enters a worker;
-- or goes through a hook that does not wait, or goes on from what a worker answered, with flat maps
-- and conditions on values. It comes to what step_activity and add_outcome come to, in one function
-- with few expressions, each of which costs when it is evaluated, and more the first time in a
-- transaction. What fails comes as null, and is then done, and told of, by run_any.

create function ratchet_internal.run_plain(
  p_draft ratchet_internal.graph_draft, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_job ratchet.jobs := p_draft.job;
  v_row ratchet.jobs_attributes := p_item.answer;
  v_view jsonb := p_item.scope;
  v_output jsonb;
  v_self jsonb;
  v_targets int[] := p_activity.follows;
begin
  v_draft.items := '{}';
  if v_row.job_id is null then
    v_row := ratchet_internal.graph_attribute(p_draft.now, v_job.id, p_activity, p_item.address);
    v_view := case when '$job' = any (p_activity.uses)
      then ratchet_internal.graph_view(v_job, p_activity, v_view, null) else v_view end;
    if p_activity.kind = 'worker' then
      v_row.input := case when p_activity.input_maps is null then v_job.input
        else ratchet_internal.run_maps(p_activity.input_maps, v_view)::json end;
      v_draft.messages := v_draft.messages || ratchet_internal.graph_message(v_job, p_item.address,
        p_item.position, 'activity', p_draft.now, null, ratchet_internal.worker_options(v_job,
          p_activity, p_item.address, p_activity.constants ->> 'topic', null),
        p_activity.constants ->> 'topic');
    else
      v_row.ledger := ratchet_internal.leg2_done(v_row.ledger, 1);
      v_output := case when p_activity.kind = 'trigger'
          then ratchet_internal.readable(v_job.input)::jsonb
        when p_activity.output_maps is not null
          then ratchet_internal.run_maps(p_activity.output_maps, v_view) end;
      v_row.value := case when p_activity.kind <> 'trigger' then v_output::text end;
    end if;
    v_draft.attributes := v_draft.attributes || v_row;
  else
    v_output := ratchet_internal.readable(v_row.value::json)::jsonb;
  end if;
  if p_item.message is not null then v_draft.taken := v_draft.taken || p_item.message; end if;
  if p_activity.kind = 'worker' and (p_item.answer).job_id is null then return v_draft; end if;
  if p_activity.is_read or p_activity.uses && array['$self', p_activity.name] then
    v_self := case when p_activity.kind <> 'trigger' and v_output is not null
      then jsonb_build_object('output', jsonb_build_object('data', v_output))
      else ratchet_internal.activity_entry(p_activity, v_row, v_output, null, null) end;
  end if;
  v_draft.scope := case when p_activity.is_read
    then p_item.scope || jsonb_build_object(p_activity.name, v_self) else p_item.scope end;
  if v_targets is null or p_activity.job_maps is not null then
    v_view := case when '$job' = any (p_activity.uses)
        then ratchet_internal.graph_view(v_job, p_activity, p_item.scope, v_self)
      when v_self is null then p_item.scope
      else p_item.scope || jsonb_build_object('$self', v_self, p_activity.name, v_self) end;
    v_targets := coalesce(v_targets,
      ratchet_internal.taken_transitions(p_activity.transitions, v_view, 200));
    v_job.context := case when p_activity.job_maps is null then v_job.context
      else ratchet_internal.merge_job_data(v_job.context,
        ratchet_internal.run_maps(p_activity.job_maps -> '', v_view), null) end;
  end if;
  v_job.status := v_job.status + cardinality(v_targets) - 1;
  v_draft.job := v_job;
  for v_at in 1..cardinality(v_targets) loop
    v_draft.items := v_draft.items || row(v_row.address || ',0', v_targets[v_at], v_draft.scope,
      null, null, null)::ratchet_internal.graph_item;
  end loop;
  return v_draft;
exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception or program_limit_exceeded then
  return null;
end $$;
comment on function ratchet_internal.run_plain(ratchet_internal.graph_draft,
  ratchet_internal.graph_activities, ratchet_internal.graph_item) is
  'Does one thing of a stretch that has nothing out of the way; null when it fails.';
