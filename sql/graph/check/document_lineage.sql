-- Who comes before whom: each activity with every activity on its way from the trigger. One that
-- is an ancestor of its own stands in a circle.

create function ratchet_internal.document_lineage(p_normal jsonb)
returns table (graph int, activity text, ancestor text)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  with recursive step as materialized (
    select distinct t.graph, t.source, t.target
    from ratchet_internal.document_transitions(p_normal) t where t.target is not null),
  lineage as (
    select s.graph, s.target, s.source from step s
    union
    select l.graph, s.target, l.source
    from lineage l join step s on s.graph = l.graph and s.source = l.target)
  select * from lineage
$$;
comment on function ratchet_internal.document_lineage(jsonb) is
  'Each activity with each of its ancestors.';
