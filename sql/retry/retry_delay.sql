-- How long to wait before a retry: initialInterval times backoffCoefficient to the power of the
-- number of failures, at most maximumInterval. Defaults: 1 second, 10, 120 seconds. The policy has
-- milliseconds. Total: any policy gives an answer from 0 to 317 years. Everything is capped before
-- it is multiplied: the coefficient to 0.001-1000, the exponent to what cannot overflow.

create function ratchet_internal.retry_delay(p_policy json, p_failures int) returns interval
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_first float8 := ratchet_internal.number_of(p_policy, 'initialInterval', 1000);
  v_factor float8 := ratchet_internal.number_of(p_policy, 'backoffCoefficient', 10);
  v_max float8 := ratchet_internal.number_of(p_policy, 'maximumInterval', 120000);
  v_power int := greatest(coalesce(p_failures, 0), 0);
begin
  v_first := least(greatest(v_first, 0), 1e13);
  v_factor := least(greatest(v_factor, 0.001), 1000);
  v_max := least(greatest(v_max, 0), 1e13);
  v_power := least(v_power, case when v_factor >= 1 and v_factor < 2 then 900 else 60 end);
  return make_interval(secs => least(v_first * power(v_factor, v_power::float8), v_max) / 1000);
end $$;
comment on function ratchet_internal.retry_delay(json, int) is
  'Delay before the retry that follows p_failures failures, after a policy in milliseconds.';
