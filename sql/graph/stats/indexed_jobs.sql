-- The jobs that said of themselves what the facets (name:value) are, by facet and bucket; without
-- facets all that are in an index: those that only count themselves are in no list.

create function ratchet_internal.indexed_jobs(
  p_topic text, p_query jsonb, p_facets text[], p_app text, p_namespace text
) returns table (key text, granularity text, bucket text, segment text, facet text, ids text[])
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select s.key, s.granularity, b.bucket, b.segment, f.name || ':' || coalesce(f.value, ''),
    array_agg(distinct f.job_key order by f.job_key)
  from ratchet_internal.stats_scope(p_topic, p_query, p_app, p_namespace) s
  cross join lateral ratchet_internal.stats_buckets(p_query, s.granularity) b
  join ratchet_internal.graph_facts f
    on f.space = s.space and f.key = s.key and f.bucket = b.bucket
      and f.topic = any (ratchet_internal.fact_topics(s.space, p_topic))
  where f.measure = 'index' and (coalesce(cardinality(p_facets), 0) = 0
    or f.name || ':' || coalesce(f.value, '') = any (p_facets))
  group by 1, 2, 3, 4, 5
$$;
comment on function ratchet_internal.indexed_jobs(text, jsonb, text[], text, text) is
  'Ids of the jobs that said of themselves what the facets are, by facet and bucket.';
