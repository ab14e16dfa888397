-- Parts of a text: string.charAt, slice, substring, split. slice takes lists, too.
-- Raises: WF107.

create function ratchet_internal.pipe_text_cut(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text;
  v_separator text;
  v_length int;
  v_from int;
  v_to int;
begin
  if p_function = 'string.slice' and jsonb_typeof(p_args[1]) = 'array' then
    return ratchet_internal.pipe_list_read('array.slice', p_args);
  elsif jsonb_typeof(p_args[1]) is distinct from 'string' then
    return ratchet_internal.pipe_fail(p_function, 'the first argument is not text');
  end if;
  v_text := p_args[1] #>> '{}';
  v_length := length(v_text);
  case p_function
    when 'string.charAt' then
      v_from := greatest(least(ratchet_internal.pipe_integer(p_args[2], 0), v_length), -1);
      return to_jsonb(case when v_from < 0 then '' else substr(v_text, v_from + 1, 1) end);
    when 'string.slice' then
      v_from := ratchet_internal.pipe_position(p_args[2], 0, v_length);
      v_to := ratchet_internal.pipe_position(p_args[3], v_length, v_length);
      return to_jsonb(substr(v_text, v_from + 1, greatest(v_to - v_from, 0)));
    when 'string.substring' then
      v_from := greatest(least(ratchet_internal.pipe_integer(p_args[2], 0), v_length), 0);
      v_to := greatest(least(ratchet_internal.pipe_integer(p_args[3], v_length), v_length), 0);
      return to_jsonb(substr(v_text, least(v_from, v_to) + 1, abs(v_to - v_from)));
    else
      if p_args[2] is null or p_args[2] = '{"$": "undefined"}' then
        return jsonb_build_array(v_text);
      end if;
      perform ratchet_internal.pipe_check_size(p_function, v_length, 4194304);
      v_separator := ratchet_internal.pipe_text(p_args[2]);
      return to_jsonb(case when v_text = '' and v_separator <> '' then array['']
        else string_to_array(v_text, nullif(v_separator, '')) end);
  end case;
end $$;
comment on function ratchet_internal.pipe_text_cut(text, jsonb[]) is
  'Parts of a text: charAt, slice, substring, split.';
