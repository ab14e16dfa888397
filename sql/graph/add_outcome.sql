-- Adds what one thing of a stretch came to to its draft: rows, messages, the semaphore, job data,
-- effects, and what is to be done next. The semaphore counts open activities: one that ends gives
-- way to those that follow; one that is not done yet stays, beside them.

create function ratchet_internal.add_outcome(
  p_draft ratchet_internal.graph_draft, p_activity ratchet_internal.graph_activities,
  p_item ratchet_internal.graph_item, p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_draft
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_job ratchet.jobs := p_draft.job;
  v_effect jsonb;
  v_target int;
  v_is_cycle boolean := p_activity.kind = 'cycle' and p_out.status = 'success';
begin
  if p_item.message is not null then v_draft.taken := v_draft.taken || p_item.message; end if;
  if (p_item.answer).job_id is null then
    v_draft.attributes := v_draft.attributes || p_out.attribute;
  elsif p_out.error is not null and (not (p_item.answer).is_failed
    or (p_out.attribute).value is distinct from (p_item.answer).value)
  then
    v_draft.changed := v_draft.changed || p_out.attribute;
  end if;
  if p_out.data is not null then v_job.context := p_out.data; end if;
  if (p_out.message).job_id is not null then
    v_draft.messages := v_draft.messages || p_out.message;
  else
    v_job.status := v_job.status + cardinality(p_out.targets)
      - case when v_is_cycle or p_out.status = 'pending' then 0 else 1 end;
  end if;
  v_draft.job := v_job;
  v_draft.scope := p_out.scope;
  v_draft.items := '{}';
  foreach v_target in array coalesce(p_out.targets, '{}') loop
    v_draft.items := v_draft.items || row((p_out.attribute).address || ',0', v_target, p_out.scope,
      null, null, null)::ratchet_internal.graph_item;
  end loop;
  if p_out.status = 'pending' then
    v_draft := ratchet_internal.reopen_activity(v_draft, p_item, p_activity.name);
  end if;
  foreach v_effect in array coalesce(p_out.effects, '{}') loop
    v_draft := ratchet_internal.add_effect(v_draft, p_activity, p_item, p_out, v_effect);
  end loop;
  if p_out.stop is not null then
    v_draft.stop := p_out.stop;
  elsif p_out.status = 'skipped'
    and p_out.options -> 'statusThreshold' = to_jsonb((p_draft.job).status)
  then
    v_draft.stop := '{}';
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.add_outcome(ratchet_internal.graph_draft,
  ratchet_internal.graph_activities, ratchet_internal.graph_item, ratchet_internal.graph_outcome)
  is 'Adds what one thing of a stretch came to to its draft.';
