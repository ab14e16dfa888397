-- Makes a deployed version the one that every stretch of the app follows from now on, in one
-- transaction, for every engine at once. Running jobs go on with it.
-- Locks: the app. Writes: graph_apps. Raises: WF101, WF207, WF605. Idempotent.

create function ratchet.activate(
  p_version text, p_app text, p_namespace text default 'hmsh'
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_space text := ratchet_internal.app_space(p_app, p_namespace);
begin
  perform ratchet_internal.check_isolation();
  perform from ratchet_internal.graph_apps where space = v_space for no key update;
  -- A statement of its own: who deploys the version anew has the lock, and this one waited for it.
  update ratchet_internal.graph_apps a
  set version_id = v.id, activated_at = ratchet_internal.now()
  from ratchet_internal.graph_versions v
  where a.space = v_space and v.space = a.space
    and v.version = p_version and v.replaced_at is null;
  if not found then
    perform ratchet_internal.raise_error('WF207', 'version not found',
      jsonb_build_object('app', p_app, 'namespace', p_namespace, 'version', left(p_version, 100)),
      'Version ' || coalesce(left(p_version, 100), 'null') || ' does not exist for app ' || p_app
      || '; deploy it first.');
  end if;
  return true;
end $$;
comment on function ratchet.activate(text, text, text) is
  'Makes a deployed version the one that the app follows from now on.';
