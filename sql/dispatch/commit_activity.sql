-- Reports the success of an activity inside the transaction that holds the activity's own writes:
-- both are committed, or neither is. Unlike complete it accepts no repetition: whoever is not the
-- one that answers the step may not commit its writes. Its locks keep the claim from moving on
-- until the commit, which should follow at once.
-- Locks: the worker (key share), the message. Writes: messages, attributes. Raises: WF401, WF402
-- when the claim has moved on, WF501, WF605. Wakes: idle workers.

create function ratchet.commit_activity(
  p_worker bigint, p_job bigint, p_position int, p_attempt int, p_result json default null,
  p_address text default ''
) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
as $$
begin
  perform ratchet_internal.lock_worker(p_worker);
  perform ratchet_internal.check_size(p_result, 'result');
  if ratchet_internal.finish_activities(p_worker, ratchet_internal.write_time(), array[p_job],
    array[p_address], array[p_position], array[p_attempt], array[false], array[null::int],
    array[p_result]) = 0
  then
    perform ratchet_internal.raise_error('WF402', 'stale claim',
      jsonb_build_object('job_id', p_job::text, 'position', p_position, 'attempt', p_attempt),
      'The step was answered, or claimed by another worker: roll this transaction back.');
  end if;
end $$;
comment on function ratchet.commit_activity(bigint, bigint, int, int, json, text) is
  'Reports the result of an activity in the transaction that holds its writes, just before COMMIT.';
