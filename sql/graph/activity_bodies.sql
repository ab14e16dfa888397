-- The activities of a version as they were written.

create function ratchet_internal.activity_bodies(p_app jsonb)
returns table (name text, body jsonb, graph jsonb)
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select activity.key, activity.value, graph.value
  from jsonb_array_elements(p_app -> 'graphs') graph
  cross join lateral jsonb_each(graph.value -> 'activities') activity
$$;
comment on function ratchet_internal.activity_bodies(jsonb) is
  'The activities of a version as they were written, each with its graph.';
