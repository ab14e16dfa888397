-- How many jobs of a topic started in a time, and how many said what of themselves (count facets),
-- in all and by bucket. p_query: data, two of start, end and range, sparse (true: no segments).
-- Raises: WF101, WF104, WF107, WF206, WF207.

create function ratchet.graph_stats(
  p_topic text, p_query json, p_app text, p_namespace text default 'hmsh'
) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with scope as materialized (
    select s.* from ratchet_internal.stats_scope(p_topic, p_query::jsonb, p_app, p_namespace) s),
  bucket as materialized (
    select b.* from scope s, ratchet_internal.stats_buckets(p_query::jsonb, s.granularity) b),
  fact as materialized (
    select b.bucket, f.measure, f.name || ':' || coalesce(f.value, '') as target, count(*) as n
    from scope s cross join bucket b
    join ratchet_internal.graph_facts f
      on f.space = s.space and f.topic = p_topic and f.key = s.key and f.bucket = b.bucket
    where f.measure in ('job', 'count') group by 1, 2, 3),
  total as (
    select target, sum(n) as n from fact where measure = 'count' group by target),
  segment as (
    select b.bucket, b.segment, coalesce(sum(f.n) filter (where f.measure = 'job'), 0) as n,
      coalesce(json_agg(json_build_object('target', f.target, 'type', 'count', 'value', f.n)
        order by f.target) filter (where f.measure = 'count'), '[]') as measures
    from bucket b left join fact f on f.bucket = b.bucket group by 1, 2)
  select json_build_object('key', s.key, 'granularity', s.granularity, 'range', p_query -> 'range',
    'end', p_query -> 'end',
    'count', (select coalesce(sum(n), 0) from fact where measure = 'job'),
    'measures', (select coalesce(json_agg(json_build_object('target', target, 'type', 'count',
      'value', n) order by target), '[]') from total),
    'segments', case when p_query ->> 'sparse' is distinct from 'true' then (
      select json_agg(json_build_object('time', segment, 'count', n, 'measures', measures)
        order by bucket) from segment) end)
  from scope s
$$;
comment on function ratchet.graph_stats(text, json, text, text) is
  'How many jobs of a topic started in a time, in all, by what they said of themselves, by bucket.';
