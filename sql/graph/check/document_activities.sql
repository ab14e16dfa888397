-- Every activity of a document in its full form, with its place.

create function ratchet_internal.document_activities(p_normal jsonb)
returns table (graph int, path text[], activity text, type text, body jsonb)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select g.at, array['app', 'graphs', g.at::text, 'activities', a.key], a.key,
    a.value ->> 'type', a.value
  from ratchet_internal.items(p_normal #> '{app,graphs}') g
  cross join lateral ratchet_internal.members(g.value -> 'activities') a
$$;
comment on function ratchet_internal.document_activities(jsonb) is
  'The activities of a document in its full form, each with its graph and its path.';
