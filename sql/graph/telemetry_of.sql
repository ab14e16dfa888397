-- The attributes of spans that the telemetry map of an activity makes. What the map throws changes
-- nothing: then there are none. The block costs next to nothing, for nothing is written.

create function ratchet_internal.telemetry_of(p_maps jsonb, p_view jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_maps is null then return null; end if;
  return ratchet_internal.telemetry_values(ratchet_internal.run_maps(p_maps, p_view));
exception when sqlstate 'WF107' or sqlstate 'WF506' or data_exception
  or program_limit_exceeded
then
  return null;
end $$;
comment on function ratchet_internal.telemetry_of(jsonb, jsonb) is
  'The attributes of spans that a telemetry map makes; null when it fails.';
