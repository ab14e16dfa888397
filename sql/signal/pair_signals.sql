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
  with pending as (
    select id, key, namespace, payload, code,
      row_number() over (partition by key, namespace order by id) as at
    from ratchet_internal.signals where id = any (p_signals) and expires_at > p_now),
  waiting as (
    select m.job_id, m.address, m.position, m.key, m.namespace,
      row_number() over (partition by m.key, m.namespace
        order by a.created_at, m.job_id, m.address, m.position) as at
    from unnest(p_jobs, p_addresses, p_positions) as w (job_id, address, at)
    join ratchet_internal.messages m
      on m.job_id = w.job_id and m.address = w.address and m.position = w.at
    join ratchet.jobs_attributes a
      on a.job_id = m.job_id and a.address = m.address and a.position = m.position)
  select array_agg(p.id) as signals, array_agg(w.job_id) as jobs,
    array_agg(w.address) as addresses, array_agg(w.position) as positions,
    array_agg(0) as attempts, array_agg(false) as failed, array_agg(p.payload::text) as payloads,
    array_agg(p.code) as codes
  into v_pair
  from pending p join waiting w using (key, namespace, at);
  if v_pair.signals is null then return; end if;
  perform ratchet_internal.settle(p_now, v_pair.jobs, v_pair.addresses, v_pair.positions,
    v_pair.attempts, v_pair.failed, v_pair.payloads, true, v_pair.codes);
  delete from ratchet_internal.signals where id = any (v_pair.signals) and dedup_id is null;
  update ratchet_internal.signals set is_consumed = true, is_new = false
  where id = any (v_pair.signals);
end $$;
comment on function ratchet_internal.pair_signals(
  timestamptz, bigint[], bigint[], text[], int[]) is
  'Answers waits with signals that the caller has locked, the oldest with the oldest.';
