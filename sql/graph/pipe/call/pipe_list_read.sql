-- Reading a list, or a text as a list of characters: array.get, length, indexOf, lastIndexOf, join,
-- slice, pop, shift.
-- Raises: WF107.

create function ratchet_internal.pipe_list_read(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_source jsonb := p_args[1];
  v_type text := jsonb_typeof(v_source);
  v_length int;
  v_from int;
begin
  if p_function = 'array.get' then
    return ratchet_internal.pipe_member(v_source,
      case when ratchet_internal.pipe_is_true(p_args[2])
        then ratchet_internal.pipe_text(p_args[2]) else '0' end);
  elsif p_function = 'array.length' then
    return ratchet_internal.pipe_member(v_source, 'length');
  elsif v_type = 'string' and p_function in ('array.indexOf', 'array.lastIndexOf') then
    return ratchet_internal.pipe_text_find(replace(p_function, 'array', 'string'), p_args);
  elsif v_type = 'string' and p_function = 'array.slice' then
    return ratchet_internal.pipe_text_cut('string.slice', p_args);
  elsif v_type is distinct from 'array' then
    return ratchet_internal.pipe_fail(p_function, 'the first argument is not a list');
  elsif p_function = 'array.join' then
    return to_jsonb(ratchet_internal.pipe_join(v_source,
      case when p_args[2] is null or p_args[2] = '{"$": "undefined"}' then ','
        else ratchet_internal.pipe_text(p_args[2]) end));
  end if;
  v_length := jsonb_array_length(v_source);
  case p_function
    when 'array.pop' then
      return nullif(v_source -> -1, '{"$": "undefined"}');
    when 'array.shift' then
      return nullif(v_source -> 0, '{"$": "undefined"}');
    when 'array.slice' then
      v_from := ratchet_internal.pipe_position(p_args[2], 0, v_length);
      return ratchet_internal.pipe_list((ratchet_internal.pipe_items(v_source))[v_from + 1 :
        ratchet_internal.pipe_position(p_args[3], v_length, v_length)]);
    when 'array.indexOf' then
      v_from := ratchet_internal.pipe_position(p_args[3], 0, v_length);
      return to_jsonb(coalesce((
        select min(at) - 1
        from jsonb_array_elements(v_source) with ordinality as i (value, at)
        where at > v_from and ratchet_internal.pipe_is_same(value, p_args[2])), -1));
    else
      v_from := greatest(least(ratchet_internal.pipe_integer(p_args[3], v_length), v_length),
        -v_length - 1);
      if v_from < 0 then v_from := v_length + v_from; end if;
      return to_jsonb(coalesce((
        select max(at) - 1
        from jsonb_array_elements(v_source) with ordinality as i (value, at)
        where at <= v_from + 1 and ratchet_internal.pipe_is_same(value, p_args[2])), -1));
  end case;
end $$;
comment on function ratchet_internal.pipe_list_read(text, jsonb[]) is
  'Reading a list, or a text as a list of characters.';
