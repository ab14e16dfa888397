-- Options that are of another kind than they should be, or have a literal that has no meaning.

create function ratchet_internal.problems_of_shape(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with option as materialized (
    select o.*, jsonb_typeof(o.value) as kind from ratchet_internal.document_options(p_normal) o),
  wanted (form, kinds, words) as (values
    ('object', 'object', 'an object'), ('list', 'array', 'a list'), ('map', 'object', 'an object'),
    ('named', 'object', 'an object'), ('listed', 'object', 'an object of lists'),
    ('text', 'string', 'text'), ('boolean', 'boolean', 'true or false'),
    ('codes', 'number string array', 'a number, text, or a list of these'))
  select o.path, o.activity, 'error',
    format('"%s" is %s and should be %s', o.option, ratchet_internal.kind_of(o.value), w.words),
    null
  from option o join wanted w on w.form = o.form
  where not o.kind = any (string_to_array(w.kinds, ' '))
  union all
  select o.path || i.step, coalesce(o.activity, case when o.part = 'activity' then i.step[1] end),
    'error', format('%s is %s and should be %s', coalesce(o.part, 'code'),
      ratchet_internal.kind_of(i.value), i.words), null
  from option o
  cross join lateral (
    select array[at::text], value, 'an object', 'object'
    from ratchet_internal.items(o.value) where o.form = 'list'
    union all
    select array[at::text], value, 'a number or text', 'number string'
    from ratchet_internal.items(o.value) where o.form = 'codes'
    union all
    select array[key], value, 'an object', 'object'
    from ratchet_internal.members(o.value) where o.form = 'named'
    union all
    select array[key], value, 'a list', 'array'
    from ratchet_internal.members(o.value) where o.form = 'listed'
    union all
    select array[m.key, l.at::text], l.value, 'an object', 'object'
    from ratchet_internal.members(o.value) m
    cross join lateral ratchet_internal.items(m.value) l where o.form = 'listed'
  ) i (step, value, words, kinds)
  where not jsonb_typeof(i.value) = any (string_to_array(i.kinds, ' '))
  union all
  select o.path, o.activity, 'error',
    format('unknown %s "%s"', o.option, left(o.value #>> '{}', 60)),
    coalesce('Did you mean "' || ratchet_internal.nearest_word(o.value #>> '{}', c.words) || '"? ',
      '') || format('Give one of: %s.', array_to_string(c.words, ', '))
  from option o cross join lateral (select string_to_array(o.choices, ' ')) c (words)
  where o.kind = 'string' and not (o.value #>> '{}') = any (c.words)
$$;
comment on function ratchet_internal.problems_of_shape(jsonb) is
  'Errors for options of the wrong kind, and for words that have no meaning.';
