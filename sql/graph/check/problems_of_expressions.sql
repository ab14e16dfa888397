-- What is wrong with the expressions themselves, and with what they refer to.

create function ratchet_internal.problems_of_expressions(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with expression as materialized (select * from ratchet_internal.document_expressions(p_normal)),
  activity as materialized (select * from ratchet_internal.document_activities(p_normal)),
  lineage as materialized (select * from ratchet_internal.document_lineage(p_normal)),
  reference as materialized (
    select e.graph, e.activity, e.owner, e.option, e.path || r.path as path, r.reference as parts,
      r.reference[1] as first, format('{%s}', array_to_string(r.reference, '.')) as shown
    from expression e cross join lateral ratchet_internal.pipe_references(e.value) r)
  select e.path || p.path, e.activity, 'error', p.message, null
  from expression e cross join lateral ratchet_internal.pipe_problems(e.value, '{}') p
  union all
  select r.path, r.activity, p.severity, p.message, p.hint
  from reference r
  left join activity a on a.activity = r.first and a.graph = r.graph
  left join (select activity from activity group by activity) other on other.activity = r.first
  left join lineage l on l.graph = r.graph and l.activity = r.activity
  cross join lateral (
    select 'error', format('reference %s to an unknown activity', left(r.shown, 100)),
      'Did you mean "' || ratchet_internal.nearest_word(r.first,
        array(select o.activity from activity o where o.graph = r.graph)
          || array['$self', '$job']) || '"?'
    where a.activity is null and r.first not in ('$self', '$job', '$hook', '$app', '$graph')
      and other.activity is null
    union all
    select 'error', format('reference %s to an activity of another graph', left(r.shown, 100)),
      'Pass the value on with input.maps.' where a.activity is null and other.activity is not null
    union all
    select 'warning', format('reference %s to an activity that does not come before "%s"',
      left(r.shown, 100), r.activity), 'It is always undefined; go through job data.'
    where a.activity <> r.activity and r.first = any (l.ancestors) is not true
      and not (r.owner = 'sides' and r.option = 'actual')
    union all
    select 'warning', format('reference %s is always undefined', left(r.shown, 100)), case
      when a.activity is not null then 'Read output, input or hook of an activity.'
      when r.owner = 'sides' and r.option = 'actual' then 'Only {$self.hook.data}, the signal, is'
        || ' there.' end
    where r.first in ('$app', '$graph')
      or r.first = '$hook' and not (r.owner = 'sides' and r.option = 'actual')
      or r.owner = 'sides' and r.option = 'actual' and r.first <> '$hook'
        and not r.parts[:2] = array['$self', 'hook']
      or a.activity is not null
        and coalesce(r.parts[2], 'output') not in ('output', 'input', 'hook')
  ) p (severity, message, hint)
$$;
comment on function ratchet_internal.problems_of_expressions(jsonb) is
  'What is wrong with the expressions of a document, and with what they refer to.';
