-- The topic of the graph whose hook a signal topic resumes: empty for the default graph; null when
-- no rule has it.

create function ratchet_internal.hooked_topic(p_version bigint, p_topic text) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(g.topic, '')
  from ratchet_internal.graph_hooks h
  join ratchet_internal.graph_activities a
    on a.version_id = h.version_id and a.position = h.position
  join ratchet_internal.graphs g on g.version_id = a.version_id and g.position = a.path[1]
  where h.version_id = p_version and h.topic = p_topic
$$;
comment on function ratchet_internal.hooked_topic(bigint, text) is
  'Topic of the graph whose hook a signal topic resumes.';
