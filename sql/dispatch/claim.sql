-- The receiving half of an exchange: hands out answers, turns and activities. An idle worker that
-- gets nothing is marked as idle and told when to look again. One that was idle and gets a single
-- thing, with room for more, stays so, for it is told of more: when it reports (p_is_idle null), it
-- looks only for what the report may have made ready.
-- Locks: messages, skipping what others hold; the worker. Writes: workers, messages, attributes.

create function ratchet_internal.claim(
  p_worker bigint, p_now timestamptz, p_turn_room int, p_activity_room int, p_is_idle boolean
) returns setof ratchet.work
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ready ratchet_internal.readiness;
  v_rows int;
  v_found int := 0;
  v_is_full boolean := false;
  v_is_idle boolean;
  v_is_moved boolean := false;
  v_word ratchet.work;
begin
  v_ready := ratchet_internal.look(p_worker, p_now);
  if v_ready.has_due then
    v_is_moved := ratchet_internal.fire_due(p_worker, p_now, v_ready.heads,
      v_ready.answers_at);
    return query select * from ratchet_internal.take_results(p_worker,
      coalesce(v_ready.answers_at, p_now));
    get diagnostics v_found = row_count;
  end if;
  -- An answer that nobody held the thread for has become a turn just now.
  if p_turn_room > 0 and (v_ready.has_turns or v_ready.has_due) then
    return query select * from ratchet_internal.claim_turns(p_worker, p_turn_room, p_now,
      v_ready.heads);
    get diagnostics v_rows = row_count;
    v_found := v_found + v_rows;
    v_is_full := v_rows >= p_turn_room;
  end if;
  -- Graphs that went on just now may have activities for this worker.
  if p_activity_room > 0 and (v_ready.has_activities or v_is_moved) then
    return query select * from ratchet_internal.claim_activities(p_worker, p_activity_room, p_now,
      v_ready.heads);
    get diagnostics v_rows = row_count;
    v_found := v_found + v_rows;
    v_is_full := v_is_full or v_rows >= p_activity_room;
  end if;
  if v_found = 1 and coalesce(p_is_idle, true) and not v_is_full and exists (
    select from ratchet_internal.workers where id = p_worker and is_idle)
  then
    v_word.kind := 'idle';
    return next v_word;
    return;
  end if;
  v_is_idle := v_found = 0 and coalesce(p_is_idle, true);
  update ratchet_internal.workers
  set is_idle = v_is_idle, idle_at = case when v_found = 0 then p_now end
  where id = p_worker and is_idle <> v_is_idle;
  if v_is_idle then
    v_word.kind := 'next';
    v_word.value := ratchet_internal.next_look(p_worker, p_now,
      v_ready.has_due or v_ready.has_turns or v_ready.has_activities);
    return next v_word;
  end if;
end $$;
comment on function ratchet_internal.claim(bigint, timestamptz, int, int, boolean) is
  'The receiving half of an exchange: what a worker is to do next.';
