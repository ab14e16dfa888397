-- The topics under which jobs of a graph said what they are: its own; of the default graph (an
-- empty topic) all that no graph of the active version subscribes to.

create function ratchet_internal.fact_topics(p_space text, p_topic text) returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case when p_topic <> '' then array[p_topic] else array(
    select distinct f.topic from ratchet_internal.graph_facts f
    where f.space = p_space and not exists (
      select from ratchet_internal.graph_apps a
      join ratchet_internal.graphs g on g.version_id = a.version_id
      where a.space = p_space and g.topic = f.topic)) end
$$;
comment on function ratchet_internal.fact_topics(text, text) is
  'The topics under which jobs of a graph said what they are.';
