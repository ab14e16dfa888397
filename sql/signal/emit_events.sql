-- Broadcasts what steps scheduled in this transaction emit, an object of topics and messages, once
-- per step, as ratchet.emit does, and answers the steps.
-- Writes: broadcasts, messages, attributes. Wakes: listeners.

create function ratchet_internal.emit_events(p_now timestamptz, p_jobs bigint[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_told record;
begin
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(1) as attempts, array_agg(false) as failed,
    array_agg('true'::text) as answers
  into v_told
  from ratchet_internal.messages m
  join ratchet.jobs_attributes a using (job_id, address, position)
  where m.job_id = any (p_jobs) and m.kind = 'child' and m.key = '' and a.kind = 'emit';
  if v_told.jobs is null then return; end if;
  perform ratchet_internal.broadcast('hmsh:' || j.namespace, event.key, j.key, null, event.value)
  from unnest(v_told.jobs, v_told.addresses, v_told.positions) as e (job_id, address, at)
  cross join lateral (
    select input from ratchet.jobs_attributes a
    where a.job_id = e.job_id and a.address = e.address and a.position = e.at limit 1) a
  join ratchet.jobs j on j.id = e.job_id
  cross join lateral json_each(ratchet_internal.readable(a.input)) event
  where not starts_with(event.key, '$');
  perform ratchet_internal.settle(p_now, v_told.jobs, v_told.addresses, v_told.positions,
    v_told.attempts, v_told.failed, v_told.answers, true);
end $$;
comment on function ratchet_internal.emit_events(timestamptz, bigint[]) is
  'Broadcasts what steps scheduled in this transaction emit, once per step.';
