-- Job data after the maps of an activity: each leaf replaces what was there. p_shape, the maps as
-- they were written, tells leaves from nested objects, and has the keys with brackets: list[25] is
-- so many slots of an object; keys that end with [-] or [_] are no job data (user_fields).

create function ratchet_internal.merge_job_data(p_data jsonb, p_patch jsonb, p_shape jsonb)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_data jsonb := case when jsonb_typeof(p_data) = 'object' then p_data else '{}' end;
  v_key text;
  v_value jsonb;
begin
  if p_shape is null then return v_data || p_patch; end if;
  for v_key, v_value in select key, value from jsonb_each(p_patch) loop
    if v_key ~ '\[[0-9]{1,9}\]$' then
      v_data := v_data || jsonb_build_object(substr(v_key, 1, strpos(v_key, '[') - 1),
        ratchet_internal.fill_slots(v_data -> substr(v_key, 1, strpos(v_key, '[') - 1), v_value,
          substring(v_key from '\[([0-9]+)\]$')::int));
    elsif jsonb_typeof(p_shape -> v_key) = 'object' and not p_shape -> v_key ?| '{@pipe,@reduce}'
      and jsonb_typeof(v_value) = 'object' and v_key !~ '\[[-_]\]$'
    then
      v_data := v_data || jsonb_build_object(v_key, ratchet_internal.merge_job_data(
        v_data -> v_key, v_value, p_shape -> v_key));
    elsif v_key !~ '\[[-_]\]$' then
      v_data := v_data || jsonb_build_object(v_key, v_value);
    end if;
  end loop;
  return v_data;
end $$;
comment on function ratchet_internal.merge_job_data(jsonb, jsonb, jsonb) is
  'Job data after the maps of an activity.';
