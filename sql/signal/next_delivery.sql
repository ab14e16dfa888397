-- In how many milliseconds signals and waits are to be looked after: 0 where some are new, null
-- where none is. While somebody holds an old snapshot, those that were looked after stay in the
-- indexes, and each look passes by all of them. Once that takes longer than 2 ms twice in a row
-- (the first of a session makes its plan), a session looks for a twentieth of its time; until then
-- nobody knows, and the answer is when it will look again.

create function ratchet_internal.next_delivery() returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_began constant timestamptz := ratchet_internal.now();
  v_looks_at constant timestamptz := to_timestamp(
    nullif(current_setting('ratchet.slow_delivery', true), '')::float8);
  v_is_new boolean;
  v_took interval;
begin
  -- Were the clock set back, it would be long until then: such a time does not count.
  if v_looks_at > v_began and v_looks_at < v_began + interval '1 minute' then
    return ceil(extract(epoch from v_looks_at - v_began) * 1000);
  end if;
  v_is_new := exists (select from ratchet_internal.signals where is_new)
    or exists (select from ratchet_internal.messages where kind = 'wait' and attempt = 0);
  v_took := ratchet_internal.now() - v_began;
  if v_took > interval '2 ms' or v_looks_at is not null then
    perform set_config('ratchet.slow_delivery', case when v_took > interval '2 ms' then
      extract(epoch from case when v_looks_at is null then v_began
        else v_began + 20 * least(v_took, interval '2 seconds') end)::text else '' end, false);
  end if;
  return case when v_is_new then 0 end;
end $$;
comment on function ratchet_internal.next_delivery() is
  'Milliseconds until signals and waits are to be looked after: 0 now, null when none is new.';
