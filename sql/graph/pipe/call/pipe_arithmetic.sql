-- math.add, subtract, multiply, divide over all operands, lists flattened one level. A text operand
-- turns the sum so far into text, as + does.
-- Raises: WF107.

create function ratchet_internal.pipe_arithmetic(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_args jsonb[] := p_args;
  v_number float8 := 0;
  v_text text;
  v_arg jsonb;
begin
  foreach v_arg in array p_args loop
    continue when jsonb_typeof(v_arg) is distinct from 'array';
    v_args := array(
      select nullif(i.value, '{"$": "undefined"}')
      from unnest(p_args) with ordinality as a (value, at)
      cross join lateral jsonb_array_elements(case jsonb_typeof(a.value) when 'array' then a.value
        else jsonb_build_array(coalesce(a.value, '{"$": "undefined"}')) end)
        with ordinality as i (value, place)
      order by a.at, i.place);
    exit;
  end loop;
  if p_function = 'math.add' then
    foreach v_arg in array v_args loop
      if jsonb_typeof(v_arg) = 'number' and v_text is null then
        v_number := ratchet_internal.pipe_sum(v_number, ratchet_internal.pipe_number(v_arg));
      elsif v_text is not null
        or ratchet_internal.pipe_kind(v_arg) in ('text', 'list', 'object', 'date') then
        v_text := coalesce(v_text, ratchet_internal.pipe_number_text(v_number))
          || ratchet_internal.pipe_text(v_arg);
      else
        v_number := ratchet_internal.pipe_sum(v_number, ratchet_internal.pipe_number(v_arg));
      end if;
    end loop;
    return coalesce(to_jsonb(v_text), ratchet_internal.pipe_from_number(v_number));
  end if;
  if cardinality(v_args) = 0 then
    return ratchet_internal.pipe_fail(p_function, 'there are no operands');
  elsif cardinality(v_args) = 1 and p_function <> 'math.multiply' then
    return v_args[1];
  end if;
  v_number := ratchet_internal.pipe_number(v_args[1]);
  for i in 2..cardinality(v_args) loop
    v_number := case p_function
      when 'math.subtract' then
        ratchet_internal.pipe_sum(v_number, -ratchet_internal.pipe_number(v_args[i]))
      when 'math.multiply' then
        ratchet_internal.pipe_product(v_number, ratchet_internal.pipe_number(v_args[i]))
      else ratchet_internal.pipe_quotient(v_number, ratchet_internal.pipe_number(v_args[i])) end;
  end loop;
  return ratchet_internal.pipe_from_number(v_number);
end $$;
comment on function ratchet_internal.pipe_arithmetic(text, jsonb[]) is
  'add, subtract, multiply and divide over all operands.';
