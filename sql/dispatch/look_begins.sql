-- Where looks at one index are to begin after one that found its first message at p_found: a quick
-- look; a safe one; and the noted time, where safe ones begin once transactions have ended
-- (p_is_settled: those before the time that p_known notes have; p_is_new: note this one).
create function ratchet_internal.look_begins(
  p_known jsonb, p_found timestamptz, p_now timestamptz, p_is_new boolean, p_is_settled boolean
) returns jsonb
language sql immutable parallel safe
return jsonb_build_array(
  -- Few transactions take longer to commit than this.
  least(p_found, p_now - interval '200 ms'),
  case when p_is_settled then least(p_found, coalesce((p_known ->> 2)::timestamptz, '-infinity'))
    else coalesce((p_known ->> 1)::timestamptz, '-infinity') end,
  case when p_is_new then least(p_found, p_now) else (p_known ->> 2)::timestamptz end);
comment on function ratchet_internal.look_begins(jsonb, timestamptz, timestamptz, boolean, boolean)
  is 'Where looks at one index begin: a quick one, a safe one, the next safe one.';
