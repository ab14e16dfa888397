-- string.includes, indexOf and lastIndexOf when they are given a list. includes finds NaN and
-- undefined; the others do not find NaN.

create function ratchet_internal.pipe_list_find(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_item jsonb;
begin
  if p_function <> 'string.includes' then
    return ratchet_internal.pipe_list_read(replace(p_function, 'string', 'array'), p_args);
  end if;
  foreach v_item in array (ratchet_internal.pipe_items(p_args[1]))[
    ratchet_internal.pipe_position(p_args[3], 0, jsonb_array_length(p_args[1])) + 1 :]
  loop
    if ratchet_internal.pipe_is_same(v_item, p_args[2])
      or v_item = '{"$": "NaN"}' and p_args[2] = '{"$": "NaN"}' then return 'true'; end if;
  end loop;
  return 'false';
end $$;
comment on function ratchet_internal.pipe_list_find(text, jsonb[]) is
  'includes, indexOf and lastIndexOf of a list.';
