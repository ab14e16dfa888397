-- What each activity lacks for what it is.

create function ratchet_internal.problems_of_activities(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with activity as materialized (
    select a.*, row_number() over (partition by a.activity order by a.graph) as n
    from ratchet_internal.document_activities(p_normal) a),
  lineage as materialized (select * from ratchet_internal.document_lineage(p_normal))
  select a.path || p.step, a.activity, 'error', p.message, p.hint
  from activity a
  cross join lateral (
    select '{}'::text[] as step, format('the activity id "%s" is invalid', left(a.activity, 60))
        as message, 'Begin with a letter or "_"; go on with letters, digits, "_" and "-".' as hint
    where a.activity !~ '^[A-Za-z_][A-Za-z0-9_-]{0,127}$'
    union all
    select '{}', format('the activity id "%s" is used twice', a.activity),
      'Ids are unique across all graphs of an app.' where a.n > 1
    union all
    select '{}', 'the activity has no type', 'Give one of: trigger, worker, await, hook, signal, '
      || 'cycle, interrupt.' where jsonb_typeof(a.body) = 'object' and a.body -> 'type' is null
    union all
    select '{}', format('the %s has no topic', a.type), case a.type
      when 'worker' then 'Name the topic that its workers serve.'
      when 'await' then 'Name what the graph that is to run subscribes to.'
      else 'Name a topic of hooks.' end
    where a.type in ('worker', 'await', 'signal') and coalesce(a.body ->> 'topic', '') = ''
      and (a.type = 'signal' or coalesce(a.body ->> 'subtype', '') = '')
    union all
    select array['topic'], format('the topic is %s', ratchet_internal.kind_of(a.body -> 'topic')),
      'Give a topic as text, or an expression.'
    where a.body ? 'topic' and a.type in ('worker', 'await', 'signal', 'interrupt')
      and not (jsonb_typeof(a.body -> 'topic') = 'string'
        or jsonb_typeof(a.body -> 'topic') = 'object' and a.body -> 'topic' ? '@pipe')
    union all
    select '{}', 'the cycle has no ancestor', 'Name the activity to go back to.'
    where a.type = 'cycle' and a.body -> 'ancestor' is null
    union all
    select array['ancestor'], format('the ancestor "%s" does not exist', left(c.ancestor, 60)),
      'Did you mean "' || ratchet_internal.nearest_word(c.ancestor,
        array(select o.activity from activity o where o.graph = a.graph)) || '"?'
    from (select a.body ->> 'ancestor') c (ancestor)
    where a.type = 'cycle'
      and not exists (select from activity o where o.activity = c.ancestor and o.graph = a.graph)
    union all
    select array['ancestor'], format('the ancestor "%s" is not on the path from the trigger to '
      '"%s"', o.activity, a.activity), 'A cycle goes back to an activity that it comes from.'
    from activity o
    where a.type = 'cycle' and o.activity = a.body ->> 'ancestor' and o.graph = a.graph
      and not exists (select from lineage l
        where (l.graph, l.activity) = (a.graph, a.activity) and o.activity = any (l.ancestors))
    union all
    select array['ancestor'], format('the ancestor "%s" is the trigger', o.activity),
      'Put a hook after the trigger and go back to that.'
    from activity o
    where a.type = 'cycle' and o.activity = a.body ->> 'ancestor' and o.type = 'trigger'
  ) p
$$;
comment on function ratchet_internal.problems_of_activities(jsonb) is
  'What is wrong with each activity: its id, and what its type requires.';
