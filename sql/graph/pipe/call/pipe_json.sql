-- json.stringify and json.parse. Keys are written as jsonb keeps them, with those that are numbers
-- first; with a list of keys as replacer, only these, in its order.
-- Raises: WF107, WF506.

create function ratchet_internal.pipe_json(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[];
  v_indent text := '';
begin
  if p_function = 'json.parse' then
    return ratchet_internal.pipe_parse_json(ratchet_internal.pipe_text(p_args[1]));
  end if;
  if jsonb_typeof(p_args[2]) = 'array' then
    v_keys := array(
      select ratchet_internal.pipe_text(value)
      from jsonb_array_elements(p_args[2]) with ordinality as k (value, at)
      where ratchet_internal.pipe_kind(value) in ('text', 'number')
      group by 1 order by min(at));
  end if;
  case ratchet_internal.pipe_kind(p_args[3])
    when 'text' then v_indent := left(p_args[3] #>> '{}', 10);
    when 'number' then
      v_indent := repeat(' ',
        greatest(least(ratchet_internal.pipe_integer(p_args[3], 0), 10), 0)::int);
    else null;
  end case;
  return to_jsonb(ratchet_internal.pipe_write_json(p_args[1], v_keys, v_indent, E'\n'));
end $$;
comment on function ratchet_internal.pipe_json(text, jsonb[]) is
  'Values as JSON text, and back.';
