-- In how many milliseconds an exchange has something to do for others first: 0 when a worker's
-- lease has run out, a schedule is due, or a signal or a wait is new; null when there is nothing.
-- While somebody holds an old snapshot, signals and waits that were looked after stay in the
-- indexes, and each look passes by all of them. Once that takes longer than 2 ms twice in a row
-- (the first of a session makes its plan), a session looks for a twentieth of its time; until then
-- nobody knows, and the answer is when it will look again.

create function ratchet_internal.next_news(p_worker bigint, p_now timestamptz) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known constant text := current_setting('ratchet.slow_delivery', true);
  v_began constant timestamptz := ratchet_internal.now();
  v_looks_at timestamptz;
  v_is_late boolean;
  v_is_news boolean;
  v_took interval;
  v_is_slow boolean;
begin
  if v_known <> '' then
    v_looks_at := to_timestamp(v_known::float8);
    -- Were the clock set back, it would be long until then: such a time does not count.
    v_is_late := v_looks_at > v_began and v_looks_at < v_began + interval '1 minute';
  end if;
  v_is_news := exists (
      select from ratchet_internal.workers where expires_at < p_now and id <> p_worker)
    or exists (select from ratchet.schedules where look_at <= p_now)
    or v_is_late is not true and (
      exists (select from ratchet_internal.signals where is_new)
      or exists (select from ratchet_internal.messages where kind = 'wait' and attempt = 0));
  if v_is_late then
    return case when v_is_news then 0
      else ceil(extract(epoch from v_looks_at - v_began) * 1000) end;
  end if;
  v_took := ratchet_internal.now() - v_began;
  v_is_slow := v_took > interval '2 ms';
  if v_is_slow or v_known <> '' then
    perform set_config('ratchet.slow_delivery', case when v_is_slow then
      extract(epoch from case when v_looks_at is null then v_began
        else v_began + 20 * least(v_took, interval '2 seconds') end)::text else '' end, false);
  end if;
  return case when v_is_news then 0 end;
end $$;
comment on function ratchet_internal.next_news(bigint, timestamptz) is
  'Milliseconds until something is to be done for others: 0 now, null when there is nothing.';
