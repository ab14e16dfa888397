-- A value as JSON text; null for undefined. p_line is what begins each new line: a line break and
-- the indentation so far. The size is watched as the text grows, since indentation multiplies it.
-- Raises: WF506.

create function ratchet_internal.pipe_write_json(
  p_value jsonb, p_keys text[], p_indent text, p_line text, p_depth int default 0
) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := ratchet_internal.pipe_kind(p_value);
  v_line text := p_line || p_indent;
  v_parts text[] := '{}';
  v_size float8 := 0;
  v_part text;
  v_key text;
  v_item jsonb;
begin
  if p_depth > 100 then
    perform ratchet_internal.pipe_check_size('json.stringify', p_depth, 100);
  end if;
  if v_kind = 'list' then
    for v_item in select value from jsonb_array_elements(p_value) as i (value) loop
      v_part := coalesce(
        ratchet_internal.pipe_write_json(v_item, p_keys, p_indent, v_line, p_depth + 1),
        'null');
      v_parts := v_parts || v_part;
      v_size := v_size + length(v_part) + length(v_line);
      exit when v_size > 16777216;
    end loop;
  elsif v_kind = 'object' then
    foreach v_key in array coalesce(p_keys, ratchet_internal.pipe_keys(p_value)) loop
      v_part := ratchet_internal.pipe_write_json(
        p_value -> v_key, p_keys, p_indent, v_line, p_depth + 1);
      continue when v_part is null;
      v_part := to_jsonb(v_key) || case when p_indent = '' then ':' else ': ' end || v_part;
      v_parts := v_parts || v_part;
      v_size := v_size + length(v_part) + length(v_line);
      exit when v_size > 16777216;
    end loop;
  elsif v_kind = 'number' then
    v_part := ratchet_internal.pipe_number_text(ratchet_internal.pipe_number(p_value));
    return case when v_part in ('NaN', 'Infinity', '-Infinity') then 'null' else v_part end;
  elsif v_kind = 'date' then
    return coalesce(p_value -> 'value', 'null')::text;
  else
    return case when v_kind <> 'undefined' then p_value::text end;
  end if;
  perform ratchet_internal.pipe_check_size('json.stringify', v_size);
  v_part := case when p_indent = '' or v_parts = '{}' then '' else v_line end;
  v_line := case when v_part = '' then '' else p_line end;
  v_part := v_part || array_to_string(v_parts, ',' || v_part) || v_line;
  return case v_kind when 'list' then '[' || v_part || ']' else '{' || v_part || '}' end;
end $$;
comment on function ratchet_internal.pipe_write_json(jsonb, text[], text, text, int) is
  'A value as JSON text, perhaps indented; null for undefined.';
