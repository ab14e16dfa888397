-- Namespace and application of a task, from the namespace of its job: a graph's job (the addresses
-- of its steps begin with a comma) has both in it, a function's is both.

create function ratchet_internal.escalation_space(
  p_namespace text, p_address text, out name text, out app text
)
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case when is_graph then split_part(p_namespace, ':', 1) else p_namespace end,
    case when is_graph then substr(p_namespace, strpos(p_namespace, ':') + 1)
      else p_namespace end
  from (select starts_with(p_address, ',') and strpos(p_namespace, ':') > 0 as is_graph) kind
$$;
comment on function ratchet_internal.escalation_space(text, text) is
  'Namespace and application of a task, from its job''s namespace and its step''s address.';
