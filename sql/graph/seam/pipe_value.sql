-- Private placement of the mapping language: literals and references only.

create function ratchet_internal.pipe_value(p_expression jsonb, p_data jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := p_expression #>> '{}';
begin
  if jsonb_typeof(p_expression) = 'string' and v_text like '{%}' then
    return p_data #> string_to_array(substr(v_text, 2, length(v_text) - 2), '.');
  end if;
  if jsonb_typeof(p_expression) = 'object' and p_expression ? '@pipe' then
    if p_expression #>> '{@pipe,1,0}' = '{@math.add}' then
      return to_jsonb((ratchet_internal.pipe_value(p_expression #> '{@pipe,0,0}', p_data))::numeric
        + (ratchet_internal.pipe_value(p_expression #> '{@pipe,0,1}', p_data))::numeric);
    elsif p_expression #>> '{@pipe,1,0}' = '{@conditional.gte}' then
      return to_jsonb((ratchet_internal.pipe_value(p_expression #> '{@pipe,0,0}', p_data))::numeric
        >= (ratchet_internal.pipe_value(p_expression #> '{@pipe,0,1}', p_data))::numeric);
    end if;
    perform ratchet_internal.raise_error('WF107', 'expression failed',
      jsonb_build_object('expression', p_expression, 'reason', 'not there yet'));
  end if;
  return p_expression;
end $$;
comment on function ratchet_internal.pipe_value(jsonb, jsonb) is 'Placement.';
