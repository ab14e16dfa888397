-- Pairs pending signals with waits, key by key: the oldest signal goes to the wait of the oldest
-- job. At most 1000 signals a key are looked at, and for those 1000 waits. The caller may have
-- locked new signals and waits of these keys: whether or not they are among them, they are marked
-- as looked at, unless there is still something that they could be paired with. Rows that somebody
-- else has locked are skipped (another matcher; a wait that times out or whose job is being
-- stopped), and so a later call looks again.
-- What has expired is removed, so that any number of it hides what has not for a few calls only.
-- One signal a key stands for the others: only the oldest of those left over stays new.
-- Locks: signals and the waits' messages, never waiting. Writes: signals, messages, attributes.

create function ratchet_internal.match_signals(
  p_now timestamptz, p_namespaces text[], p_keys text[], p_signals bigint[] default null,
  p_jobs bigint[] default null, p_addresses text[] default null, p_positions int[] default null
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_signals record;
  v_waits record;
begin
  select array_agg(s.id) filter (where s.is_valid) as ids,
    array_agg(s.id) filter (where not s.is_valid) as expired,
    array_agg(k.key) filter (where s.is_first) as keys,
    array_agg(k.namespace) filter (where s.is_first) as namespaces into v_signals
  from unnest(p_keys, p_namespaces) as k (key, namespace)
  cross join lateral (
    select id, expires_at > p_now as is_valid,
      id = min(id) filter (where expires_at > p_now) over () as is_first from (
      select id, expires_at from ratchet_internal.signals
      where key = any (array[k.key]) and namespace = k.namespace and not is_consumed
      order by key, id limit 1000 for update skip locked) mine) s;
  if v_signals.expired is not null then
    delete from ratchet_internal.signals where id = any (v_signals.expired);
  end if;
  if v_signals.ids is not null then
    select array_agg(w.job_id) as jobs, array_agg(w.address) as addresses,
      array_agg(w.position) as positions into v_waits
    from unnest(v_signals.keys, v_signals.namespaces) as k (key, namespace)
    cross join lateral (
      select job_id, address, position from ratchet_internal.messages
      where key = any (array[k.key]) and namespace = k.namespace and kind = 'wait'
      order by key, job_id, address, position limit 1000 for update skip locked) w;
    perform ratchet_internal.pair_signals(p_now, v_signals.ids, v_waits.jobs, v_waits.addresses,
      v_waits.positions);
  end if;
  perform ratchet_internal.mark_matched(p_now, v_signals.ids || p_signals, p_jobs, p_addresses,
    p_positions);
end $$;
comment on function ratchet_internal.match_signals(
  timestamptz, text[], text[], bigint[], bigint[], text[], int[]) is
  'Gives pending signals to waits, the oldest to the oldest, and marks what has been looked at.';
