-- Pairs pending signals with waits, key by key: the oldest signal goes to the wait of the oldest
-- job. Rows that somebody else has locked are skipped (another matcher; a wait that times out or
-- whose job is being stopped). So a row is marked as looked at only if no row it could have been
-- paired with was skipped: otherwise it stays new, and a later call looks again.
-- One signal a key stands for the others: only the oldest of those left over stays new.
-- Locks: signals and the waits' messages, never waiting. Writes: signals, messages, attributes.

create function ratchet_internal.match_signals(
  p_now timestamptz, p_namespaces text[], p_keys text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_signals bigint[];
  v_waits record;
begin
  select array_agg(id) into v_signals from (
    select s.id
    from unnest(p_keys, p_namespaces) as k (key, namespace)
    cross join lateral (
      select id from ratchet_internal.signals
      where key = any (array[k.key]) and namespace = k.namespace and not is_consumed
      order by key, id limit 1000 for update skip locked) s) mine;
  select array_agg(w.job_id) as jobs, array_agg(w.address) as addresses,
    array_agg(w.position) as positions into v_waits
  from unnest(p_keys, p_namespaces) as k (key, namespace)
  cross join lateral (
    select job_id, address, position from ratchet_internal.messages
    where key = any (array[k.key]) and namespace = k.namespace and kind = 'wait'
    order by key, job_id, address, position limit 1000 for update skip locked) w;
  perform ratchet_internal.pair_signals(p_now, v_signals, v_waits.jobs, v_waits.addresses,
    v_waits.positions);
  perform ratchet_internal.mark_matched(p_now, v_signals, v_waits.jobs, v_waits.addresses,
    v_waits.positions);
end $$;
comment on function ratchet_internal.match_signals(timestamptz, text[], text[]) is
  'Gives pending signals to waits, the oldest to the oldest, and marks what has been looked at.';
