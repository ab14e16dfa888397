-- A list in order: numbers by size, texts as a dictionary would have them (a, b, C), null before
-- everything, undefined after everything in either direction. A list with other values is sorted by
-- what they are as numbers.

create function ratchet_internal.pipe_sort(p_list jsonb, p_is_ascending boolean) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_items jsonb[] := ratchet_internal.pipe_items(p_list);
  v_texts text[];
  v_places int[];
  v_numbers float8[];
begin
  if not exists (
    select from unnest(v_items) as i (value) where jsonb_typeof(value) not in ('string', 'null'))
  then
    v_texts := array(
      select case jsonb_typeof(value) when 'string' then value #>> '{}' end
      from unnest(v_items) with ordinality as i (value, at) order by at);
    v_places := ratchet_internal.pipe_collate(v_texts);
    v_numbers := array(
      select case when value = 'null' then '-Infinity'::float8 else place end
      from unnest(v_items, v_places) with ordinality as i (value, place, at) order by at);
  else
    v_numbers := array(
      select case when value = 'null' then '-Infinity'
        else ratchet_internal.pipe_number(value) end
      from unnest(v_items) with ordinality as i (value, at) order by at);
  end if;
  return coalesce((
    select jsonb_agg(coalesce(value, '{"$": "undefined"}') order by value is null,
      case when p_is_ascending then number else -number end, at)
    from unnest(v_items, v_numbers) with ordinality as i (value, number, at)), '[]');
end $$;
comment on function ratchet_internal.pipe_sort(jsonb, boolean) is
  'A list in order: numbers by size, texts as in a dictionary.';
