-- A further pass of an activity: its row gets an address of its own, beside the earlier ones. More
-- than the job allows (max_cycles, else 10,000) are taken for a loop without end, and stop the job.

create function ratchet_internal.add_pass(
  p_draft ratchet_internal.graph_draft, p_parent text, p_row ratchet.jobs_attributes, p_name text
) returns ratchet_internal.graph_draft
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_row ratchet.jobs_attributes := p_row;
  v_pass int := ratchet_internal.next_pass((p_draft.job).id, p_parent, p_row.position,
    p_draft.passes);
  v_most int := coalesce(((p_draft.job).options ->> 'max_cycles')::numeric::int, 10000);
begin
  v_row.address := p_parent || ',' || v_pass;
  v_row.field := ratchet_internal.step_field(v_row.address, v_row.position, p_name);
  v_draft.attributes := v_draft.attributes || v_row;
  v_draft.passes := v_draft.passes
    || jsonb_build_object(p_parent || ' ' || p_row.position, v_pass + 1);
  if v_pass >= v_most then
    v_draft.stop := jsonb_build_object('error', jsonb_build_object('code', 598, 'activity', p_name,
      'message', p_name || ' was entered ' || v_most || ' times; the loop has no end'));
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.add_pass(
  ratchet_internal.graph_draft, text, ratchet.jobs_attributes, text) is
  'Adds a further pass of an activity to a draft, beside the earlier ones.';
