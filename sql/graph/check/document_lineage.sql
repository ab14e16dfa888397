-- Who comes before whom: each activity that another one leads to, or that leads to one, with those
-- on its way from the trigger. One that is an ancestor of its own stands in a circle. Down a tree
-- each activity is met once; where a document is none, all ways to each are followed. Nothing is
-- known of how many rows there are: nested loops would join each activity with all others.

create function ratchet_internal.document_lineage(p_normal jsonb)
returns table (graph int, activity text, ancestors text[])
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
set enable_nestloop = off
as $$
  with recursive step as materialized (
    select s.*, count(*) over (partition by s.graph, s.target) as ways
    from (select distinct t.graph, t.source, t.target
      from ratchet_internal.document_transitions(p_normal) t where t.target is not null) s),
  tree as materialized (
    select s.graph, jsonb_object_agg(s.source, s.targets) as targets
    from (select graph, source, jsonb_agg(target) as targets, max(ways) as ways
      from step group by graph, source) s
    group by s.graph having max(s.ways) = 1),
  walk (graph, activity, ancestors) as (
    select distinct s.graph, s.source, '{}'::text[] from step s join tree using (graph)
    where not exists (select from step o where (o.graph, o.target) = (s.graph, s.source))
    union all
    select walk.graph, next.target, walk.ancestors || walk.activity
    from walk join tree using (graph)
    cross join lateral jsonb_array_elements_text(tree.targets -> walk.activity) next (target)),
  tangle as materialized (
    select * from step s where not exists (
      select from walk where (walk.graph, walk.activity) = (s.graph, s.target))),
  knot (graph, activity, ancestor) as (
    select graph, target, source from tangle
    union
    select knot.graph, knot.activity, tangle.source
    from knot join tangle on tangle.graph = knot.graph and tangle.target = knot.ancestor)
  select walk.graph, walk.activity, walk.ancestors from walk
  union all
  select knot.graph, knot.activity, array_agg(knot.ancestor) from knot group by 1, 2
$$;
comment on function ratchet_internal.document_lineage(jsonb) is
  'Each activity with all of its ancestors.';
