-- Goes on from a response: which activities follow, what job data become, what is announced. Writes
-- nothing, as enter_activity. A response that failed and is taken up by no transition is the error
-- of the job.

create function ratchet_internal.leave_activity(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_scope jsonb,
  p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_self jsonb := case when p_activity.is_read
    or p_activity.uses && array['$self', p_activity.name]
    then ratchet_internal.activity_entry(p_activity, p_out.attribute, p_out.output,
      p_out.hook, p_out.error) end;
  v_view jsonb := ratchet_internal.graph_view(p_job, p_activity, p_scope, v_self);
  v_part text := 'transitions';
  v_message text;
  v_detail text;
begin
  begin
    v_out.targets := ratchet_internal.taken_transitions(p_activity.transitions, v_view, v_out.code);
    v_part := 'job.maps';
    if p_activity.job_maps is not null then
      v_out := ratchet_internal.map_job_data(p_job.context, p_activity, v_view, v_out);
    end if;
    v_part := 'emit, persist';
    if p_activity.announce is not null then
      v_out.effects := v_out.effects || ratchet_internal.announcement(
        ratchet_internal.run_maps(p_activity.announce, v_view));
    end if;
  exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception
    or program_limit_exceeded
  then
    get stacked diagnostics v_message = message_text, v_detail = pg_exception_detail;
    v_out := ratchet_internal.fail_outcome(v_out, p_job, p_activity, p_scope,
      ratchet_internal.expression_error(p_activity.name, v_part, v_message, v_detail));
    v_self := ratchet_internal.activity_entry(p_activity, v_out.attribute, null, null, v_out.error);
  end;
  if v_out.status = 'error' and v_out.targets = '{}' and v_out.stop is null then
    v_out.stop := jsonb_build_object('error', v_out.error || '{"is_stream_error": true}');
  end if;
  v_out.scope := case when p_activity.is_read
    then p_scope || jsonb_build_object(p_activity.name, v_self) else p_scope end;
  return v_out;
end $$;
comment on function ratchet_internal.leave_activity(ratchet.jobs,
  ratchet_internal.graph_activities, jsonb, ratchet_internal.graph_outcome) is
  'Goes on from the response of an activity: what follows, job data, announcements.';
