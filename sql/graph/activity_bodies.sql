-- The activities of a version as they were written. The transitions of a graph are taken out of it
-- once, not once for each activity.

create function ratchet_internal.activity_bodies(p_app jsonb)
returns table (name text, body jsonb, transitions jsonb, expire jsonb)
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select activity.key, activity.value, part.transitions -> activity.key, part.expire
  from jsonb_array_elements(p_app -> 'graphs') graph
  cross join lateral (select graph.value -> 'transitions' as transitions,
    graph.value -> 'expire' as expire offset 0) part
  cross join lateral jsonb_each(graph.value -> 'activities') activity
$$;
comment on function ratchet_internal.activity_bodies(jsonb) is
  'The activities of a version as they were written, each with its transitions.';
