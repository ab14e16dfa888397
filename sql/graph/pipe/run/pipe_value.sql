-- Evaluates one single value over data; null is undefined. For something that is evaluated once:
-- what is evaluated often is compiled first (value_compile).
-- Raises: WF107, WF506.

create function ratchet_internal.pipe_value(p_expression jsonb, p_data jsonb) returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if ratchet_internal.pipe_braced(p_expression) is null
    and not (jsonb_typeof(p_expression) = 'object' and p_expression ? '@pipe') then
    return nullif(p_expression, '{"$": "undefined"}');
  end if;
  return ratchet_internal.map_run(ratchet_internal.value_compile(p_expression), p_data);
end $$;
comment on function ratchet_internal.pipe_value(jsonb, jsonb) is
  'Evaluates one single value over data; null is undefined.';
