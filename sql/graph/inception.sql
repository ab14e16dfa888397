-- Works out a job that is about to start: its id and labels, what its trigger makes of the payload,
-- and what follows, of which run_plain does as much as it can within a budget. Writes nothing.
-- p_job comes with what the caller knows: number, namespace, app, version, topic, payload, options
-- of its own. The topic is a name, or that of a child.
-- Raises: WF101 for an id that is no name, WF107 for an expression that fails.

create function ratchet_internal.inception(
  p_job ratchet.jobs, p_graph ratchet_internal.graphs, p_budget int
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known ratchet_internal.graph_activities[] := p_graph.activities;
  v_trigger ratchet_internal.graph_activities := v_known[1];
  v_job ratchet.jobs := p_job;
  v_draft ratchet_internal.graph_draft;
  v_plain ratchet_internal.graph_draft;
  v_out ratchet_internal.graph_outcome;
  v_output jsonb := ratchet_internal.readable(p_job.input)::jsonb;
  v_options jsonb;
  v_facts jsonb;
begin
  v_job.key := coalesce(p_job.request_id::text, gen_random_uuid()::text);
  v_job.entity := coalesce(p_job.entity, p_job.workflow);
  v_job.options := jsonb_strip_nulls(jsonb_build_object('publishes', p_graph.publishes,
    'aid', v_trigger.name));
  if p_job.options is not null then
    v_job.options := v_job.options::jsonb || p_job.options::jsonb;
    v_job.expire_seconds := coalesce(
      ratchet_internal.expire_of((p_job.options -> 'expire')::jsonb), v_job.expire_seconds);
  end if;
  if v_job.parent_id is null and v_output ?| array['originJobId', 'parentWorkflowId'] then
    v_job := ratchet_internal.told_lineage(v_job, v_output);
  end if;
  if v_trigger.options is not null or v_trigger.constants <> '{}' then
    v_options := ratchet_internal.trigger_options(p_job, v_trigger, v_output);
    v_job.key := coalesce(nullif(v_options ->> 'id', ''), v_job.key);
    v_job.entity := coalesce(p_job.entity, nullif(v_options ->> 'entity', ''), v_job.workflow);
  end if;
  if v_options is not null or p_job.parent_id is not null then
    perform ratchet_internal.check_name(v_job.key, 'job id'),
      ratchet_internal.check_name(v_job.entity, 'entity');
  end if;
  if v_options ? 'key' then
    v_facts := ratchet_internal.trigger_facts(v_job, v_trigger, v_options);
    v_job.options := v_job.options::jsonb || jsonb_strip_nulls(jsonb_build_object(
      'key', v_options -> 'key', 'ts', v_facts -> 'bucket'));
  end if;
  v_draft := row(v_job.created_at, v_trigger.version_id, v_trigger.position, true, v_job,
    v_trigger.ahead, null, 0, null, null, null, null, null, '{}', null, null, null, v_facts, null,
    null, null, null, null, p_graph.expire,
    ratchet_internal.wanted_spans(), null)::ratchet_internal.graph_draft;
  if v_trigger.is_plain and v_draft.spans is null then
    v_plain := ratchet_internal.run_plain(v_draft, v_trigger, row(',0', v_trigger.position, '{}',
      null, null, null), p_budget + 1, v_trigger.ahead, v_known);
    if v_plain.version_id is not null then
      v_plain.steps := v_plain.steps - 1;
      return v_plain;
    end if;
  end if;
  v_out.attribute := ratchet_internal.graph_attribute(v_job.created_at, v_job.id, v_trigger, ',0');
  v_out.output := v_output;
  v_out := ratchet_internal.leave_activity(v_job, v_trigger, '{}',
    ratchet_internal.close_outcome(v_out, null));
  if v_out.error is not null then
    perform ratchet_internal.raise_error('WF107', 'expression failed', v_out.error,
      'Look at what the expressions of the trigger read of this payload.');
  end if;
  v_draft := ratchet_internal.add_outcome(v_draft, v_trigger, null, v_out);
  if v_draft.spans is not null then
    v_draft.spans := v_draft.spans
      || ratchet_internal.span_of(v_draft.job, v_trigger, null, v_out);
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.inception(ratchet.jobs, ratchet_internal.graphs, int) is
  'Works out a job of a graph that is about to start; writes nothing.';
