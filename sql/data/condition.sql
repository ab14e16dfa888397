-- The text of one condition on a top-level field of an entity. Text, because an index on an
-- expression serves only statements in which the expression stands as it does in the index: the
-- field must be a literal. Values of another kind than the one compared with never match.
-- Raises: WF104.

create function ratchet_internal.condition(p_field text, p_operator text, p_value jsonb)
returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := jsonb_typeof(p_value);
begin
  if p_operator = '$eq' then
    return format('(context -> %1$L) @> %2$L::jsonb and (context -> %1$L) = %2$L::jsonb',
      p_field, p_value);
  elsif p_operator = '$ne' then
    return format('(context -> %L) <> %L::jsonb', p_field, p_value);
  elsif p_operator in ('$gt', '$gte', '$lt', '$lte') and v_kind in ('number', 'string') then
    return format('(context -> %1$L) %2$s %3$L::jsonb and jsonb_typeof(context -> %1$L) = %4$L',
      p_field, case p_operator when '$gt' then '>' when '$gte' then '>=' when '$lt' then '<'
        else '<=' end, p_value, v_kind);
  elsif p_operator = '$in' and v_kind = 'array' then
    return format('(context -> %L) = any (array(select jsonb_array_elements(%L::jsonb)))',
      p_field, p_value);
  elsif p_operator = '$like' and v_kind = 'string' then
    return format('(context ->> %L) like %L', p_field, p_value #>> '{}');
  end if;
  perform ratchet_internal.raise_error('WF104', 'invalid condition', jsonb_build_object(
    'field', left(p_field, 100), 'operator', left(p_operator, 100), 'kind', v_kind),
    'Operators are $eq, $ne, $gt, $gte, $lt, $lte (number or text), $in (a list), $like (text).');
end $$;
comment on function ratchet_internal.condition(text, text, jsonb) is
  'The text of one condition on a top-level field of an entity.';
