-- Puts a value at a path of a document; missing objects on the way are made. Null where it cannot
-- be: the path leads through a value that is neither an object nor a list, or to an element of a
-- list far behind its end.

create function ratchet_internal.put_value(p_document jsonb, p_path text[], p_value jsonb)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_document jsonb := coalesce(p_document, '{}');
  v_holder jsonb;
begin
  for v_depth in 1 .. cardinality(p_path) loop
    v_holder := v_document #> p_path[1:v_depth - 1];
    if v_holder is null or v_holder = 'null' then
      v_document := jsonb_set(v_document, p_path[1:v_depth - 1], '{}');
    elsif jsonb_typeof(v_holder) = 'array' then
      if p_path[v_depth] !~ '^[0-9]{1,9}$'
        or p_path[v_depth]::int > jsonb_array_length(v_holder)
      then
        return null;
      end if;
    elsif jsonb_typeof(v_holder) <> 'object' then
      return null;
    end if;
  end loop;
  return jsonb_set(v_document, p_path, p_value);
end $$;
comment on function ratchet_internal.put_value(jsonb, text[], jsonb) is
  'Puts a value at a path of a document and makes missing objects on the way; null where the path'
  ' is blocked.';
