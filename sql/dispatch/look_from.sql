-- Where a look at one index of a route is to begin, by what remember_look kept: p_which is ready or
-- due, p_begin whether it is to be a quick look (0) or a safe one (1); null: from the beginning.
create function ratchet_internal.look_from(
  p_slow jsonb, p_begin int, p_which text, p_namespace text, p_queue text, p_workflow text
) returns timestamptz
language sql immutable parallel safe
return coalesce((p_slow -> 'since'
  -> ratchet_internal.route_key(p_namespace, p_queue, p_workflow) -> p_which ->> p_begin
  )::timestamptz, '-infinity');
comment on function ratchet_internal.look_from(jsonb, int, text, text, text, text) is
  'Where a look at one index of a route begins.';
