-- One report of the single-item protocol. Raises: WF401, WF402 when the claim has moved on.
-- Repeating a report that counted is a no-op as long as the step's job is kept.

create function ratchet_internal.report_activity(
  p_worker bigint, p_job bigint, p_position int, p_attempt int, p_is_failed boolean, p_code int,
  p_value json
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.lock_worker(p_worker);
  perform ratchet_internal.check_size(p_value, 'result');
  if ratchet_internal.finish_activities(p_worker, ratchet_internal.now(), array[p_job], array[''],
    array[p_position], array[p_attempt], array[p_is_failed], array[p_code], array[p_value]) = 0
    and not exists (
      select from ratchet.jobs_attributes a
      where a.job_id = p_job and a.address = '' and a.position = p_position
        and ratchet_internal.is_final(a.ledger) and a.ledger / 1000000000000 % 100 = p_attempt
        and a.is_failed = p_is_failed and a.value is not distinct from p_value::text)
  then
    perform ratchet_internal.raise_error('WF402', 'stale claim',
      jsonb_build_object('job_id', p_job::text, 'position', p_position, 'attempt', p_attempt),
      'The step was answered, or claimed by another worker; drop this result.');
  end if;
end $$;
comment on function ratchet_internal.report_activity(
  bigint, bigint, int, int, boolean, int, json) is
  'Reports one activity; raises WF402 when its claim has moved on.';
