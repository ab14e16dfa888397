-- Gives each of the signals that are still valid to a wait of its key: the oldest signal to the
-- oldest wait. The caller has locked both. A consumed signal goes, unless a repetition must be
-- recognised by it.
-- Writes: signals, messages, attributes.

create function ratchet_internal.pair_signals(
  p_now timestamptz, p_signals bigint[], p_jobs bigint[], p_addresses text[], p_positions int[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_pair record;
begin
  if p_signals is null or p_jobs is null then return; end if;
  with side as (
    select key, namespace, row_number() over (partition by key, namespace order by id) as at,
      id as signal, dedup_id is null as is_gone, payload::text as payload, code,
      null::bigint as job_id, null::text as address, null::int as position
    -- By whole keys, one by one: they may be looked for among all others for each.
    from unnest(p_signals) as given (signal)
    cross join lateral (
      select * from ratchet_internal.signals where id = given.signal limit 1) s
    where expires_at > p_now
    union all
    select m.key, m.namespace, row_number() over (partition by m.key, m.namespace
        order by a.created_at, w.job_id, w.address, w.at),
      null, null, null, null, w.job_id, w.address, w.at
    from unnest(p_jobs, p_addresses, p_positions) as w (job_id, address, at)
    cross join lateral (
      select key, namespace from ratchet_internal.messages
      where job_id = w.job_id and address = w.address and position = w.at limit 1) m
    cross join lateral (
      select created_at from ratchet.jobs_attributes
      where job_id = w.job_id and address = w.address and position = w.at limit 1) a),
  pair as (
    select max(signal) as signal, bool_or(is_gone) as is_gone, max(payload) as payload,
      max(code) as code, max(job_id) as job_id, max(address) as address, max(position) as position
    from side group by key, namespace, at having count(*) = 2)
  select array_agg(signal) as signals, array_agg(signal) filter (where is_gone) as gone,
    array_agg(job_id) as jobs, array_agg(address) as addresses, array_agg(position) as positions,
    array_agg(0) as attempts, array_agg(false) as failed, array_agg(payload) as payloads,
    array_agg(code) as codes
  into v_pair from pair;
  if v_pair.signals is null then return; end if;
  perform ratchet_internal.settle(p_now, v_pair.jobs, v_pair.addresses, v_pair.positions,
    v_pair.attempts, v_pair.failed, v_pair.payloads, true, v_pair.codes);
  delete from ratchet_internal.signals where id = any (v_pair.gone);
  update ratchet_internal.signals set is_consumed = true, is_new = false
  where id = any (v_pair.signals);
end $$;
comment on function ratchet_internal.pair_signals(
  timestamptz, bigint[], bigint[], text[], int[]) is
  'Answers waits with signals that the caller has locked, the oldest with the oldest.';
