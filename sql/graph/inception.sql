-- Works out a job that is about to start: its id and labels, what its trigger makes of the payload,
-- what follows, and as much of that as run_plain does of p_known within a budget. Writes nothing.
-- p_job comes with what the caller knows: number, namespace, app, version, topic, payload, options
-- with what its metadata show.
-- Raises: WF101 for an id that is no name, WF107 for an expression that fails.

create function ratchet_internal.inception(
  p_job ratchet.jobs, p_trigger ratchet_internal.graph_activities, p_budget int,
  p_known ratchet_internal.graph_known
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job ratchet.jobs := p_job;
  v_draft ratchet_internal.graph_draft;
  v_plain ratchet_internal.graph_draft;
  v_out ratchet_internal.graph_outcome;
  v_output jsonb := ratchet_internal.readable(p_job.input)::jsonb;
  v_options jsonb := case when p_trigger.options is null then p_trigger.constants
    else ratchet_internal.trigger_options(p_job, p_trigger, v_output) end;
  v_facts jsonb;
begin
  v_job.key := coalesce(nullif(v_options ->> 'id', ''), v_job.request_id::text,
    gen_random_uuid()::text);
  v_job.entity := coalesce(v_job.entity, nullif(v_options ->> 'entity', ''), v_job.workflow);
  v_job.expire_seconds := coalesce(
    ratchet_internal.expire_of((v_job.options -> 'expire')::jsonb), v_job.expire_seconds);
  if v_job.parent_id is null and v_output ?| array['originJobId', 'parentWorkflowId'] then
    v_job := ratchet_internal.told_lineage(v_job, v_output);
  end if;
  if not (ratchet_internal.is_name(v_job.key) and ratchet_internal.is_name(v_job.entity)) then
    perform ratchet_internal.check_name(v_job.key, 'job id'),
      ratchet_internal.check_name(v_job.entity, 'entity');
  end if;
  if v_options ? 'key' then
    v_facts := ratchet_internal.trigger_facts(v_job.created_at, p_trigger, v_options);
  end if;
  v_job.options := coalesce(v_job.options, '{}')::jsonb || jsonb_strip_nulls(jsonb_build_object(
    'aid', p_trigger.name, 'key', v_options -> 'key', 'ts', v_facts -> 'bucket'));
  v_draft := row(v_job.created_at, p_trigger.version_id, p_trigger.position, null, v_job,
    p_trigger.ahead, null, 0, null, null, null, null, null, '{}', null, null, null, v_facts, null,
    null, null, null, null, null, ratchet_internal.wanted_spans())::ratchet_internal.graph_draft;
  if p_trigger.is_plain and v_draft.spans is null then
    v_plain := ratchet_internal.run_plain(v_draft, p_trigger,
      row(',0', p_trigger.position, '{}', null, null, null)::ratchet_internal.graph_item,
      p_budget + 1, p_known.keys, p_known.activities);
    if v_plain.version_id is not null then
      v_plain.steps := v_plain.steps - 1;
      return v_plain;
    end if;
  end if;
  v_out.attribute := ratchet_internal.graph_attribute(v_job.created_at, v_job.id, p_trigger, ',0');
  v_out.output := v_output;
  v_out := ratchet_internal.close_outcome(v_out, null);
  v_out := ratchet_internal.leave_activity(v_job, p_trigger, '{}', v_out);
  if v_out.error is not null then
    perform ratchet_internal.raise_error('WF107', 'expression failed', v_out.error,
      'Look at what the expressions of the trigger read of this payload.');
  end if;
  v_draft := ratchet_internal.add_outcome(v_draft, p_trigger, null, v_out);
  if v_draft.spans is not null then
    v_draft.spans := v_draft.spans || ratchet_internal.span_of(v_draft.job, p_trigger, null,
      v_out);
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.inception(ratchet.jobs, ratchet_internal.graph_activities,
  int, ratchet_internal.graph_known) is
  'Works out a job of a graph that is about to start; writes nothing.';
