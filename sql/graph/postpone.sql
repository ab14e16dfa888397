-- Leaves a thing to do for a later stretch: its message is there already, or is added.
-- Writes: messages.

create function ratchet_internal.postpone(
  p_draft ratchet_internal.graph_draft, p_item ratchet_internal.graph_item, p_milliseconds int
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_due timestamptz := ratchet_internal.after(p_draft.now, p_milliseconds);
begin
  if p_item.is_stored then
    update ratchet_internal.messages set due_at = v_due
    where job_id = (p_draft.job).id and address = p_item.address and position = p_item.position;
  else
    v_draft.messages := v_draft.messages || ratchet_internal.graph_message(p_draft.job,
      p_item.address, p_item.position, 'result', v_due, null, p_item.options);
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.postpone(
  ratchet_internal.graph_draft, ratchet_internal.graph_item, int) is
  'Leaves a thing to do for a later stretch.';
