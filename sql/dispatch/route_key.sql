create function ratchet_internal.route_key(p_namespace text, p_queue text, p_workflow text)
returns text
language sql immutable parallel safe
return concat(p_namespace, E'\x1f', p_queue, E'\x1f', p_workflow);
comment on function ratchet_internal.route_key(text, text, text) is
  'A text that names a route.';
