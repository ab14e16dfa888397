-- The key of the wait that a signal is for, read out of its payload as the rule of its topic says;
-- null when there is no rule or no such value. Raises: WF107.

create function ratchet_internal.signal_key(p_version bigint, p_topic text, p_payload jsonb)
returns text
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.hook_key(h.topic, ratchet_internal.run_maps(h.actual, jsonb_build_object(
    '$hook', jsonb_build_object('data', p_payload),
    '$self', jsonb_build_object('hook', jsonb_build_object('data', p_payload)))) -> 'v')
  from ratchet_internal.graph_hooks h
  where h.version_id = p_version and h.topic = p_topic
$$;
comment on function ratchet_internal.signal_key(bigint, text, jsonb) is
  'The key of the wait that a signal is for; null when no rule gives one.';
