-- What a job says about itself for statistics, evaluated: nothing unless it has a key. Raises WF107
-- for a measure without a value, and for a key that is longer than an index of Postgres takes.

create function ratchet_internal.trigger_facts(
  p_job ratchet.jobs, p_trigger ratchet_internal.graph_activities, p_options jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_minutes int := case p_options ->> 'granularity' when '10m' then 10 when '15m' then 15
    when '30m' then 30 when '1h' then 60 else 5 end;
  v_missing text;
begin
  if coalesce(p_options ->> 'key', '') = '' then return null; end if;
  perform ratchet_internal.check_expression(octet_length(p_job.namespace)
    + octet_length(p_job.workflow) + octet_length(p_options ->> 'key') <= 2600, 'stats.key',
    'the app, the topic and the key have more than 2600 bytes');
  select min(m ->> 'name') into v_missing
  from jsonb_array_elements(p_trigger.constants -> 'measures') with ordinality as each (m, at)
  where p_options -> ('measure' || at) is null;
  perform ratchet_internal.check_expression(v_missing is null, 'stats.measures',
    'the payload has no ' || v_missing);
  return jsonb_build_object('key', p_options ->> 'key', 'bucket',
    case when p_options ->> 'granularity' = 'infinity' then '0'
      else to_char(date_bin(make_interval(mins => v_minutes), p_job.created_at at time zone 'UTC',
        timestamp '2000-01-01'), 'YYYYMMDDHH24MI') end,
    'measures', coalesce((
      select jsonb_agg(m || jsonb_build_object('value', p_options -> ('measure' || at)))
      from jsonb_array_elements(p_trigger.constants -> 'measures') with ordinality
        as each (m, at)), '[]'));
end $$;
comment on function ratchet_internal.trigger_facts(
  ratchet.jobs, ratchet_internal.graph_activities, jsonb) is
  'What a job says about itself for statistics; null unless it has a key.';
