-- Tells whoever listens to a topic of a namespace: best effort, nothing is kept. The one door from
-- workflows to listeners. A notification holds at most 8000 bytes; a longer payload is left out.
-- Writes: nothing. Wakes: listeners of the channel ratchet_events, at commit.

create function ratchet_internal.emit_event(
  p_namespace text, p_topic text, p_job text, p_payload json
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event text := json_build_object('namespace', p_namespace, 'topic', p_topic, 'job', p_job,
    'payload', p_payload)::text;
begin
  perform pg_notify('ratchet_events', case when octet_length(v_event) < 8000 then v_event
    else json_build_object('namespace', p_namespace, 'topic', p_topic, 'job', p_job)::text end);
end $$;
comment on function ratchet_internal.emit_event(text, text, text, json) is
  'Tells whoever listens to a topic of a namespace; nothing is kept.';
