-- For an idle worker whom nobody has notified: whether it should exchange, or when to peek again.
-- Writes nothing, so that an idle fleet costs no commits. That is also why it may see a row as free
-- which somebody is taking at this moment: the exchange that follows finds nothing then. What is
-- wrong with the worker (its lease is lost, it belongs to another role) the exchange says too.

create function ratchet.peek(p_worker bigint) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_ready ratchet_internal.readiness;
begin
  if not exists (
    select from ratchet_internal.workers
    where id = p_worker and ratchet_internal.is_own(role_name))
  then
    return 0;
  end if;
  v_ready := ratchet_internal.look(p_worker, v_now);
  if v_ready.has_due or v_ready.has_turns or v_ready.has_activities
    or v_ready.answers_at is not null or ratchet_internal.next_news(p_worker, v_now) = 0
  then
    return 0;
  end if;
  return ratchet_internal.next_look(p_worker, v_now, false);
end $$;
comment on function ratchet.peek(bigint) is
  'For an idle worker: 0 when there is something to exchange for (its lease being lost is one), '
  'else the milliseconds after which to peek again.';
