-- Texts made from a text: string.toLowerCase, toUpperCase, trim, trimStart, trimEnd, padStart,
-- padEnd, replace, repeat.
-- Raises: WF107, WF506.

create function ratchet_internal.pipe_text_change(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text;
  v_count float8;
  v_fill text;
begin
  if jsonb_typeof(p_args[1]) is distinct from 'string' then
    return ratchet_internal.pipe_fail(p_function, 'the first argument is not text');
  end if;
  v_text := p_args[1] #>> '{}';
  case p_function
    when 'string.trim' then
      return to_jsonb(ratchet_internal.pipe_trim(v_text, 'both'));
    when 'string.trimStart' then
      return to_jsonb(ratchet_internal.pipe_trim(v_text, 'start'));
    when 'string.trimEnd' then
      return to_jsonb(ratchet_internal.pipe_trim(v_text, 'end'));
    when 'string.toLowerCase' then
      return to_jsonb(ratchet_internal.pipe_change_case(v_text, false));
    when 'string.toUpperCase' then
      return to_jsonb(ratchet_internal.pipe_change_case(v_text, true));
    when 'string.replace' then
      return to_jsonb(ratchet_internal.pipe_replace(v_text,
        ratchet_internal.pipe_text(p_args[2]), ratchet_internal.pipe_text(p_args[3])));
    when 'string.repeat' then
      v_count := ratchet_internal.pipe_integer(p_args[2], 0);
      if v_count < 0 or v_count = 'Infinity' then
        return ratchet_internal.pipe_fail(p_function, 'the count is negative or infinite');
      elsif v_text = '' then
        return '""';
      end if;
      perform ratchet_internal.pipe_check_size(p_function,
        ratchet_internal.pipe_product(octet_length(v_text), v_count));
      return to_jsonb(repeat(v_text, v_count::int));
    else
      v_count := ratchet_internal.pipe_integer(p_args[2], 0) - length(v_text);
      v_fill := case when p_args[3] is null or p_args[3] = '{"$": "undefined"}' then ' '
        else ratchet_internal.pipe_text(p_args[3]) end;
      if v_count <= 0 or v_fill = '' then return to_jsonb(v_text); end if;
      perform ratchet_internal.pipe_check_size(p_function, v_count);
      v_fill := rpad(v_fill, v_count::int, v_fill);
      return to_jsonb(case p_function when 'string.padStart' then v_fill || v_text
        else v_text || v_fill end);
  end case;
end $$;
comment on function ratchet_internal.pipe_text_change(text, jsonb[]) is
  'Texts made from a text: case, trim, pad, replace, repeat.';
