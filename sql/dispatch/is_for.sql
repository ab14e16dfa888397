-- Whether a message is for a route, in the form that the indexes of messages know. Inlinable: part
-- of set-based statements.

create function ratchet_internal.is_for(
  p_queue text, p_workflow text, p_namespace text,
  p_of_queue text, p_of_workflow text, p_of_namespace text
) returns boolean
language sql immutable parallel safe
return ratchet_internal.route_hash(p_queue, p_workflow, p_namespace)
    = ratchet_internal.route_hash(p_of_queue, p_of_workflow, p_of_namespace)
  and p_queue = p_of_queue collate "C" and p_workflow = p_of_workflow collate "C"
  and p_namespace = p_of_namespace collate "C";
comment on function ratchet_internal.is_for(text, text, text, text, text, text) is
  'Whether a message is for the route of the last three names.';
