-- Options that mean nothing where they stand: a typing error, mostly. Names that begin with x- are
-- left to their authors.

create function ratchet_internal.problems_of_names(p_normal jsonb)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select o.path, o.activity, 'warning',
    case when o.form is null then format('unknown option "%s"', o.option)
      when o.form = 'idle' then format('option "%s" has no effect', o.option)
      else format('option "%s" has no effect on an activity of type %s', o.option, o.type) end,
    case when o.option = '$ref' then 'References are resolved in files: deploy a path.'
      when o.option = 'retry' and o.type = 'await' then 'A job that fails answers who awaits it at'
        || ' once: give retry to the workers in its graph, or go back with a cycle.'
      when o.form is null then coalesce(
      'Did you mean "' || ratchet_internal.nearest_word(o.option, known.options) || '"?',
      format('Known here: %s.', array_to_string(known.options, ', '))) end
  from ratchet_internal.document_options(p_normal) o
  cross join lateral (
    select array_agg(g.option order by g.option) as options
    from ratchet_internal.graph_grammar() g
    where g.owner = o.owner and g.form <> 'idle' and g.option <> '#'
      and (g.types is null or o.type is null or o.type = any (string_to_array(g.types, ' '))))
    known
  where o.option !~ '^x-'
    and (o.form is null or o.form = 'idle'
      or not o.type = any (string_to_array(o.types, ' ')))
$$;
comment on function ratchet_internal.problems_of_names(jsonb) is
  'Warnings for options that are unknown, or mean nothing where they stand.';
