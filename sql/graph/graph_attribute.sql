-- The row of one run of an activity, as it is when it has been entered.

create function ratchet_internal.graph_attribute(
  p_now timestamptz, p_job bigint, p_activity ratchet_internal.graph_activities, p_address text
) returns ratchet.jobs_attributes
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row ratchet.jobs_attributes;
begin
  v_row.job_id := p_job;
  v_row.address := p_address;
  v_row.position := p_activity.position;
  v_row.kind := p_activity.kind;
  v_row.field := ratchet_internal.step_field(p_address, p_activity.position, p_activity.name);
  v_row.ledger := ratchet_internal.leg1_done(1);
  v_row.is_failed := false;
  v_row.created_at := p_now;
  return v_row;
end $$;
comment on function ratchet_internal.graph_attribute(
  timestamptz, bigint, ratchet_internal.graph_activities, text) is
  'The row of one run of an activity, as it is when it has been entered.';
