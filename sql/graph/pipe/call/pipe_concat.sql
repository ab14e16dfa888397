-- string.concat: all operands as one text, null and undefined as empty text.

create function ratchet_internal.pipe_concat(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := '';
  v_arg jsonb;
begin
  foreach v_arg in array p_args loop
    if jsonb_typeof(v_arg) = 'string' then
      v_text := v_text || (v_arg #>> '{}');
    elsif v_arg <> 'null' and v_arg <> '{"$": "undefined"}' then
      v_text := v_text || ratchet_internal.pipe_text(v_arg);
    end if;
  end loop;
  return to_jsonb(v_text);
end $$;
comment on function ratchet_internal.pipe_concat(text, jsonb[]) is
  'All operands as one text; null and undefined are empty.';
