-- What each graph lacks: its topics, its activities, its one trigger.

create function ratchet_internal.problems_of_graphs(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with graph as materialized (
    select g.at, array['app', 'graphs', g.at::text] as path, g.value as body,
      coalesce(g.value -> 'subscribes', 'null') as subscribes,
      row_number() over (partition by coalesce(g.value -> 'subscribes', 'null') order by g.at) as n,
      (select array_agg(a.activity) from ratchet_internal.document_activities(p_normal) a
        where a.graph = g.at and a.type = 'trigger') as triggers
    from ratchet_internal.items(p_normal #> '{app,graphs}') g
    where jsonb_typeof(g.value) = 'object')
  select g.path || p.step, case when p.step[1] = 'activities' then p.step[2] end, 'error',
    p.message, p.hint
  from graph g
  cross join lateral (
    select array['subscribes'] as step,
      format('two graphs subscribe to "%s"', g.subscribes #>> '{}') as message,
      'Each topic starts one graph.' as hint where g.n > 1 and g.subscribes <> 'null'
    union all
    select '{}', 'two graphs have no subscribes', 'At most one graph of an app, the one'
      || ' that receives every topic without a graph of its own, may leave it out.'
    where g.n > 1 and g.subscribes = 'null'
    union all
    select array[t.option], format('%s "%s" is no topic', t.option, left(t.topic #>> '{}', 60)),
      'Use 1 to 512 characters without control characters, the first of them no "." or "$".'
    from (values ('subscribes', g.subscribes), ('publishes', g.body -> 'publishes'))
      as t (option, topic)
    where jsonb_typeof(t.topic) = 'string' and (not ratchet_internal.is_name(t.topic #>> '{}')
      or t.topic #>> '{}' ~ '^[.$]')
    union all
    select '{}', 'the graph has no activities', 'Give it a trigger at least.'
    where coalesce(g.body -> 'activities', '{}') = '{}'
    union all
    select array['activities'], 'the graph has no trigger',
      'Exactly one of its activities must have type: trigger.'
    where g.triggers is null and g.body -> 'activities' <> '{}'
    union all
    select array['activities', t.id, 'type'], format('the graph has %s triggers: %s',
      cardinality(g.triggers), array_to_string(g.triggers, ', ')),
      'Exactly one of its activities must have type: trigger.'
    from unnest(g.triggers[2:]) t (id)
  ) p (step, message, hint)
$$;
comment on function ratchet_internal.problems_of_graphs(jsonb) is
  'What is wrong with each graph as a whole: its topics and its trigger.';
