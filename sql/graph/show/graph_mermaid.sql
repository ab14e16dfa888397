-- All graphs of a version (null: the active one) as a Mermaid flowchart: activities with their
-- topics, transitions with their conditions, cycles as dotted edges back. Raises: WF101, WF207.

create function ratchet.graph_mermaid(
  p_app text, p_version text default null, p_namespace text default 'hmsh'
) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_version text := p_version;
begin
  if p_version is null then
    v_version := (ratchet_internal.active_version(p_app, p_namespace)).version;
  else
    perform from ratchet_internal.graph_versions
    where space = ratchet_internal.app_space(p_app, p_namespace) and version = p_version
      and replaced_at is null;
    if not found then
      perform ratchet_internal.raise_error('WF207', 'version not found', jsonb_build_object(
        'app', p_app, 'namespace', p_namespace, 'version', left(p_version, 100)),
        'select * from ratchet.graph_versions shows those that are deployed.');
    end if;
  end if;
  return ratchet_internal.graph_chart(p_namespace, p_app, v_version);
end $$;
comment on function ratchet.graph_mermaid(text, text, text) is
  'All graphs of a version of an app as a Mermaid flowchart; without a version, of the active one.';
