-- Pairs pending signals with waits, key by key: the oldest signal goes to the oldest wait.
-- The caller has locked the keys. Locks: the waits' messages; skips one that somebody is taking
-- (it timed out, or its job is being stopped). Writes: signals, messages, attributes.

create function ratchet_internal.match_signals(
  p_now timestamptz, p_namespaces text[], p_keys text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_pair record;
begin
  with asked as (
    select distinct key, namespace from unnest(p_keys, p_namespaces) as k (key, namespace)),
  pending as (
    select s.id, s.key, s.namespace, s.payload,
      row_number() over (partition by s.key, s.namespace order by s.id) as at
    from asked k join ratchet_internal.signals s on s.key = k.key and s.namespace = k.namespace
    where not s.is_consumed and s.expires_at > p_now),
  open as (
    select m.job_id, m.address, m.position, m.key, m.namespace
    from ratchet_internal.messages m
    join (select distinct key, namespace from pending) k using (key, namespace)
    where m.kind = 'wait' for update of m skip locked),
  waiting as (
    select o.*, row_number() over (partition by o.key, o.namespace
      order by a.created_at, o.job_id, o.position) as at
    from open o join ratchet.jobs_attributes a using (job_id, address, position))
  select array_agg(p.id) as signals, array_agg(w.job_id) as jobs,
    array_agg(w.address) as addresses, array_agg(w.position) as positions,
    array_agg(0) as attempts, array_agg(false) as failed, array_agg(p.payload::text) as payloads
  into v_pair
  from pending p join waiting w using (key, namespace, at);
  if v_pair.signals is not null then
    perform ratchet_internal.settle(p_now, v_pair.jobs, v_pair.addresses, v_pair.positions,
      v_pair.attempts, v_pair.failed, v_pair.payloads);
    delete from ratchet_internal.signals where id = any (v_pair.signals) and dedup_id is null;
    update ratchet_internal.signals set is_consumed = true, is_new = false
    where id = any (v_pair.signals);
  end if;
  update ratchet_internal.signals s set is_new = false
  from unnest(p_keys, p_namespaces) as k (key, namespace)
  where s.key = k.key and s.namespace = k.namespace and s.is_new;
end $$;
comment on function ratchet_internal.match_signals(timestamptz, text[], text[]) is
  'Gives pending signals to waits, the oldest to the oldest, for keys the caller has locked.';
