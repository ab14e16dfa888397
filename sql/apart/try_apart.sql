-- Does one thing that an exchange does for others, in a subtransaction: what fails is taken back,
-- and comes as a problem. p_what: due (fires the given timer or wait), pair (answers the given wait
-- with the oldest signal of its key), match (matches the signals of p_key), end (ends the job with
-- p_error), release (frees the work of the lost worker p_worker). Steps are locked by the caller.
-- What is caught is as in try_graphs.

create function ratchet_internal.try_apart(
  p_now timestamptz, p_what text, p_step ratchet_internal.messages, p_error json default null,
  p_worker bigint default null
) returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '200ms'
as $$
declare
  v_state text;
  v_message text;
begin
  case p_what
    when 'due' then
      perform ratchet_internal.expire_escalations(p_now, array[p_step.job_id],
        array[p_step.address], array[p_step.position]);
      perform ratchet_internal.settle_due(p_now, array[p_step.job_id], array[p_step.address],
        array[p_step.position], array[p_step.kind], true);
    when 'pair' then
      perform ratchet_internal.pair_signals(p_now, array(
          select id from ratchet_internal.signals
          where key = any (array[p_step.key]) and namespace = p_step.namespace and not is_consumed
            and expires_at > p_now
          order by key, id limit 1 for update skip locked),
        array[p_step.job_id], array[p_step.address], array[p_step.position]);
    when 'match' then
      perform ratchet_internal.match_signals(p_now, array[p_step.namespace], array[p_step.key]);
    when 'end' then
      perform ratchet_internal.end_jobs(null, p_now, array[p_step.job_id], array[''],
        array[null::json], array[p_error]);
    when 'release' then
      perform ratchet_internal.release_worker(p_worker, p_now, true);
  end case;
  return null;
exception
  when sqlstate '09000' or sqlstate '0A000' or sqlstate '20000' or sqlstate '21000'
    or sqlstate '22000' or sqlstate '23000' or sqlstate '24000' or sqlstate '27000'
    or sqlstate '2F000' or sqlstate '34000' or sqlstate '38000' or sqlstate '39000'
    or sqlstate '3B000' or sqlstate '3D000' or sqlstate '3F000' or sqlstate '40000'
    or sqlstate '42000' or sqlstate '44000' or sqlstate '45000' or sqlstate '53200'
    or sqlstate '54000' or sqlstate '55000' or sqlstate 'HV000' or sqlstate 'P0000'
    or sqlstate 'WF000' or sqlstate 'XX000'
then
  get stacked diagnostics v_state = returned_sqlstate, v_message = message_text;
  if v_state in ('XX001', 'XX002') then raise; end if;
  return jsonb_build_object('message', left(v_message, 1000), 'sqlstate', v_state,
    'may_pass', v_state in ('40001', '40P01', '53200', '55P03'));
end $$;
comment on function ratchet_internal.try_apart(
  timestamptz, text, ratchet_internal.messages, json, bigint) is
  'Does one thing that an exchange does for others; what fails is taken back, and comes as a '
  'problem.';
