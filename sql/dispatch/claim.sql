-- The receiving half of an exchange: takes over the work of workers that are gone, matches signals, then
-- hands out answers, turns and activities. An idle worker that gets nothing is marked as idle and
-- told how long it may sleep.
-- Locks: workers, signals, messages. Writes: workers, messages, attributes.

create function ratchet_internal.claim(
  p_worker bigint, p_now timestamptz, p_turn_room int, p_activity_room int, p_is_idle boolean
) returns setof ratchet.work
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_busy boolean;
  v_found boolean := false;
begin
  perform ratchet_internal.reap_workers(p_now);
  v_is_busy := ratchet_internal.deliver_signals(p_now);
  if p_turn_room > 0 then
    return query select * from ratchet_internal.claim_turns(p_worker, p_turn_room, p_now);
    v_found := found;
  end if;
  return query select * from ratchet_internal.take_results(p_worker, p_now);
  v_found := v_found or found;
  if p_activity_room > 0 then
    return query select * from ratchet_internal.claim_activities(p_worker, p_activity_room, p_now);
    v_found := v_found or found;
  end if;
  update ratchet_internal.workers set is_idle = p_is_idle and not v_found
  where id = p_worker and is_idle <> (p_is_idle and not v_found);
  if p_is_idle and not v_found then
    return query select (json_populate_record(null::ratchet.work, json_build_object('kind',
      'next', 'value', case when v_is_busy then 0
        else ratchet_internal.next_due(p_worker, p_now) end))).*;
  end if;
end $$;
comment on function ratchet_internal.claim(bigint, timestamptz, int, int, boolean) is
  'The receiving half of an exchange: what a worker is to do next.';
