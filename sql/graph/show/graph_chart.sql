-- The graphs of a version as a Mermaid chart; with marks ({activity: {state, text}}) those of one
-- graph. Nodes are named by numbers, all that users wrote stands in quoted labels.

create function ratchet_internal.graph_chart(
  p_namespace text, p_app text, p_version text, p_marks jsonb default null
) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with activity as materialized (
    select a as node, a.graph, a.activity, a.position, a.type, a.topic, a.ancestor,
      min(a.position) over (partition by a.graph) as graph_at
    from ratchet.graph_activities a
    where a.namespace = p_namespace and a.app = p_app and a.version = p_version
      and (p_marks is null or p_marks ? a.graph)),
  line (graph_at, part, at, ordinal, text) as (
    select graph_at, 1, 0, 0, format('  subgraph g%s ["%s"]', graph_at, coalesce('topic '
      || ratchet_internal.mermaid_text(topic), 'any other topic'))
    from activity where type = 'trigger'
    union all
    select graph_at, 2, position, 0,
      '    ' || ratchet_internal.mermaid_node(node, p_marks -> activity ->> 'text')
    from activity
    union all
    select origin.graph_at, 3, origin.position, t.ordinal, format('    n%s -->%s n%s',
      origin.position, case when t.condition <> 'always'
        then '|"' || ratchet_internal.mermaid_text(t.condition) || '"|' else '' end,
      target.position)
    from ratchet.graph_transitions t
    join activity origin on origin.activity = t.from_activity
    join activity target on target.activity = t.to_activity
    where t.namespace = p_namespace and t.app = p_app and t.version = p_version
    union all
    select c.graph_at, 4, c.position, 0, format('    n%s -.->|"again"| n%s', c.position,
      target.position)
    from activity c join activity target on target.activity = c.ancestor
    union all
    select graph_at, 5, 0, 0, '  end' from activity where type = 'trigger'
    union all
    select null, 6, style.at, 0, format('  classDef %s %s', style.state, style.look)
    from (values (1, 'never', 'fill:#ffffff,stroke:#999999,color:#666666,stroke-dasharray:4'),
      (2, 'open', 'fill:#fff3c4,stroke:#b58900,color:#333333'),
      (3, 'done', 'fill:#d9f2dd,stroke:#2e7d32,color:#333333'),
      (4, 'failed', 'fill:#f8d0d0,stroke:#b71c1c,color:#333333'),
      (5, 'skipped', 'fill:#eeeeee,stroke:#777777,color:#333333'),
      (6, 'stopped', 'fill:#e3dcef,stroke:#5e4b8b,color:#333333')) as style (at, state, look)
    where p_marks is not null
    union all
    select null, 7, min(position), 0, format('  class %s %s',
      string_agg('n' || position, ',' order by position), p_marks -> activity ->> 'state')
    from activity where p_marks is not null group by p_marks -> activity ->> 'state')
  select 'flowchart TD' || coalesce(string_agg(E'\n' || text, ''
    order by graph_at nulls last, part, at, ordinal), '')
  from line
$$;
comment on function ratchet_internal.graph_chart(text, text, text, jsonb) is
  'The graphs of a version, or the one that a job runs in, as a Mermaid chart.';
