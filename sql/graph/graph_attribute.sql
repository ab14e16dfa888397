-- The row of one run of an activity, as it is when it has been entered. Inlinable: one expression
-- where it is called, instead of a function with one for each column.

create function ratchet_internal.graph_attribute(
  p_now timestamptz, p_job bigint, p_activity ratchet_internal.graph_activities, p_address text,
  p_ledger bigint default ratchet_internal.leg1_done(1), p_input json default null,
  p_value text default null
) returns ratchet.jobs_attributes
language sql immutable
return row(p_job, p_ledger, p_now, null, p_activity.position, null, null,
  false, p_address, p_activity.kind,
  p_address || '/' || p_activity.label, p_input, null, p_value)::ratchet.jobs_attributes;
comment on function ratchet_internal.graph_attribute(timestamptz, bigint,
  ratchet_internal.graph_activities, text, bigint, json, text) is
  'The row of one run of an activity, as it is when it has been entered.';
