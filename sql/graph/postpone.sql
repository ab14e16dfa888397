-- Leaves a thing to do for a later stretch: its message is there already, and will be due again in
-- 20 ms (write_effects), or is added.

create function ratchet_internal.postpone(
  p_draft ratchet_internal.graph_draft, p_item ratchet_internal.graph_item, p_milliseconds int
) returns ratchet_internal.graph_draft
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
begin
  if p_item.message is not null then
    v_draft.later := v_draft.later || p_item.message;
  else
    v_draft.messages := v_draft.messages || ratchet_internal.graph_message(p_draft.job,
      p_item.address, p_item.position, 'result',
      ratchet_internal.after(p_draft.now, p_milliseconds), null, p_item.options);
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.postpone(
  ratchet_internal.graph_draft, ratchet_internal.graph_item, int) is
  'Leaves a thing to do for a later stretch.';
