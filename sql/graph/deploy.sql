-- Deploys a version of an app: checks the document, and stores and compiles it. It is not active by
-- that; a version that is active and deployed anew stays active. The document is an app with its
-- graphs, or, for the app named, a list of graphs or one graph.
-- Locks: the app. Writes: graph tables. Raises: WF101, WF105, WF106 with all problems, WF501.

create function ratchet.deploy(
  p_document json, p_app text default null, p_namespace text default 'hmsh'
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_document jsonb;
  v_problems jsonb;
  v_warnings jsonb;
  v_app jsonb;
begin
  perform ratchet_internal.check_size(p_document, 'document');
  perform ratchet_internal.check_readable(p_document, 'document');
  v_document := ratchet_internal.document_of(p_document);
  select
    jsonb_agg(jsonb_build_object('path', path, 'activity', activity, 'message', message,
      'hint', hint)) filter (where severity = 'error'),
    jsonb_agg(jsonb_build_object('path', path, 'activity', activity, 'message', message,
      'hint', hint)) filter (where severity = 'warning')
  into v_problems, v_warnings
  from ratchet_internal.graph_problems(v_document, p_app);
  if v_problems is not null then
    perform ratchet_internal.refuse_graph(v_problems);
  end if;
  v_app := ratchet_internal.graph_normal(v_document, p_app) -> 'app';
  perform ratchet_internal.store_version(v_app, p_namespace);
  return json_build_object('app', v_app -> 'id', 'version', v_app -> 'version',
    'graphs', v_app -> 'graphs', 'warnings', coalesce(v_warnings, '[]'));
end $$;
comment on function ratchet.deploy(json, text, text) is
  'Checks, compiles and stores a version of an app; returns what was deployed, with warnings.';
