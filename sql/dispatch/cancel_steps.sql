-- Disarms the steps that cancellations have rejected: a thread that goes on to clean up waits for
-- none of them, so no signal, task, activity or timer may be theirs any more. A cancellation names
-- them in its input, as a JSON array of positions. They stay open in the history: nobody answered
-- them. An answer that has come already is on its way to the function, which ignores it.
-- Locks: messages (the caller has locked the jobs), then tasks, each in order. Writes: messages,
-- escalations. Idempotent.

create function ratchet_internal.cancel_steps(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_kinds text[],
  p_inputs json[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_step record;
begin
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(e.id) as tasks into v_step
  from (
    select s.job_id, s.address, named.at::int as at
    from (
      select s.job_id, ratchet_internal.thread_of(s.address) as address, s.input
      from unnest(p_jobs, p_addresses, p_kinds, p_inputs) as s (job_id, address, kind, input)
      where s.kind = 'cancel' and json_typeof(s.input) = 'array') s
    cross join lateral json_array_elements_text(s.input) as named (at)
    where (
      select held.worker_id from ratchet_internal.messages held where held.job_id = s.job_id
        and held.address = s.address and held.position = 0) = p_worker
    order by 1, 2, 3) s
  cross join lateral (
    select job_id, address, position from ratchet_internal.messages
    where job_id = s.job_id and address = s.address and position = s.at and s.at > 0
      and kind <> 'result'
    limit 1 for update) m
  left join lateral (
    select id from ratchet.escalations
    where job_id = m.job_id and address = m.address and position = m.position
    limit 1) e on true;
  if v_step.jobs is null then return; end if;
  perform ratchet_internal.cancel_pending(p_now, array_remove(v_step.tasks, null));
  delete from ratchet_internal.messages m
  using unnest(v_step.jobs, v_step.addresses, v_step.positions) as s (job_id, address, at)
  where m.job_id = any (array[s.job_id]) and m.address = s.address and m.position = s.at;
end $$;
comment on function ratchet_internal.cancel_steps(
  bigint, timestamptz, bigint[], text[], text[], json[]) is
  'Disarms the steps that cancellations have rejected.';
