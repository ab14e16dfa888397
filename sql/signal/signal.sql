-- Sends a signal, in the caller's transaction. It inserts, and deletes what has expired under the
-- same dedup id: matching happens after the commit, so that a long transaction of the caller holds
-- nothing that others need.
-- Writes: signals. Wakes: an idle worker of the namespace. Raises: WF101, WF103, WF501.
-- Idempotent: with the same p_dedup_id the first sending's id is returned and nothing is sent,
-- until the first one expires.

create function ratchet.signal(
  p_signal_id text, p_payload json default null, p_namespace text default 'durable',
  p_expire interval default '10 minutes', p_dedup_id text default null
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_id bigint;
begin
  perform ratchet_internal.check_name(p_signal_id, 'signal id');
  perform ratchet_internal.check_name(p_namespace, 'namespace');
  if p_dedup_id is not null then
    perform ratchet_internal.check_name(p_dedup_id, 'dedup id');
  end if;
  perform ratchet_internal.check_size(p_payload, 'signal payload');
  if p_expire is null or p_expire < interval '0' or p_expire > interval '10000 years' then
    perform ratchet_internal.raise_error('WF103', 'invalid duration',
      jsonb_build_object('expire', p_expire), 'Give an interval from zero to 10000 years.');
  end if;
  loop
    insert into ratchet_internal.signals (key, namespace, dedup_id, payload, sent_at, expires_at)
    values (p_signal_id, p_namespace, p_dedup_id, p_payload, v_now, v_now + p_expire)
    on conflict (key, namespace, dedup_id) do nothing
    returning id into v_id;
    exit when v_id is not null;
    select id into v_id from ratchet_internal.signals
    where key = p_signal_id and namespace = p_namespace and dedup_id = p_dedup_id
      and expires_at > v_now;
    if v_id is not null then return v_id; end if;
    -- It has expired and goes, or was pruned just now: send.
    delete from ratchet_internal.signals
    where key = p_signal_id and namespace = p_namespace and dedup_id = p_dedup_id
      and expires_at <= v_now;
  end loop;
  if exists (
    select from ratchet_internal.workers w
    join ratchet_internal.worker_routes r on r.worker_id = w.id
    where w.is_idle and r.namespace = p_namespace and r.workflow <> '')
  then
    perform pg_notify('ratchet', '');
  end if;
  return v_id;
end $$;
comment on function ratchet.signal(text, json, text, interval, text) is
  'Sends a signal to whoever waits for its id, now or until it expires (default 10 minutes); '
  'returns the signal''s number.';
