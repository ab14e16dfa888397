-- Compiles the options and maps of the activities of a version. Writes: graph_activities.

create function ratchet_internal.compile_options(p_version bigint, p_space text, p_app jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update ratchet_internal.graph_activities a
  set constants = given.constants,
    options = ratchet_internal.compile_maps(given.expressions),
    input_maps = ratchet_internal.compile_maps(body -> 'input' -> 'maps'),
    output_maps = ratchet_internal.compile_maps(body -> 'output' -> 'maps'),
    signal_maps = ratchet_internal.compile_maps(body -> 'signal' -> 'maps'),
    telemetry = ratchet_internal.compile_maps(body -> 'telemetry'),
    announce = (select ratchet_internal.compile_maps(jsonb_object_agg(key, value))
      from jsonb_each(body) where key in ('emit', 'persist') and value <> 'false'),
    job_maps = (select jsonb_object_agg(m.code, ratchet_internal.compile_maps(m.maps))
      from ratchet_internal.job_maps_of(body) m),
    job_shapes = (select jsonb_object_agg(m.code, m.maps)
      from ratchet_internal.job_maps_of(body) m
      where m.maps::text ~ E'\\[([0-9]+|[-_])\\]": ' or exists (
        select from jsonb_each(m.maps) leaf where jsonb_typeof(leaf.value) = 'object'
          and not leaf.value ?| '{@pipe,@reduce}')),
    retry = body -> 'retry',
    ancestor = (select n.position from ratchet_internal.graph_names n
      where n.space = p_space and n.name = body ->> 'ancestor')
  from ratchet_internal.activity_bodies(p_app) each
  cross join lateral ratchet_internal.split_options(
    ratchet_internal.options_of(each.body)) given
  where a.version_id = p_version and a.name = each.name
$$;
comment on function ratchet_internal.compile_options(bigint, text, jsonb) is
  'Compiles the options and maps of the activities of a version.';
