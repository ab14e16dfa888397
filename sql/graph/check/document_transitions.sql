-- Every transition of a document in its full form, with its place.

create function ratchet_internal.document_transitions(p_normal jsonb)
returns table (graph int, path text[], source text, target text, body jsonb)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select g.at, array['app', 'graphs', g.at::text, 'transitions', f.key, t.at::text], f.key,
    case when jsonb_typeof(t.value -> 'to') = 'string' then t.value ->> 'to' end, t.value
  from ratchet_internal.items(p_normal #> '{app,graphs}') g
  cross join lateral ratchet_internal.members(g.value -> 'transitions') f
  cross join lateral ratchet_internal.items(f.value) t
$$;
comment on function ratchet_internal.document_transitions(jsonb) is
  'The transitions of a document in its full form, each with its graph and its path.';
