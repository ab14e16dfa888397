-- What becomes of an activity whose expression failed after it had its response: the error takes
-- the place of the response and its output, and only transitions are evaluated again, with its
-- code. If one of these fails too, none is taken.

create function ratchet_internal.fail_outcome(
  p_out ratchet_internal.graph_outcome, p_job ratchet.jobs,
  p_activity ratchet_internal.graph_activities, p_scope jsonb, p_error jsonb
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := ratchet_internal.close_outcome(p_out, null, p_error);
begin
  v_out.targets := '{}';
  v_out.targets := ratchet_internal.taken_transitions(p_activity.transitions,
    ratchet_internal.graph_view(p_job, p_activity, p_scope, ratchet_internal.activity_entry(
      p_activity, v_out.attribute, null, null, p_error)), v_out.code);
  return v_out;
exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception
  or program_limit_exceeded
then
  return v_out;
end $$;
comment on function ratchet_internal.fail_outcome(
  ratchet_internal.graph_outcome, ratchet.jobs, ratchet_internal.graph_activities, jsonb, jsonb) is
  'An activity whose expression failed after its response: only its error is left.';
