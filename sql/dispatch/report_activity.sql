-- One report of the single-item protocol. Raises: WF401, WF402 when the claim has moved on, WF501,
-- WF605. Repeating a report that counted is a no-op as long as the step's job is kept.

create function ratchet_internal.report_activity(
  p_worker bigint, p_job bigint, p_address text, p_position int, p_attempt int, p_is_failed boolean,
  p_code int, p_value json
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  perform ratchet_internal.lock_worker(p_worker);
  perform ratchet_internal.check_size(p_value, 'result');
  v_count := ratchet_internal.finish_activities(p_worker, ratchet_internal.write_time(),
    array[p_job], array[p_address], array[p_position], array[p_attempt], array[p_is_failed],
    array[p_code], array[p_value]);
  -- A statement of its own: it sees the report that the one before waited for.
  if v_count = 0 and not exists (
      select from ratchet.jobs_attributes a
      left join lateral (
        select kind, worker_id, attempt from ratchet_internal.messages
        where job_id = p_job and address = p_address and position = p_position limit 1) again
        on again.kind = 'activity' and again.worker_id is null
      where a.job_id = p_job and a.address = p_address and a.position = p_position
        and a.is_failed = p_is_failed and a.value is not distinct from p_value::text
        and least(p_attempt, 99) = case when ratchet_internal.is_final(a.ledger)
          then a.ledger / 1000000000000 % 100 else again.attempt end)
  then
    perform ratchet_internal.raise_error('WF402', 'stale claim',
      jsonb_build_object('job_id', p_job::text, 'position', p_position, 'attempt', p_attempt),
      'The step was answered, or claimed by another worker; drop this result.');
  end if;
end $$;
comment on function ratchet_internal.report_activity(
  bigint, bigint, text, int, int, boolean, int, json) is
  'Reports one activity; raises WF402 when its claim has moved on.';
