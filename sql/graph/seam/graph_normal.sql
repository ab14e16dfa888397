-- Private placement of the normal form of documents.

create function ratchet_internal.graph_normal(p_document jsonb, p_app text) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
return case when p_document ? 'app' then p_document
  else jsonb_build_object('app', jsonb_build_object('id', p_app,
    'version', coalesce(p_document ->> 'version', '1'),
    'graphs', case when p_document ? 'graphs' then p_document -> 'graphs'
      else jsonb_build_array(p_document - 'version') end)) end;
comment on function ratchet_internal.graph_normal(jsonb, text) is 'Placement.';
