-- JSON text as a value. Only here can text be malformed in ways that cannot be asked about before.
-- Raises: WF107.

create function ratchet_internal.pipe_parse_json(p_text text) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if ratchet_internal.pipe_trim(p_text, 'both') ~ E'^-0(\\.0*)?([eE][-+]?[0-9]+)?$' then
    return '{"$": "-0"}';
  end if;
  return p_text::jsonb;
exception
  when invalid_text_representation or untranslatable_character or numeric_value_out_of_range
    or statement_too_complex or program_limit_exceeded then
    return ratchet_internal.pipe_fail('json.parse', 'the text is not JSON that can be stored');
end $$;
comment on function ratchet_internal.pipe_parse_json(text) is
  'JSON text as a value.';
