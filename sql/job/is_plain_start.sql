-- Whether what a start is given is valid, and it asks for nothing but, perhaps, a notification of
-- the end. Inlinable, for each check that is called costs a start as much as a row.

create function ratchet_internal.is_plain_start(
  p_namespace text, p_workflow text, p_queue text, p_id text, p_args json, p_options json
) returns boolean
language sql immutable parallel safe
return (p_options is null or ratchet_internal.asks_to_watch(p_options))
  and ratchet_internal.is_job(p_id, p_args) and ratchet_internal.is_name(p_namespace)
  and ratchet_internal.is_name(p_workflow) and ratchet_internal.is_name(p_queue);
comment on function ratchet_internal.is_plain_start(text, text, text, text, json, json) is
  'Whether a start is valid and has no options, but that its end may be notified.';
