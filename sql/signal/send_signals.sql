-- Sends the signals that steps scheduled in this transaction ask for, once per step, and answers
-- the steps.
-- Writes: signals, messages, attributes. The signals are matched after the commit, as any other.

create function ratchet_internal.send_signals(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sent record;
begin
  with wanted as materialized (
    select m.job_id, m.address, m.position, m.namespace, m.input, m.name as key,
      ratchet_internal.number_of(m.options, 'expire', 600000) as expire
    from ratchet_internal.asked_steps(p_jobs, p_addresses, p_positions, p_kinds,
      array['signal']) m),
  sent as (
    insert into ratchet_internal.signals (key, namespace, payload, sent_at, expires_at)
    select key, namespace, input, p_now, ratchet_internal.after(p_now, expire)
    from wanted order by job_id, address, position)
  select array_agg(job_id) as jobs, array_agg(address) as addresses,
    array_agg(position) as positions, array_agg(1) as attempts, array_agg(false) as failed,
    array_agg(to_json(job_id || '-' || position)::text) as answers
  into v_sent from wanted;
  if v_sent.jobs is not null then
    perform ratchet_internal.settle(p_now, v_sent.jobs, v_sent.addresses, v_sent.positions,
      v_sent.attempts, v_sent.failed, v_sent.answers, true);
  end if;
end $$;
comment on function ratchet_internal.send_signals(
  timestamptz, bigint[], text[], int[], text[]) is
  'Sends the signals that steps scheduled in this transaction ask for, once per step.';
