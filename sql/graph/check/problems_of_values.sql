-- Literals that have no meaning where a number, a truth value or a reference is expected.

create function ratchet_internal.problems_of_values(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with option as materialized (
    select o.*, jsonb_typeof(o.value) as kind,
      o.value #>> '{}' ~ '^{.*}$' or jsonb_typeof(o.value) = 'object' and o.value ? '@pipe'
        as is_expression
    from ratchet_internal.document_options(p_normal) o)
  select o.path, o.activity, 'error',
    format('the target of a measure is %s', ratchet_internal.kind_of(o.value)),
    'Give a reference: ''{$self.input.data.name}''.'
  from option o
  where o.owner = 'measure' and o.option = 'target' and not coalesce(
    o.kind = 'string' and o.value #>> '{}' ~ '^{[^@{}][^{}]*}$', false)
  union all
  select o.path || i.at::text, o.activity, 'error', format('the measure has no %s', w.word), null
  from option o cross join lateral ratchet_internal.items(o.value) i
  cross join (values ('measure'), ('target')) w (word)
  where o.owner = 'stats' and o.option = 'measures' and jsonb_typeof(i.value) = 'object'
    and not i.value ? w.word
  union all
  select o.path, o.activity, 'error', format('%s is %s and should be a number or an expression',
    o.option, ratchet_internal.kind_of(o.value)), case when o.option in ('sleep', 'expire')
    then 'Give seconds.' end
  from option o
  where o.owner in ('activity', 'graph') and o.option in ('sleep', 'expire', 'statusThreshold')
    and o.kind not in ('number', 'null') and not coalesce(o.is_expression, false)
    and (o.option <> 'sleep' or o.kind <> 'string')
  union all
  select o.path, o.activity, 'warning',
    format('sleep is %s, with which the hook does not wait', ratchet_internal.kind_of(o.value)),
    'Give seconds as a number.'
  from option o
  where o.owner = 'activity' and o.option = 'sleep' and not coalesce(o.is_expression, false)
    and o.kind in ('string', 'number', 'null')
    and ratchet_internal.number_of(json_build_object('v', o.value), 'v', null) is null
  union all
  select o.path, o.activity, 'error', format('%s is %s and should be true, false or an expression',
    o.option, ratchet_internal.kind_of(o.value)), null
  from option o
  where o.owner = 'activity' and o.option in ('emit', 'persist', 'await', 'throw', 'scrub')
    and o.kind not in ('boolean', 'null') and not coalesce(o.is_expression, false)
  union all
  select o.path || m.key, o.activity, 'error', format('the retries of code %s are %s', m.key,
    ratchet_internal.kind_of(m.value)), 'Give a list with the number of retries: ''500'': [3].'
  from option o cross join lateral ratchet_internal.members(o.value) m
  where o.owner = 'activity' and o.option = 'retry' and o.type = 'worker'
    and not (m.key ~ '^[0-9]{1,9}$' and jsonb_typeof(m.value) = 'array'
      and coalesce(m.value ->> 0, '') ~ '^[0-9]{1,4}$')
  union all
  select o.path, o.activity, 'error', 'retry is ' || ratchet_internal.kind_of(o.value),
    'Give a map of codes: ''500'': [3].'
  from option o where o.owner = 'activity' and o.option = 'retry' and o.type = 'worker'
    and o.kind <> 'object'
  union all
  select o.path || k.key, o.activity, 'error',
    format('%s has more slots than 10000, or none', k.key), 'Write name[25] for 25 slots.'
  from option o cross join lateral ratchet_internal.members(o.value) k
  where o.form = 'map' and o.path[6] = 'job' and k.key ~ E'\\[[0-9]+\\]$'
    and substring(k.key from E'\\[([0-9]+)\\]$')::numeric not between 1 and 10000
$$;
comment on function ratchet_internal.problems_of_values(jsonb) is
  'Errors for literals that have no meaning where they stand.';
