-- A copy of an object or list with the properties of another value: keys of an object, positions of
-- a list or text.
-- Raises: WF506.

create function ratchet_internal.pipe_assign(p_target jsonb, p_source jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_target jsonb := p_target;
  v_entry jsonb;
begin
  if ratchet_internal.pipe_kind(p_target) = 'object'
    and ratchet_internal.pipe_kind(p_source) = 'object' then return p_target || p_source; end if;
  for v_entry in
    select value from jsonb_array_elements(
      ratchet_internal.pipe_object_read('object.entries', array[p_source])) as e (value)
  loop
    v_target := ratchet_internal.pipe_put('object.assign', v_target, v_entry ->> 0, v_entry -> 1);
  end loop;
  return v_target;
end $$;
comment on function ratchet_internal.pipe_assign(jsonb, jsonb) is
  'A copy of an object or list with the properties of another value.';
