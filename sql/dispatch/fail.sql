-- Single-item worker protocol: an activity failed. It is tried again as its policy says unless
-- p_code is 598 (fatal), 597 or 596 (timeout). Raises: WF401, WF402.

create function ratchet.fail(
  p_worker bigint, p_job bigint, p_position int, p_attempt int, p_message text,
  p_code int default null, p_address text default ''
) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
  select ratchet_internal.report_activity(p_worker, p_job, p_address, p_position, p_attempt, true,
    p_code,
    json_build_object('message', p_message, 'code', coalesce(p_code, 599)))
$$;
comment on function ratchet.fail(bigint, bigint, int, int, text, int, text) is
  'Reports the failure of an activity; it is retried unless the code is 596, 597 or 598.';
