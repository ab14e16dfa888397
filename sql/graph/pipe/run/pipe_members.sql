-- An object of the keys in the first argument and the values in the others; undefined ones are left
-- out.

create function ratchet_internal.pipe_members(p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce((
    select jsonb_object_agg(key, value) filter (where value is not null)
    from rows from (jsonb_array_elements_text(p_args[1]), unnest(p_args[2:])) as m (key, value)),
    '{}');
end $$;
comment on function ratchet_internal.pipe_members(jsonb[]) is
  'An object of keys and values; undefined ones are left out.';
