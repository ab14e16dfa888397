-- A document may leave out what can be told without it: a top level with activities is one graph,
-- one with graphs is a list of them, and either may stand within app too. The app is then the one
-- it is deployed to, its version 1. Optional parts that are null are not there. What is no object
-- comes back as an app without graphs.

create function ratchet_internal.graph_normal(p_document jsonb, p_app text) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('app', (body - array['activities', 'transitions', 'hooks', 'subscribes',
      'publishes', 'expire', 'persistent', 'input', 'output'])
    || jsonb_build_object(
      'id', coalesce(body -> 'id', to_jsonb(p_app)),
      'version', case jsonb_typeof(body -> 'version') when 'number'
        then to_jsonb(body ->> 'version') else coalesce(body -> 'version', '"1"') end,
      'graphs', case
        when jsonb_typeof(body -> 'graphs') = 'array' then coalesce((
          select jsonb_agg(ratchet_internal.graph_without_nulls(i.value) order by i.at)
          from ratchet_internal.items(body -> 'graphs') i), '[]')
        when not body ? 'graphs' and body ? 'activities' then jsonb_build_array(
          ratchet_internal.graph_without_nulls(body - array['id', 'version', 'settings']))
        else coalesce(body -> 'graphs', '[]') end))
  from (select case when jsonb_typeof(given -> 'app') = 'object' then given -> 'app'
    else given end as body
    from (select case when jsonb_typeof(p_document) = 'object' then p_document
      else '{}' end as given) document) app
$$;
comment on function ratchet_internal.graph_normal(jsonb, text) is
  'A document in its full form: {"app": {"id", "version", "settings", "graphs": [...]}}.';
