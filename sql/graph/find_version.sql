-- The active version that has a graph for a topic: of the app given, or of the only app that has
-- one. Raises: WF101, WF206, WF207.

create function ratchet_internal.find_version(p_topic text, p_app text, p_namespace text)
returns ratchet_internal.graph_versions
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_version ratchet_internal.graph_versions;
  v_apps text[];
begin
  if p_app is not null then
    v_version := ratchet_internal.active_version(p_app, p_namespace);
    if (ratchet_internal.find_graph(v_version.id, p_topic)).version_id is null then
      perform ratchet_internal.raise_error('WF206', 'no graph for topic', jsonb_build_object(
        'topic', p_topic, 'app', p_app, 'version', v_version.version),
        'no subscription found for topic ' || p_topic || ' in app ' || p_app
        || ' for app version ' || v_version.version);
    end if;
    return v_version;
  end if;
  select array_agg(a.app order by a.app) into v_apps from ratchet_internal.graph_apps a
  where a.namespace = p_namespace
    and (ratchet_internal.find_graph(a.version_id, p_topic)).version_id is not null;
  if cardinality(v_apps) = 1 then
    return ratchet_internal.active_version(v_apps[1], p_namespace);
  end if;
  perform ratchet_internal.raise_error('WF206', 'no graph for topic', jsonb_build_object(
    'topic', p_topic, 'namespace', p_namespace, 'apps', coalesce(v_apps, '{}')),
    case when v_apps is null then 'No active version of an app has a graph for this topic.'
      else 'Several apps have a graph for this topic: name the app.' end);
  return null;
end $$;
comment on function ratchet_internal.find_version(text, text, text) is
  'The active version that has a graph for a topic; raises WF206 when there is none, or several.';
