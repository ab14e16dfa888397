-- The attributes of spans that a telemetry map makes: scalars, under their public names.

create function ratchet_internal.telemetry_values(p_values jsonb) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_object_agg('app.activity.data.' || key, value) from jsonb_each(p_values)
  where jsonb_typeof(value) in ('boolean', 'string', 'number')
$$;
comment on function ratchet_internal.telemetry_values(jsonb) is
  'The attributes of spans that a telemetry map makes; null when there are none.';
