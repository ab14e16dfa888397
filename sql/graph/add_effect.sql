-- Adds what an activity brings about, beside its own row, to the draft of a stretch.

create function ratchet_internal.add_effect(
  p_draft ratchet_internal.graph_draft, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item, p_out ratchet_internal.graph_outcome, p_effect jsonb
) returns ratchet_internal.graph_draft
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_row ratchet.jobs_attributes;
  v_target ratchet_internal.graph_activities;
begin
  if p_effect ->> 'kind' = 'child' then
    v_draft.children := v_draft.children || p_effect;
  elsif p_effect ->> 'kind' = 'signal' then
    v_draft.signals := v_draft.signals || p_effect;
  elsif p_effect ->> 'kind' = 'fields' then
    v_draft.fields := coalesce(v_draft.fields, '{}') || (p_effect -> 'fields');
  elsif p_effect ->> 'kind' = 'escalation' then
    v_draft.escalations := v_draft.escalations || p_effect;
  elsif p_effect ->> 'kind' = 'announce' and (p_draft.job).status > 0 and p_out.stop is null then
    v_draft.announcements := v_draft.announcements || (p_effect || jsonb_build_object(
      'data', (p_draft.job).context, 'metadata', ratchet_internal.job_metadata(p_draft.job)));
  elsif p_effect ->> 'kind' = 'cycle' then
    select * into strict v_target from ratchet_internal.graph_activities
    where version_id = p_activity.version_id and position = (p_effect -> 'to')::int;
    v_row := ratchet_internal.graph_attribute(p_draft.now, (p_draft.job).id, v_target, '');
    v_row.ledger := ratchet_internal.leg2_done(v_row.ledger, 1);
    v_row.value := p_effect -> 'input';
    v_draft := ratchet_internal.add_pass(v_draft, ratchet_internal.cut_address(p_item.address,
      cardinality(v_target.path) - 1), v_row, v_target.name);
    v_row := v_draft.attributes[cardinality(v_draft.attributes)];
    v_draft.items := v_draft.items || row(v_row.address, v_row.position,
      ratchet_internal.narrow_scope(p_item.scope, v_target.path_names), v_row, null,
      null)::ratchet_internal.graph_item;
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.add_effect(ratchet_internal.graph_draft,
  ratchet_internal.graph_activities, ratchet_internal.graph_item, ratchet_internal.graph_outcome,
  jsonb) is
  'Adds what an activity brings about to the draft of a stretch.';
