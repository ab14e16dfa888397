-- Ends a job of which a step can have no answer, with the error that the database gave: it is told
-- there, and holds up nobody. Where that is refused too, or the error may pass, nothing is written
-- in its rows, but the step is put off: a timer or a timeout by two minutes (ten seconds where it
-- may pass), a wait that a signal has come for until prune looks at it again. Returns whether the
-- job has ended.
-- Locks: messages; the caller has locked the job and the step. Writes: messages; and as end_jobs.

create function ratchet_internal.end_apart(
  p_now timestamptz, p_step ratchet_internal.messages, p_problem jsonb, p_is_due boolean
) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_error json := json_build_object('code', 598, 'message',
    'the engine could not answer a step: ' || (p_problem ->> 'message'));
  v_may_pass boolean := (p_problem -> 'may_pass')::boolean;
begin
  if not v_may_pass and ratchet_internal.try_apart(p_now, 'end', p_step, v_error) is null
  then
    return true;
  end if;
  update ratchet_internal.messages
  set due_at = case when p_is_due then p_now + case when v_may_pass
      then interval '10 seconds' else interval '2 minutes' end else due_at end,
    attempt = case when p_is_due then attempt else 1 end,
    key = case when p_is_due then key else E'\x1faside ' || key end
  where job_id = p_step.job_id and address = p_step.address and position = p_step.position;
  return false;
end $$;
comment on function ratchet_internal.end_apart(
  timestamptz, ratchet_internal.messages, jsonb, boolean) is
  'Ends a job of which a step can have no answer, or puts the step off.';
