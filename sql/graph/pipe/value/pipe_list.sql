-- An array of values as a list; SQL NULL becomes the tagged undefined.

create function ratchet_internal.pipe_list(p_items jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(coalesce(value, '{"$": "undefined"}') order by at), '[]')
    from unnest(p_items) with ordinality as i (value, at));
end $$;
comment on function ratchet_internal.pipe_list(jsonb[]) is 'An array of values as a list.';
