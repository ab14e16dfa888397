-- A graph without what was named and left empty, which is null in YAML: transitions, hooks, their
-- lists, and the optional parts of activities with their maps.

create function ratchet_internal.graph_without_nulls(p_graph jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when jsonb_typeof(p_graph) = 'object' then coalesce((
    select jsonb_object_agg(g.key, case
      when g.key in ('transitions', 'hooks') and jsonb_typeof(g.value) = 'object' then coalesce((
        select jsonb_object_agg(m.key, m.value)
        from ratchet_internal.members(g.value) m where m.value <> 'null'), '{}')
      when g.key = 'activities' and jsonb_typeof(g.value) = 'object' then coalesce((
        select jsonb_object_agg(a.key, case when jsonb_typeof(a.value) = 'object' then coalesce((
          select jsonb_object_agg(o.key, case when o.key = any (part.names) and o.value
            -> 'maps' = 'null' then o.value - 'maps' else o.value end)
          from ratchet_internal.members(a.value) o
          where o.value <> 'null' or o.key <> all (part.names)), '{}') else a.value end)
        from ratchet_internal.members(g.value) a), '{}')
      else g.value end)
    from ratchet_internal.members(p_graph) g
    where g.value <> 'null' or g.key not in ('transitions', 'hooks')), '{}') else p_graph end
  from (select array['input', 'output', 'job', 'signal', 'resolver', 'telemetry', 'escalation',
    'stats', 'retry'] as names) part
$$;
comment on function ratchet_internal.graph_without_nulls(jsonb) is
  'A graph without the optional parts that are null.';
