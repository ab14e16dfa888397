-- What is wrong with activities that send signals.

create function ratchet_internal.problems_of_signals(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select s.path || p.step, s.activity, p.severity, p.message, p.hint
  from (
    select a.path, a.activity, a.body, a.body ->> 'topic' as topic,
      coalesce(a.body ->> 'subtype', 'one') as subtype, a.body ->> 'status' as status,
      a.body ->> 'code' as code
    from ratchet_internal.document_activities(p_normal) a where a.type = 'signal') s
  cross join lateral (
    select array['subtype'], 'error', format('unknown subtype "%s"', left(s.subtype, 60)),
      'Give one or all.' where s.subtype not in ('one', 'all')
    union all
    select array['topic'], 'error', 'a signal to all needs a topic that is known at deploy',
      'Give the topic as text.'
    where s.subtype = 'all' and (jsonb_typeof(s.body -> 'topic') <> 'string' or s.topic ~ '^{.*}$')
    union all
    select '{}'::text[], 'error', format('a signal to all has no %s', o.option),
      'Name the index by key_name and key_value.'
    from (values ('key_name'), ('key_value')) o (option)
    where s.subtype = 'all' and s.body -> o.option is null
    union all
    select array['status'], 'error', format('unknown status "%s"', left(s.status, 60)),
      'Give success or pending.'
    where jsonb_typeof(s.body -> 'status') <> 'object' and s.status !~ '^{.*}$'
      and s.status not in ('success', 'pending')
    union all
    select array['code'], 'error', format('unknown code "%s"', left(s.code, 60)),
      'Give 200, which ends the wait, or 202, which keeps it.'
    where jsonb_typeof(s.body -> 'code') <> 'object' and s.code !~ '^{.*}$'
      and s.code not in ('200', '202')
    union all
    select array['code'], 'error', format('status %s does not go with code %s',
      coalesce(s.status, 'success'), coalesce(s.code, '200')),
      'success goes with 200 and ends the wait; pending goes with 202 and keeps it.'
    where (s.status = 'success' and s.code = '202') or (s.status = 'pending' and s.code = '200')
    union all
    select array['topic'], 'warning', format('no hook waits for the topic "%s" in this document',
      left(s.topic, 60)), 'Hook rules of the same version name the topics that can be signalled.'
    where jsonb_typeof(s.body -> 'topic') = 'string' and s.topic !~ '^{.*}$' and s.topic <> ''
      and not exists (select from ratchet_internal.items(p_normal #> '{app,graphs}') g
        where g.value -> 'hooks' ? s.topic)
  ) p (step, severity, message, hint)
$$;
comment on function ratchet_internal.problems_of_signals(jsonb) is
  'What is wrong with activities of type signal.';
