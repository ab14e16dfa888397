-- Notes whether a worker that has been handed so many things is idle, and says what it must know
-- of that. An idle worker that gets nothing is marked as idle and told when to look again. One that
-- was idle and gets a single thing, with room for more, stays so, for it is told of more: when it
-- reports (p_is_idle null), it looks only for what the report may have made ready.
-- Locks, Writes: the worker. Returns all nulls where there is nothing to say.

create function ratchet_internal.after_claim(
  p_worker bigint, p_now timestamptz, p_is_idle boolean, p_found int, p_is_full boolean,
  p_ready ratchet_internal.readiness
) returns ratchet.work
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_idle constant boolean := p_found = 0 and coalesce(p_is_idle, true);
  v_word ratchet.work;
begin
  if p_found = 1 and coalesce(p_is_idle, true) and not p_is_full and exists (
    select from ratchet_internal.workers where id = p_worker and is_idle)
  then
    v_word.kind := 'idle';
    return v_word;
  end if;
  update ratchet_internal.workers
  set is_idle = v_is_idle, idle_at = case when p_found = 0 then p_now end
  where id = p_worker and is_idle <> v_is_idle;
  if v_is_idle then
    v_word.kind := 'next';
    v_word.value := ratchet_internal.next_look(p_worker, p_now, p_ready.has_due
      or p_ready.answers_at is not null or p_ready.has_turns or p_ready.has_activities);
  end if;
  return v_word;
end $$;
comment on function ratchet_internal.after_claim(
  bigint, timestamptz, boolean, int, boolean, ratchet_internal.readiness) is
  'Notes whether a worker is idle after a claim; returns what it must know of that, if anything.';
