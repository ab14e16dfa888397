-- Single-item worker protocol: an activity succeeded. Raises: WF401, WF402, WF501.
-- Idempotent: the same report may be repeated.

create function ratchet.complete(
  p_worker bigint, p_job bigint, p_position int, p_attempt int, p_result json default null,
  p_address text default ''
) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
  select ratchet_internal.report_activity(p_worker, p_job, p_address, p_position, p_attempt, false,
    null, p_result)
$$;
comment on function ratchet.complete(bigint, bigint, int, int, json, text) is
  'Reports the result of an activity that was claimed with the given attempt.';
