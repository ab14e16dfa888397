-- Counts tasks that fit a filter. Raises: WF104, WF105.

create function ratchet.count_escalations(p_filter json default '{}') returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_filter jsonb := ratchet_internal.escalation_filter(p_filter);
begin
  return (select count(*) from ratchet.escalations e
    where ratchet_internal.escalation_matches(e, v_filter, v_now));
end $$;
comment on function ratchet.count_escalations(json) is 'Counts tasks that fit a filter.';
