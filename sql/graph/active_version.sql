-- The active version of an app, without its document, which may be large. Raises: WF101, WF207.

create function ratchet_internal.active_version(p_app text, p_namespace text)
returns ratchet_internal.graph_versions
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_version ratchet_internal.graph_versions;
begin
  select v.id, v.space, v.version, null, v.deployed_at, v.replaced_at into v_version
  from ratchet_internal.graph_apps a
  join ratchet_internal.graph_versions v on v.id = a.version_id
  where a.space = ratchet_internal.app_space(p_app, p_namespace);
  if not found then
    perform ratchet_internal.raise_error('WF207', 'app has no active version',
      jsonb_build_object('app', p_app, 'namespace', p_namespace),
      'Deploy a version and activate it.');
  end if;
  return v_version;
end $$;
comment on function ratchet_internal.active_version(text, text) is
  'The active version of an app; raises WF207 when it has none.';
