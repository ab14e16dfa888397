-- The items of a list as text with p_separator between them; null and undefined are empty.
-- Lists in lists end at a depth of 100.
-- Raises: WF506.

create function ratchet_internal.pipe_join(
  p_list jsonb, p_separator text, p_depth int default 0
) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.pipe_check_size('array.join', p_depth, 100),
    ratchet_internal.pipe_check_size('array.join',
      jsonb_array_length(p_list)::float8 * length(p_separator));
  return coalesce((
    select string_agg(
      case jsonb_typeof(value) when 'string' then value #>> '{}' when 'null' then ''
        else case when value = '{"$": "undefined"}' then ''
          else ratchet_internal.pipe_text(value, p_depth + 1) end end, p_separator order by at)
    from jsonb_array_elements(p_list) with ordinality as i (value, at)), '');
end $$;
comment on function ratchet_internal.pipe_join(jsonb, text, int) is
  'The items of a list as one text.';
