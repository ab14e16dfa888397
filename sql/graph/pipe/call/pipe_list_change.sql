-- Lists made from a list: array.concat, push, unshift, reverse, sort, splice. The list itself stays
-- as it is: push gives the longer list, unshift the new length, splice what it took out.
-- Raises: WF107.

create function ratchet_internal.pipe_list_change(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_source jsonb := p_args[1];
  v_length int;
  v_from int;
  v_count float8;
begin
  if p_function = 'array.concat' and jsonb_typeof(v_source) = 'string' then
    return to_jsonb(v_source #>> '{}' || ratchet_internal.pipe_text(p_args[2]));
  elsif jsonb_typeof(v_source) is distinct from 'array' then
    return ratchet_internal.pipe_fail(p_function, 'the first argument is not a list');
  end if;
  case p_function
    when 'array.concat' then
      return v_source || case when jsonb_typeof(p_args[2]) = 'array' then p_args[2]
        else jsonb_build_array(coalesce(p_args[2], '{"$": "undefined"}')) end;
    when 'array.push' then
      return v_source || ratchet_internal.pipe_list(p_args[2:]);
    when 'array.unshift' then
      return to_jsonb(jsonb_array_length(v_source) + cardinality(p_args[2:]));
    when 'array.reverse' then
      return coalesce((
        select jsonb_agg(value order by at desc)
        from jsonb_array_elements(v_source) with ordinality as i (value, at)), '[]');
    when 'array.sort' then
      return ratchet_internal.pipe_sort(v_source,
        case when p_args[2] is null or p_args[2] = '{"$": "undefined"}' then true
          else p_args[2] = '"ASCENDING"' end);
    else
      v_length := jsonb_array_length(v_source);
      v_from := ratchet_internal.pipe_position(p_args[2], 0, v_length);
      v_count := case when cardinality(p_args) = 2 then v_length
        when cardinality(p_args) < 2 then 0
        else ratchet_internal.pipe_integer(p_args[3], 0) end;
      return ratchet_internal.pipe_list((ratchet_internal.pipe_items(v_source))[v_from + 1 :
        least(v_from + greatest(v_count, 0), v_length)::int]);
  end case;
end $$;
comment on function ratchet_internal.pipe_list_change(text, jsonb[]) is
  'Lists made from a list: concat, push, unshift, reverse, sort, splice.';
