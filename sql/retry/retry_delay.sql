-- How long to wait before a retry: initialInterval times backoffCoefficient to the power of the number
-- of failures, at most maximumInterval. The power is taken only where it cannot overflow.
-- Defaults: 1 second, 10, 120 seconds. Milliseconds in the policy. Total: any policy gives an answer.

create function ratchet_internal.retry_delay(p_policy json, p_failures int) returns interval
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_first float8 := greatest(coalesce((p_policy ->> 'initialInterval')::float8, 1000), 0);
  v_factor float8 := greatest(coalesce((p_policy ->> 'backoffCoefficient')::float8, 10), 0);
  v_max float8 := least(coalesce((p_policy ->> 'maximumInterval')::float8, 120000), 1e13);
begin
  if v_first > 0 and v_factor > 1
    and greatest(p_failures, 0) * ln(v_factor) < ln(greatest(v_max, 1)) - ln(v_first)
  then
    v_max := least(v_first * power(v_factor, greatest(p_failures, 0)), v_max);
  elsif v_first = 0 or v_factor <= 1 then
    v_max := least(v_first * power(greatest(v_factor, 1e-9), least(p_failures, 30)), v_max);
  end if;
  return make_interval(secs => greatest(v_max, 0) / 1000);
end $$;
comment on function ratchet_internal.retry_delay(json, int) is
  'Delay before the retry that follows p_failures failures, after a policy in milliseconds.';
