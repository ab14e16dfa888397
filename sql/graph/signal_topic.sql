-- Sends a signal to the hook that waits under a topic and the key in the payload, in the caller's
-- transaction; kept for a wait that is not there yet, ten minutes or as long as $expire in the
-- payload says. It only inserts; matching happens after the commit, as for all signals.
-- Status success (code 200) ends the wait, pending (202) leaves it open.
-- Writes: signals. Wakes: an idle engine of the app. Raises: WF101, WF104, WF207, WF208 no rule has
-- the topic, WF501. Returns the signal's number.

create function ratchet.signal_topic(
  p_topic text, p_data json, p_app text, p_status text default null, p_code int default null,
  p_namespace text default 'hmsh'
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_version ratchet_internal.graph_versions;
  v_payload jsonb;
  v_key text;
  v_id bigint;
begin
  perform ratchet_internal.check_name(p_topic, 'topic');
  perform ratchet_internal.check_size(p_data, 'signal payload');
  v_version := ratchet_internal.active_version(p_app, p_namespace);
  v_payload := ratchet_internal.readable(p_data);
  v_key := ratchet_internal.signal_key(v_version.id, p_topic, coalesce(v_payload, '{}'));
  if v_key is null then
    perform ratchet_internal.raise_error('WF208', 'no hook waits like this', jsonb_build_object(
      'topic', p_topic, 'app', p_app, 'version', v_version.version),
      case when exists (select from ratchet_internal.graph_hooks
          where version_id = v_version.id and topic = p_topic)
        then 'The payload lacks the key that the hook rule of this topic reads.'
        else 'There is no hook rule for topic ' || p_topic || ' in the active version.' end);
  end if;
  insert into ratchet_internal.signals (key, namespace, payload, code, sent_at, expires_at)
  values (v_key, v_version.space, p_data, ratchet_internal.signal_code(p_status, p_code), v_now,
    ratchet_internal.after(v_now, ratchet_internal.signal_expire(v_payload)))
  returning id into v_id;
  perform ratchet_internal.wake_route(v_version.space, '$graph', '$graph');
  return v_id;
end $$;
comment on function ratchet.signal_topic(text, json, text, text, int, text) is
  'Sends a signal to the hook that waits under a topic and the key in the payload; returns its '
  'number.';
