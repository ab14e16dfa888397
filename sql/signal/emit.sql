-- Broadcasts each topic and message of an object to those who listen to the app that is called like
-- the namespace, in the caller's transaction: best effort, nothing is kept. Topics that begin with
-- "$" are those of people who steer an app, and not open to its workflows. A worker role may tell
-- those of its own namespace.
-- Writes: broadcasts. Raises: WF101, WF104, WF701. Wakes: listeners, at commit.

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
  if ratchet_internal.limited_role() is not null and not exists (
    select from ratchet_internal.worker_roles where role_name = ratchet_internal.limited_role()
      and namespace = p_namespace and revoked_at is null)
  then
    perform ratchet_internal.raise_error('WF701', 'not permitted',
      jsonb_build_object('namespace', p_namespace, 'role', ratchet_internal.limited_role()),
      'The role was provisioned for another namespace: ratchet.provision_worker_role does that.');
  end if;
  perform ratchet_internal.broadcast('hmsh:' || p_namespace, event.key, p_job, null, event.value)
  from json_each(ratchet_internal.readable(p_events)) event
  where not starts_with(event.key, '$');
end $$;
comment on function ratchet.emit(text, text, json) is
  'Broadcasts topics and messages to those who listen to the app called like the namespace.';
