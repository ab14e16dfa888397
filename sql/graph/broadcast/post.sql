-- Sends a message to all who listen to a topic of an app at this moment. Topics of people begin
-- with "$", which those of graphs never do. Writes: broadcasts. Raises: WF101. Wakes: listeners.

create function ratchet.post(
  p_topic text, p_message json, p_app text, p_namespace text default 'hmsh'
) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_name(p_topic, 'topic');
  perform ratchet_internal.check_name(p_app, 'app');
  if p_message is not null then
    perform ratchet_internal.broadcast(p_namespace || ':' || p_app, '$' || p_topic, null, null,
      p_message);
  end if;
end $$;
comment on function ratchet.post(text, json, text, text) is
  'Sends a message to all who listen to "$" and a topic of an app.';
