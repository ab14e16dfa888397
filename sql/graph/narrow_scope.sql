-- The scope of an ancestor, taken from that of an activity below it.

create function ratchet_internal.narrow_scope(p_scope jsonb, p_path_names text[]) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(p_scope)
  where key = any (p_path_names[:cardinality(p_path_names) - 1])
$$;
comment on function ratchet_internal.narrow_scope(jsonb, text[]) is
  'The scope of an ancestor, taken from that of an activity below it.';
