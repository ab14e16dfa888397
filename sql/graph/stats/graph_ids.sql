-- The ids of the jobs of a topic that started in a time and said of themselves what the facets
-- (name:value) are, by facet and bucket; without facets all that are in an index.
-- Raises: WF101, WF104, WF107, WF206, WF207.

create function ratchet.graph_ids(
  p_topic text, p_query json, p_facets text[], p_app text, p_namespace text default 'hmsh'
) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with scope as materialized (
    select s.* from ratchet_internal.stats_scope(p_topic, p_query::jsonb, p_app, p_namespace) s),
  found as materialized (
    select i.* from ratchet_internal.indexed_jobs(p_topic, p_query::jsonb, p_facets, p_app,
      p_namespace) i),
  facet as (
    select facet, sum(cardinality(ids)) as n from found group by facet),
  segment as (
    select bucket, segment, json_agg(json_build_object('type', 'ids', 'target', facet,
      'time', segment, 'count', cardinality(ids), 'ids', ids) order by facet) as measures
    from found group by 1, 2)
  select json_build_object('key', s.key, 'facets', coalesce(p_facets, '{}'),
    'granularity', s.granularity, 'range', p_query -> 'range', 'start', p_query -> 'start',
    'counts', (select coalesce(json_agg(json_build_object('facet', facet, 'count', n)
      order by facet), '[]') from facet),
    'segments', (select coalesce(json_agg(json_build_object('time', segment, 'measures', measures)
      order by bucket), '[]') from segment))
  from scope s
$$;
comment on function ratchet.graph_ids(text, json, text[], text, text) is
  'Ids of jobs of a topic by what they said of themselves, and by bucket.';
