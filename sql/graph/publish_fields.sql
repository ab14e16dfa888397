-- User data and markers that a caller gives a new job: of search each name, with an underscore put
-- before it; of marker the names that begin with a hyphen.

create function ratchet_internal.publish_fields(p_options jsonb) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_object_agg(field.name, field.value), '{}')
  from (
    select '_' || key as name, value from jsonb_each_text(
      case jsonb_typeof(p_options -> 'search') when 'object' then p_options -> 'search'
        else '{}' end)
    union all
    select key, value from jsonb_each_text(
      case jsonb_typeof(p_options -> 'marker') when 'object' then p_options -> 'marker'
        else '{}' end)
    where key like '-%') field
$$;
comment on function ratchet_internal.publish_fields(jsonb) is
  'User data and markers that a caller gives a new job.';
