-- Delivers new signals key by key, and where that fails wait by wait: the oldest signal to the
-- oldest wait that can have it. A job whose wait cannot be answered ends, or has the wait put off.
-- Locks: jobs, messages, signals, never waiting. Writes: as deliver_signals and end_apart. Returns
-- the waits that could not be answered.

create function ratchet_internal.waits_apart(p_now timestamptz)
returns table (job_id bigint, problem text, is_ended boolean)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_key ratchet_internal.messages;
  v_wait record;
  v_step ratchet_internal.messages;
  v_problem jsonb;
begin
  for v_key.key, v_key.namespace in
    select key, namespace from (
      select key, namespace from ratchet_internal.signals where is_new
      order by id limit 500 for update skip locked) signal
    union
    select key, namespace from (
      select key, namespace from ratchet_internal.messages
      where kind = 'wait' and attempt = 0 order by job_id limit 500 for update skip locked) wait
  loop
    v_problem := ratchet_internal.try_apart(p_now, 'match', v_key);
    continue when v_problem is null;
    for v_wait in
      select m.job_id, m.address, m.position from ratchet_internal.messages m
      join ratchet.jobs_attributes a
        on a.job_id = any (array[m.job_id]) and a.address = m.address and a.position = m.position
      where m.key = v_key.key and m.namespace = v_key.namespace and m.kind = 'wait'
      order by a.created_at, m.job_id, m.address, m.position limit 1000
    loop
      v_step := ratchet_internal.lock_apart(v_wait.job_id, v_wait.address, v_wait.position);
      continue when v_step.job_id is null;
      v_problem := ratchet_internal.try_apart(p_now, 'pair', v_step);
      continue when v_problem is null;
      return query select v_wait.job_id, v_problem ->> 'message',
        ratchet_internal.end_apart(p_now, v_step, v_problem, false);
    end loop;
    perform ratchet_internal.try_apart(p_now, 'match', v_key);
  end loop;
end $$;
comment on function ratchet_internal.waits_apart(timestamptz) is
  'Delivers signals wait by wait; returns the waits that could not be answered.';
