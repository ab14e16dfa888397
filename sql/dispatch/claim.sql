-- The receiving half of an exchange: hands out answers, turns and activities. Due turns of the
-- worker's workflow routes become the worker's, counted as an attempt. The route whose head has
-- waited longest comes first, so that a busy route cannot starve another. Turns are taken here and
-- not in a function of their own, which would copy each row once more. A row that has changed since
-- the snapshot is not found by its ctid, so no turn is newer than what is read of its job:
-- hasten_turn counts on it.
-- Locks: messages, skipping what others hold; the worker. Writes: workers, messages, attributes.

create function ratchet_internal.claim(
  p_worker bigint, p_now timestamptz, p_turn_room int, p_activity_room int, p_is_idle boolean
) returns setof ratchet.work
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ready constant ratchet_internal.readiness := ratchet_internal.look(p_worker, p_now);
  v_has_answers constant boolean := v_ready.has_due or v_ready.answers_at is not null;
  v_rows int;
  v_found int := 0;
  v_is_full boolean := false;
  v_is_moved boolean := false;
  v_word ratchet.work;
begin
  if v_ready.has_due then
    v_is_moved := ratchet_internal.fire_due(p_worker, p_now, v_ready.heads);
  end if;
  if v_has_answers then
    return query select * from ratchet_internal.take_results(p_worker, p_now,
      coalesce(v_ready.answers_at, p_now));
    get diagnostics v_found = row_count;
  end if;
  -- An answer that nobody held the thread for has become a turn just now.
  if p_turn_room > 0 and (v_ready.has_turns or v_has_answers) then
    return query
    with route as materialized (
      -- What this exchange has made ready itself is ready from now on.
      select h.namespace, h.queue, h.workflow, coalesce(h.ready_at, p_now) as ready_at
      from unnest(v_ready.heads) h where h.workflow <> '' order by 4),
    due as materialized (
      select m.row_at
      from route r
      cross join lateral (
        select ctid as row_at from ratchet_internal.messages
        where ratchet_internal.is_for(queue, workflow, namespace, r.queue, r.workflow, r.namespace)
          and worker_id is null and kind in ('turn', 'activity')
          and due_at between r.ready_at and p_now
        order by due_at limit p_turn_room for update skip locked) m limit p_turn_room),
    taken as (
      update ratchet_internal.messages m
      set worker_id = p_worker, due_at = p_now, attempt = m.attempt + 1
      from due d where m.ctid = d.row_at
      returning m.job_id, m.address, m.attempt, m.options, m.workflow, m.queue)
    select work.* from taken t cross join lateral ratchet_internal.turn_work(
      t.job_id, t.address, t.attempt, t.options, t.workflow, t.queue) work;
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
  v_word := ratchet_internal.after_claim(p_worker, p_now, p_is_idle, v_found, v_is_full, v_ready);
  if v_word.kind is not null then return next v_word; end if;
end $$;
comment on function ratchet_internal.claim(bigint, timestamptz, int, int, boolean) is
  'The receiving half of an exchange: what a worker is to do next.';
