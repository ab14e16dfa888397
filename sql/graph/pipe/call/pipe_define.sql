-- A copy of an object with properties defined by descriptors. One that is not enumerable is
-- invisible to mapping and storage, so it is left out; a property that is there already stays as
-- visible as it was, unless the descriptor says otherwise.
-- Raises: WF107.

create function ratchet_internal.pipe_define(
  p_function text, p_target jsonb, p_descriptors jsonb
) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_target jsonb := p_target;
  v_key text;
  v_descriptor jsonb;
  v_value jsonb;
begin
  if ratchet_internal.pipe_kind(p_descriptors) in ('undefined', 'null') then
    return ratchet_internal.pipe_fail(p_function, 'the properties are not an object');
  end if;
  foreach v_key in array ratchet_internal.pipe_keys(p_descriptors) loop
    v_descriptor := ratchet_internal.pipe_member(p_descriptors, v_key);
    if ratchet_internal.pipe_kind(v_descriptor) not in ('object', 'list', 'date') then
      return ratchet_internal.pipe_fail(p_function, 'a property description is not an object');
    elsif ratchet_internal.pipe_kind(v_descriptor -> 'get') = 'object' then
      return ratchet_internal.pipe_fail(p_function, 'a getter is not a function');
    end if;
    v_value := case when v_descriptor ? 'value' then v_descriptor -> 'value'
      when ratchet_internal.pipe_has(p_target, v_key) then
        ratchet_internal.pipe_member(p_target, v_key) end;
    if ratchet_internal.pipe_is_true(case when v_descriptor ? 'enumerable'
      then v_descriptor -> 'enumerable'
      else to_jsonb(ratchet_internal.pipe_has(p_target, v_key)) end) then
      v_target := ratchet_internal.pipe_put(p_function, v_target, v_key, v_value);
    elsif jsonb_typeof(v_target) = 'object' then
      v_target := v_target - v_key;
    end if;
  end loop;
  return v_target;
end $$;
comment on function ratchet_internal.pipe_define(text, jsonb, jsonb) is
  'A copy of an object with properties defined by descriptors.';
