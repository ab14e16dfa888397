-- Reading an object, or the positions of a list or text: object.get, keys, values, entries,
-- getOwnPropertyNames, getOwnPropertySymbols, getOwnPropertyDescriptor.

create function ratchet_internal.pipe_object_read(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_source jsonb := p_args[1];
  v_key text;
  v_keys text[];
begin
  if p_function in ('object.get', 'object.getOwnPropertyDescriptor') then
    v_key := ratchet_internal.pipe_text(p_args[2]);
    if p_function = 'object.get' then
      return ratchet_internal.pipe_member(v_source, v_key);
    elsif not ratchet_internal.pipe_has(v_source, v_key) then
      return null;
    end if;
    return jsonb_build_object(
      'value', coalesce(ratchet_internal.pipe_member(v_source, v_key), '{"$": "undefined"}'),
      'writable', ratchet_internal.pipe_kind(v_source) <> 'text',
      'enumerable', v_key <> 'length' or ratchet_internal.pipe_kind(v_source) = 'object',
      'configurable', ratchet_internal.pipe_kind(v_source) = 'object'
        or ratchet_internal.pipe_kind(v_source) = 'list' and v_key <> 'length');
  end if;
  v_keys := ratchet_internal.pipe_keys(v_source);
  return case p_function
    when 'object.keys' then to_jsonb(v_keys)
    when 'object.getOwnPropertySymbols' then '[]'
    when 'object.getOwnPropertyNames' then to_jsonb(v_keys
      || case when ratchet_internal.pipe_kind(v_source) in ('list', 'text') then '{length}'::text[]
        else '{}' end)
    else (
      select coalesce(jsonb_agg(case p_function when 'object.values' then value
        else jsonb_build_array(key, value) end order by at), '[]')
      from (
        select key, at, coalesce(case jsonb_typeof(v_source) when 'object' then v_source -> key
          when 'array' then v_source -> (at::int - 1)
          else to_jsonb(substr(v_source #>> '{}', at::int, 1)) end, '{"$": "undefined"}') as value
        from unnest(v_keys) with ordinality as k (key, at)) e) end;
end $$;
comment on function ratchet_internal.pipe_object_read(text, jsonb[]) is
  'Reading an object: get, keys, values, entries and its properties.';
