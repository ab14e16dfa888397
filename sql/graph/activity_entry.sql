-- What expressions see of one run of an activity. The metadata are made only where some expression
-- of the version reads them.

create function ratchet_internal.activity_entry(
  p_activity ratchet_internal.graph_activities, p_row ratchet.jobs_attributes, p_output jsonb,
  p_hook jsonb, p_error jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_entry jsonb := '{}';
begin
  if p_output is not null or p_activity.is_described then
    v_entry := jsonb_build_object('output', case when p_output is null then '{}'
      else jsonb_build_object('data', p_output) end);
  end if;
  if p_hook is not null then
    v_entry := v_entry || jsonb_build_object('hook', jsonb_build_object('data', p_hook));
  end if;
  if p_activity.kind = 'trigger' then
    v_entry := v_entry || jsonb_build_object('input', jsonb_build_object('data', p_output));
  end if;
  if p_activity.is_described then
    v_entry := jsonb_set(v_entry, '{output,metadata}', jsonb_strip_nulls(jsonb_build_object(
      'aid', p_activity.name, 'atp', p_activity.kind, 'stp', p_activity.constants ->> 'topic',
      'dad', p_row.address, 'as', p_row.ledger::text, 'err', p_error::text, '$error', p_error,
      'ac', ratchet_internal.graph_time(p_row.created_at),
      'au', ratchet_internal.graph_time(coalesce(p_row.updated_at, p_row.created_at)))));
  end if;
  return v_entry;
end $$;
comment on function ratchet_internal.activity_entry(ratchet_internal.graph_activities,
  ratchet.jobs_attributes, jsonb, jsonb, jsonb) is
  'What expressions see of one run of an activity: output, hook, input, metadata.';
