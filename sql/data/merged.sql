-- A document with another merged into it, two levels deep: objects under the same name are merged
-- name by name, anything deeper or else is replaced.

create function ratchet_internal.merged(p_document jsonb, p_other jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select p_document || coalesce(jsonb_object_agg(key, case
    when jsonb_typeof(p_document -> key) = 'object' and jsonb_typeof(value) = 'object'
    then (p_document -> key) || value else value end), '{}')
  from jsonb_each(p_other)
$$;
comment on function ratchet_internal.merged(jsonb, jsonb) is
  'A document with another merged into it, two levels deep.';
