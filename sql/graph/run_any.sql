-- Does one thing of a stretch, whatever it is, and adds what it comes to to the draft. Null when it
-- would stop another job, or take jobs off a list, and the job is not alone in this: that is done
-- in the database at once, and so never for a stretch that may be thrown away. What was entered as
-- something that waits, and is a cycle or an interrupt in the version that is active now, leads
-- nowhere: its job does not fit.
-- Locks, Writes: as interrupt_other, unlist_jobs.

create function ratchet_internal.run_any(
  p_draft ratchet_internal.graph_draft, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item, p_is_alone boolean
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_out ratchet_internal.graph_outcome;
begin
  v_draft.items := '{}';
  v_draft.steps := 1;
  if p_activity.kind in ('cycle', 'interrupt') and (p_item.answer).kind <> p_activity.kind then
    v_draft.stop := ratchet_internal.misfit((v_draft.job).namespace, p_item);
    return v_draft;
  end if;
  v_out := ratchet_internal.step_activity(p_draft.now, p_draft.job, p_activity, p_item);
  if p_activity.kind = 'interrupt' and v_out.effects is not null then
    if not p_is_alone then return null; end if;
    v_out := ratchet_internal.interrupt_other(v_draft, v_out);
    if v_out.attribute is null then
      return ratchet_internal.postpone(v_draft, p_item, 20);
    end if;
    v_draft.jobs := v_draft.jobs || (v_draft.job).id;
  elsif v_out.effects[1] ->> 'kind' = 'unlist' then
    if not p_is_alone then return null; end if;
    perform ratchet_internal.unlist_jobs((v_draft.job).namespace, v_out.effects[1] ->> 'topic',
      array(select jsonb_array_elements_text(v_out.effects[1] -> 'keys')),
      array(select jsonb_array_elements_text(v_out.effects[1] -> 'jobs')));
    v_out.effects := v_out.effects[2:];
  end if;
  v_draft := ratchet_internal.add_outcome(v_draft, p_activity, p_item, v_out);
  if v_draft.spans is not null then
    v_draft.spans := v_draft.spans || ratchet_internal.span_of(v_draft.job, p_activity, p_item,
      v_out);
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.run_any(ratchet_internal.graph_draft,
  ratchet_internal.graph_activities, ratchet_internal.graph_item, boolean) is
  'Does one thing of a stretch, whatever it is, and adds what it comes to to the draft.';
