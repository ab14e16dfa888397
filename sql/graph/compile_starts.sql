-- Keeps with each graph of a version the activities that its start needs, in the order in which its
-- trigger names them (ahead). Comes last: nothing changes an activity afterwards.
-- Writes: graphs.

create function ratchet_internal.compile_starts(p_version bigint) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update ratchet_internal.graphs g set activities = array(
    select a from unnest(trigger.ahead) with ordinality as each (key, at)
    join ratchet_internal.graph_activities a
      on a.version_id = p_version and a.position = (each.key & 4294967295)::int
    order by each.at)
  from ratchet_internal.graph_activities trigger
  where g.version_id = p_version and trigger.version_id = p_version
    and trigger.position = g.position
$$;
comment on function ratchet_internal.compile_starts(bigint) is
  'Keeps with each graph of a version the activities that its start needs.';
