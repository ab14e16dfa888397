-- The receiving half of an exchange: hands out answers, turns and activities. An idle worker that
-- gets nothing is marked as idle and told when to look again.
-- Locks: messages, skipping what others hold; the worker. Writes: workers, messages, attributes.

create function ratchet_internal.claim(
  p_worker bigint, p_now timestamptz, p_turn_room int, p_activity_room int, p_is_idle boolean
) returns setof ratchet.work
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ready record;
  v_found boolean := false;
  v_is_moved boolean := false;
begin
  select * into v_ready from ratchet_internal.look(p_worker, p_now);
  if v_ready.has_due then
    v_is_moved := ratchet_internal.fire_due(p_worker, p_now, v_ready.heads,
      v_ready.answers_at);
    return query select * from ratchet_internal.take_results(p_worker,
      coalesce(v_ready.answers_at, p_now));
    v_found := found;
  end if;
  -- An answer that nobody held the thread for has become a turn just now.
  if p_turn_room > 0 and (v_ready.has_turns or v_ready.has_due) then
    return query select * from ratchet_internal.claim_turns(p_worker, p_turn_room, p_now,
      v_ready.heads);
    v_found := v_found or found;
  end if;
  -- Graphs that went on just now may have activities for this worker.
  if p_activity_room > 0 and (v_ready.has_activities or v_is_moved) then
    return query select * from ratchet_internal.claim_activities(p_worker, p_activity_room, p_now,
      v_ready.heads);
    v_found := v_found or found;
  end if;
  update ratchet_internal.workers
  set is_idle = p_is_idle and not v_found, idle_at = case when not v_found then p_now end
  where id = p_worker and is_idle <> (p_is_idle and not v_found);
  if p_is_idle and not v_found then
    return query select 'next', null::bigint, null, null::int, null::int, null, null, null, null,
      null, null::json, null::json, null::boolean, null::boolean,
      ratchet_internal.next_look(p_worker, p_now, v_ready.has_due or v_ready.has_turns
        or v_ready.has_activities)::text, null::bigint;
  end if;
end $$;
comment on function ratchet_internal.claim(bigint, timestamptz, int, int, boolean) is
  'The receiving half of an exchange: what a worker is to do next.';
