-- A graph is a tree: one activity leads to each but the trigger, and none leads back. Two ways
-- from one activity to the same one are alternatives, if each has conditions.

create function ratchet_internal.problems_of_transitions(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with activity as materialized (select * from ratchet_internal.document_activities(p_normal)),
  transition as materialized (
    select t.*, first_value(t.source) over (partition by t.graph, t.target order by t.path) as only,
      row_number() over (partition by t.graph, t.target order by t.path) as n,
      bool_and(t.body ? 'conditions') over (partition by t.graph, t.target) as are_conditional
    from ratchet_internal.document_transitions(p_normal) t),
  known as materialized (select graph, array_agg(activity) as names from activity group by graph),
  lineage as materialized (select * from ratchet_internal.document_lineage(p_normal))
  select distinct on (t.path[3], t.source) t.path[:5], t.source, 'error',
    format('transitions from the unknown activity "%s"', left(t.source, 60)),
    'Did you mean "' || ratchet_internal.nearest_word(t.source, known.names) || '"?'
  from transition t left join known on known.graph = t.graph
  where not exists (select from activity a where (a.graph, a.activity) = (t.graph, t.source))
  union all
  select t.path, t.source, 'error', 'the transition leads nowhere', 'Give the next activity in to.'
  from transition t where t.target is null and jsonb_typeof(t.body) = 'object'
  union all
  select t.path || array['to'], t.source, 'error', p.message, p.hint
  from transition t
  left join activity a on a.graph = t.graph and a.activity = t.target
  left join lineage l on l.graph = t.graph and l.activity = t.source
  left join known on known.graph = t.graph
  cross join lateral (
    select format('transition to the unknown activity "%s"', left(t.target, 60)),
      'Did you mean "' || ratchet_internal.nearest_word(t.target, known.names) || '"?'
    where t.target is not null and a.activity is null
    union all
    select format('"%s" has more than one incoming transition', t.target),
      'A graph is a tree: give each way an activity of its own, or decide in one place.'
    where a.type <> 'trigger'
      and (t.source <> t.only or t.n > 1 and not t.are_conditional)
    union all
    select format('circular transition: "%s" leads back to itself', t.target),
      'Write loops with an activity of type cycle.'
    where a.type = 'trigger' or t.target = any (l.ancestors) or t.source = t.target
  ) p (message, hint)
  union all
  select a.path, a.activity, 'error', format('"%s" is never reached', a.activity),
    'Lead a transition to it, or remove it.'
  from activity a
  where a.type is distinct from 'trigger' and not exists (
    select from transition t where t.graph = a.graph and t.target = a.activity)
  union all
  select distinct on (t.path[3], t.source) t.path[:5], t.source, 'warning',
    format('nothing follows an activity of type %s', a.type),
    case a.type when 'cycle' then 'It goes back to its ancestor.'
      else 'It ends its own job, since it names no target.' end
  from transition t join activity a on a.graph = t.graph and a.activity = t.source
  where a.type = 'cycle' or a.type = 'interrupt' and a.body -> 'target' is null
$$;
comment on function ratchet_internal.problems_of_transitions(jsonb) is
  'What is wrong with the transitions: where they lead, and that they make a tree.';
