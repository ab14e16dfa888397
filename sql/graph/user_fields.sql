-- What the maps of an activity store beside the job data: of the objects under keys that end with
-- [-] or [_], the members whose names begin with that sign. Null when there are none.

create function ratchet_internal.user_fields(p_patch jsonb) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_object_agg(field.key, field.value)
  from jsonb_each(p_patch) part
  cross join lateral jsonb_each(
    case jsonb_typeof(part.value) when 'object' then part.value else '{}' end) field
  where part.key ~ E'\\[[-_]\\]$' and left(field.key, 1) = left(right(part.key, 2), 1)
$$;
comment on function ratchet_internal.user_fields(jsonb) is
  'Markers (-) and user data (_) among the job maps of an activity.';
