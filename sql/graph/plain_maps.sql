-- Runs compiled maps (run_maps): those with one reference, which are common, in one expression.
-- Inlinable.
-- Raises: WF107, WF506.

create function ratchet_internal.plain_maps(p_compiled jsonb, p_view jsonb) returns jsonb
language sql volatile
return case when p_compiled ? 'key'
  then jsonb_set_lax(p_compiled -> 'plain', array[p_compiled ->> 'key'],
    nullif(p_view #> (p_compiled ->> 'path')::text[], '{"$": "undefined"}'), true,
    'return_target')
  else ratchet_internal.run_maps(p_compiled, p_view) end;
comment on function ratchet_internal.plain_maps(jsonb, jsonb) is
  'Runs compiled maps over what expressions see, without a call where there is one reference.';
