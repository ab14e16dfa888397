-- Broadcasts each topic and message of an object to those who listen to the app that is called like
-- the namespace, in the caller's transaction: best effort, nothing is kept. Topics that begin with
-- "$" are those of people who steer an app, and not open to its workflows.
-- Writes: broadcasts. Raises: WF101, WF104. Wakes: listeners, at commit.

create function ratchet.emit(p_namespace text, p_job text, p_events json) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_name(p_namespace, 'namespace');
  if json_typeof(p_events) is distinct from 'object' then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'events'), 'Give an object of topics and their messages.');
  end if;
  perform ratchet_internal.broadcast('hmsh:' || p_namespace, event.key, p_job, null, event.value)
  from json_each(ratchet_internal.readable(p_events)) event
  where not starts_with(event.key, '$');
end $$;
comment on function ratchet.emit(text, text, json) is
  'Broadcasts topics and messages to those who listen to the app called like the namespace.';
