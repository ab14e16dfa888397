-- The space of an app: the namespace of its jobs, messages and signals. Raises: WF101.

create function ratchet_internal.app_space(p_app text, p_namespace text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Lengths by themselves: a pattern with bounds takes ten times as long.
  if p_app is null or p_app !~ '^[A-Za-z0-9-]+$' or length(p_app) > 200 or p_app = 'a'
    or p_namespace is null or p_namespace !~ '^[A-Za-z0-9-]+$' or length(p_namespace) > 200
  then
    perform ratchet_internal.raise_error('WF101', 'invalid name',
      jsonb_build_object('what', 'app', 'app', left(p_app, 100), 'namespace',
        left(p_namespace, 100)),
      'Give an app and a namespace of letters, digits and hyphens; the app "a" is reserved.');
  end if;
  return p_namespace || ':' || p_app;
end $$;
comment on function ratchet_internal.app_space(text, text) is
  'The space of an app, <namespace>:<app>; raises WF101 for bad names.';
