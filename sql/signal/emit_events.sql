-- Broadcasts what steps scheduled in this transaction emit, an object of topics and messages, once
-- per step, as ratchet.emit does, and answers the steps. What is no object emits nothing.
-- Writes: broadcasts, messages, attributes. Wakes: listeners.

create function ratchet_internal.emit_events(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_told record;
begin
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(1) as attempts, array_agg(false) as failed,
    array_agg('true'::text) as answers,
    array_agg(m.input) filter (where json_typeof(m.input) = 'object') as events,
    array_agg(m.job_id) filter (where json_typeof(m.input) = 'object') as emitting
  into v_told
  from ratchet_internal.asked_steps(p_jobs, p_addresses, p_positions, p_kinds, array['emit']) m;
  if v_told.jobs is null then return; end if;
  perform ratchet_internal.broadcast('hmsh:' || j.namespace, event.key, j.key, null, event.value)
  from unnest(v_told.emitting, v_told.events) as e (job_id, events)
  join ratchet.jobs j on j.id = any (array[e.job_id])
  cross join lateral json_each(ratchet_internal.readable(e.events)) event
  where not starts_with(event.key, '$');
  perform ratchet_internal.settle(p_now, v_told.jobs, v_told.addresses, v_told.positions,
    v_told.attempts, v_told.failed, v_told.answers, true);
end $$;
comment on function ratchet_internal.emit_events(
  timestamptz, bigint[], text[], int[], text[]) is
  'Broadcasts what steps scheduled in this transaction emit, once per step.';
