-- An activity that answered and is not done yet: its next pass is open, with what the answered one
-- was waiting for. A worker's is then waited for under no signal, so that nobody need look for one:
-- it comes by ratchet.respond. The task of a hook goes along (write_tasks).

create function ratchet_internal.reopen_activity(
  p_draft ratchet_internal.graph_draft, p_item ratchet_internal.graph_item, p_name text
) returns ratchet_internal.graph_draft
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_row ratchet.jobs_attributes := p_item.answer;
  v_is_hook boolean := v_row.kind = 'hook';
  v_message ratchet_internal.messages;
begin
  v_row.ledger := ratchet_internal.leg1_done(1);
  v_row.created_at := p_draft.now;
  v_row.updated_at := null;
  v_row.value := null;
  v_row.code := null;
  v_draft := ratchet_internal.add_pass(v_draft,
    regexp_replace(p_item.address, ',[0-9]+$', ''), v_row, p_name);
  v_row := v_draft.attributes[cardinality(v_draft.attributes)];
  v_message := ratchet_internal.graph_message(p_draft.job, v_row.address, v_row.position,
    case v_row.kind when 'await' then 'child' else 'wait' end,
    case when v_is_hook then (p_item.options ->> 'due_at')::timestamptz else 'infinity' end,
    case v_row.kind when 'await' then p_item.options ->> 'child'
      when 'hook' then p_item.options ->> 'key' else E'\x1frespond' end,
    p_item.options);
  if v_message.key = E'\x1frespond' then
    v_message.attempt := 1;
  end if;
  v_draft.messages := v_draft.messages || v_message;
  if v_is_hook then
    v_draft.escalations := v_draft.escalations || jsonb_build_object('address', p_item.address,
      'position', v_row.position, 'moved_to', v_row.address);
  end if;
  if v_row.kind = 'await' then
    v_draft.children := v_draft.children
      || jsonb_build_object('awaited', (p_item.options ->> 'child')::bigint);
  end if;
  return v_draft;
end $$;
comment on function ratchet_internal.reopen_activity(
  ratchet_internal.graph_draft, ratchet_internal.graph_item, text) is
  'Opens the next pass of an activity that answered that it is not done yet.';
