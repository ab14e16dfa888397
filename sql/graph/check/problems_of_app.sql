-- What the document as a whole lacks; of its full form and, for what that hides, as it was given.

create function ratchet_internal.problems_of_app(p_document jsonb, p_normal jsonb, p_app text)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array['app'], null, 'error',
    format('the document is %s and should be an object',
      ratchet_internal.kind_of(p_document)), 'Give a map with app, or with activities.'
  where jsonb_typeof(p_document) is distinct from 'object'
  union all
  select array['app', 'id'], null, 'error', p.message, p.hint
  from (select p_normal #>> '{app,id}' as id) app
  cross join lateral (
    select format('the app id "%s" is invalid', left(id, 60)) as message,
      'Use letters, digits and "-".' as hint where id !~ '^[A-Za-z0-9-]+$'
    union all
    select 'the app id "a" is reserved', 'Choose another id.' where id = 'a'
    union all
    select format('the document is of app "%s" and is deployed to app "%s"', left(id, 60), p_app),
      'Set app.id to the id of this app, or deploy to the other one.' where id <> p_app
  ) p
  union all
  select array['app', 'version'], null, 'error',
    format('the version "%s" does not look like a number',
      left(p_normal #>> '{app,version}', 60)), 'Write ''1'', ''2'' or ''2.1''.'
  where p_normal #>> '{app,version}' !~ E'^[0-9]{1,9}(\\.[0-9]{1,9}){0,3}$'
  union all
  select array['app', 'graphs'], null, 'error', 'the document has no graph',
    'Give app.graphs with at least one graph; or activities, for one graph without an app.'
  where jsonb_typeof(p_document) = 'object'
    and p_normal #> '{app,graphs}' in ('[]', 'null')
  union all
  select array['', m.key], null, 'warning', format('unknown option "%s"', m.key),
    'Beside app nothing is read.'
  from ratchet_internal.members(p_document) m
  where jsonb_typeof(p_document -> 'app') = 'object' and m.key <> 'app' and m.key !~ '^x-'
$$;
comment on function ratchet_internal.problems_of_app(jsonb, jsonb, text) is
  'What is wrong with the app of a document: its id, its version, whether it has graphs.';
