-- Every option that a document in its full form has, with what the grammar knows of it: a form of
-- null means that the grammar does not know it there.

create function ratchet_internal.document_options(p_normal jsonb)
returns table (path text[], owner text, option text, value jsonb, graph int, activity text,
  type text, form text, part text, types text, choices text)
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  with recursive grammar as materialized (select * from ratchet_internal.graph_grammar()),
  node as (
    select '{}'::text[] as path, 'document' as owner, p_normal as value, null::int as graph,
      null::text as activity, null::text as type
    union all
    select inner_path, option.part, inner_value,
      case when option.part = 'graph' then inner_path[3]::int else option.graph end,
      case option.part when 'activity' then inner_path[5] when 'transition' then inner_path[5]
        when 'rule' then inner_value ->> 'to' else option.activity end,
      case when option.part = 'activity' then inner_value ->> 'type' else option.type end
    from (
      select n.*, n.path || m.key as option_path, m.value as option_value, g.form, g.part
      from node n
      cross join lateral ratchet_internal.members(n.value) m
      join grammar g on g.owner = n.owner and g.part is not null
        and g.option = case when m.key ~ '^[0-9]+$' then '#' else m.key end) option
    cross join lateral (
      select option_path, option_value where form = 'object'
      union all
      select option_path || i.at::text, i.value from ratchet_internal.items(option_value) i
      where form = 'list'
      union all
      select option_path || m.key, m.value from ratchet_internal.members(option_value) m
      where form = 'named'
      union all
      select option_path || m.key || i.at::text, i.value
      from ratchet_internal.members(option_value) m
      cross join lateral ratchet_internal.items(m.value) i where form = 'listed'
    ) inside (inner_path, inner_value))
  select n.path || m.key, n.owner, m.key, m.value, n.graph, n.activity, n.type, g.form, g.part,
    g.types, g.choices
  from node n
  cross join lateral ratchet_internal.members(n.value) m
  left join grammar g on g.owner = n.owner
    and g.option = case when m.key ~ '^[0-9]+$' then '#' else m.key end
$$;
comment on function ratchet_internal.document_options(jsonb) is
  'The options that a document in its full form has, each with its entry in the grammar.';
