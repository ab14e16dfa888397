-- What is wrong with the rules by which signals find the activities that wait.

create function ratchet_internal.problems_of_hooks(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with rule as materialized (
    select g.at as graph, array['app', 'graphs', g.at::text, 'hooks', h.key, r.at::text] as path,
      h.key as topic, r.value as body, r.value ->> 'to' as target,
      row_number() over (partition by h.key order by g.at, r.at) as n
    from ratchet_internal.items(p_normal #> '{app,graphs}') g
    cross join lateral ratchet_internal.members(g.value -> 'hooks') h
    cross join lateral ratchet_internal.items(h.value) r
    where jsonb_typeof(r.value) = 'object'),
  topic as materialized (
    select path, topic, first_value(topic) over (partition by graph, target order by topic) as other
    from rule where n = 1 and target is not null),
  activity as materialized (select * from ratchet_internal.document_activities(p_normal))
  select r.path || p.step, r.target, p.severity, p.message, p.hint
  from rule r left join activity a on a.graph = r.graph and a.activity = r.target
  cross join lateral (
    select '{}'::text[], 'error', 'the hook rule leads nowhere', 'Give the waiting activity in to.'
    where r.target is null
    union all
    select array['to'], 'error', format('hook rule to the unknown activity "%s"',
      left(r.target, 60)), 'Did you mean "' || ratchet_internal.nearest_word(r.target,
        array(select o.activity from activity o where o.graph = r.graph)) || '"?'
    where r.target is not null and a.activity is null
    union all
    select array['to'], 'error', format('hook rule to "%s", which is of type %s', r.target, a.type),
      'Only activities of type hook wait for signals.'
    where a.type not in ('hook', 'activity')
    union all
    select '{}', 'error', 'the hook rule has no match',
      'Give conditions.match with expected (the key to wait under) and actual (its place in the '
        || 'signal).'
    where coalesce(r.body #> '{conditions,match}', '[]') in ('[]', 'null')
    union all
    select array['conditions', 'match', '0'], 'error', format('the match has no %s', w.side),
      'expected is the key to wait under, actual its place in the signal.'
    from (values ('expected'), ('actual')) w (side)
    where jsonb_typeof(r.body #> '{conditions,match,0}') = 'object'
      and r.body #> array['conditions', 'match', '0', w.side] is null
    union all
    select array['conditions', 'match', '1'], 'warning',
      'only the first match of a hook rule counts', null
    where r.body #> '{conditions,match,1}' is not null
    union all
    select '{}', 'warning', format('only the first rule of the topic "%s" counts', r.topic), null
    where r.n > 1
    union all
    select array['to'], 'warning', format('the topic "%s" leads to "%s", which waits under "%s"',
      left(t.topic, 60), left(r.target, 60), left(t.other, 60)),
      'A hook waits under one topic: signal that one, or give each topic a hook of its own.'
    from topic t where t.path = r.path and t.topic <> t.other
    union all
    select '{}', 'error', format('"%s" is no topic', left(r.topic, 60)),
      'Use 1 to 512 characters without control characters.'
    where not ratchet_internal.is_name(r.topic)
  ) p (step, severity, message, hint)
$$;
comment on function ratchet_internal.problems_of_hooks(jsonb) is
  'What is wrong with the hook rules: their activities and their matches.';
