-- The items of a list as an array; undefined ones are SQL NULL.

create function ratchet_internal.pipe_items(p_list jsonb) returns jsonb[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return array(
    select nullif(value, '{"$": "undefined"}')
    from jsonb_array_elements(p_list) with ordinality as i (value, at) order by at);
end $$;
comment on function ratchet_internal.pipe_items(jsonb) is 'The items of a list as an array.';
