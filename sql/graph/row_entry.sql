-- What expressions see of a run of an activity that is in the history. p_payload: of the job.

create function ratchet_internal.row_entry(
  p_activity ratchet_internal.graph_activities, p_row ratchet.jobs_attributes, p_payload json
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return ratchet_internal.activity_entry(p_activity, p_row,
    ratchet_internal.row_output(p_row, p_payload), ratchet_internal.row_hook(p_row),
    case when p_row.is_failed then ratchet_internal.response_error(p_row.value, p_row.code) end);
end $$;
comment on function ratchet_internal.row_entry(ratchet_internal.graph_activities,
  ratchet.jobs_attributes, json) is
  'What expressions see of a run of an activity that is in the history.';
