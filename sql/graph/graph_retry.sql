-- When a failed execution for a graph is followed by another: as the policy of the worker says that
-- ran it (total executions, coefficient to the power of the failures, in seconds; none after 598,
-- which is fatal), else as the activity says for this very code (that many more, after 10, 100, ...
-- milliseconds, at most 10 s).
-- Null: not at all. Without a code it was lost with its worker: then it is tried five times, or as
-- often as the policy says. Total: any policy gives an answer.

create function ratchet_internal.graph_retry(
  p_policy json, p_codes json, p_executions int, p_code int, p_is_lost boolean
) returns interval
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_most float8 := ratchet_internal.number_of(p_policy, 'maximumAttempts', 3);
  v_factor float8 := ratchet_internal.number_of(p_policy, 'backoffCoefficient', 10);
  v_max float8 := coalesce(ratchet_internal.duration_ms(
      case when json_typeof(ratchet_internal.readable(p_policy) -> 'maximumInterval') = 'string'
        then ratchet_internal.readable(p_policy) ->> 'maximumInterval' end) / 1000,
    ratchet_internal.number_of(p_policy, 'maximumInterval', 120));
  v_again json := ratchet_internal.readable(p_codes) -> p_code::text;
begin
  if p_is_lost then
    return case when p_executions < greatest(
      case when p_policy is null then 0 else v_most end, 5) then interval '0' end;
  elsif json_typeof(p_policy) = 'object' then
    if p_executions >= v_most or p_code = 598 then return null; end if;
    v_factor := power(least(greatest(v_factor, 0.001), 1000), least(p_executions, 60)::float8);
    return make_interval(secs => least(v_factor, greatest(v_max, 0), 1e10));
  elsif json_typeof(v_again) = 'array' and (v_again ->> 0) ~ '^[0-9]{1,6}$'
    and p_executions <= (v_again ->> 0)::int
  then
    return make_interval(secs => least(power(10, least(p_executions, 6)::float8) / 1000, 10));
  end if;
  return null;
end $$;
comment on function ratchet_internal.graph_retry(json, json, int, int, boolean) is
  'After which delay a failed execution for a graph is followed by another; null: not at all.';
