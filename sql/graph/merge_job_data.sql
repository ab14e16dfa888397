-- Job data after the maps of an activity: each leaf replaces what was there. p_shape, the maps as
-- they were written, tells leaves from nested objects, and has the keys with brackets: list[25] is
-- so many slots of an object; keys that end with [-] or [_] are no job data (user_fields). A nested
-- object of which no leaf is defined writes nothing: null when there was nothing before.

create function ratchet_internal.merge_job_data(p_data jsonb, p_patch jsonb, p_shape jsonb)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_data jsonb := case when jsonb_typeof(p_data) = 'object' then p_data else '{}' end;
  v_is_written boolean := p_shape is null or p_shape = '{}';
  v_key text;
  v_value jsonb;
begin
  if p_shape is null then return v_data || p_patch; end if;
  for v_key, v_value in select key, value from jsonb_each(p_patch) loop
    if v_key ~ E'\\[[0-9]{1,9}\\]$' then
      continue when v_value = '{}' and p_shape -> v_key <> '{}'
        and jsonb_typeof(p_shape -> v_key) = 'object' and not p_shape -> v_key ?| '{@pipe,@reduce}';
      v_data := v_data || jsonb_build_object(substr(v_key, 1, strpos(v_key, '[') - 1),
        ratchet_internal.fill_slots(v_data -> substr(v_key, 1, strpos(v_key, '[') - 1), v_value,
          substring(v_key from E'\\[([0-9]+)\\]$')::int));
    elsif jsonb_typeof(p_shape -> v_key) = 'object' and not p_shape -> v_key ?| '{@pipe,@reduce}'
      and jsonb_typeof(v_value) = 'object' and v_key !~ E'\\[[-_]\\]$'
    then
      v_value := ratchet_internal.merge_job_data(v_data -> v_key, v_value, p_shape -> v_key);
      continue when v_value is null;
      v_data := v_data || jsonb_build_object(v_key, v_value);
    elsif v_key !~ E'\\[[-_]\\]$' then
      v_data := v_data || jsonb_build_object(v_key, v_value);
    else
      continue;
    end if;
    v_is_written := true;
  end loop;
  return case when v_is_written then v_data else p_data end;
end $$;
comment on function ratchet_internal.merge_job_data(jsonb, jsonb, jsonb) is
  'Job data after the maps of an activity.';
