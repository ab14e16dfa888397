-- A copy of an object or list with one property set. A list may grow, up to a million items; its
-- other properties, and those of scalars, do not exist as values and are dropped.
-- Raises: WF107, WF506.

create function ratchet_internal.pipe_put(
  p_function text, p_target jsonb, p_key text, p_value jsonb
) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := ratchet_internal.pipe_kind(p_target);
  v_value jsonb := coalesce(p_value, '{"$": "undefined"}');
  v_missing int;
  v_length float8;
begin
  if v_kind = 'object' then
    return p_target || jsonb_build_object(p_key, v_value);
  end if;
  if v_kind = 'list' and p_key = 'length' then
    v_length := ratchet_internal.pipe_number(p_value);
    if v_length not between 0 and 4294967295 or v_length <> trunc(v_length) then
      return ratchet_internal.pipe_fail(p_function, 'the length is not a whole number');
    end if;
    perform ratchet_internal.pipe_check_size(p_function, v_length, 1000000);
    return ratchet_internal.pipe_list((ratchet_internal.pipe_items(p_target)
      || array_fill(null::jsonb, array[greatest(v_length - jsonb_array_length(p_target), 0)::int])
      )[1:v_length::int]);
  end if;
  if v_kind <> 'list' or p_key !~ '^(0|[1-9][0-9]{0,9})$' or p_key::bigint >= 4294967295 then
    return p_target;
  end if;
  perform ratchet_internal.pipe_check_size(p_function, p_key::float8, 1000000);
  v_missing := p_key::int - jsonb_array_length(p_target);
  if v_missing < 0 then return jsonb_set(p_target, array[p_key], v_value); end if;
  return p_target || ratchet_internal.pipe_list(array_fill(null::jsonb, array[v_missing]))
    || jsonb_build_array(v_value);
end $$;
comment on function ratchet_internal.pipe_put(text, jsonb, text, jsonb) is
  'A copy of an object or list with one property set.';
