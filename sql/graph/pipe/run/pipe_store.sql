-- A value as it is stored: undefined members are dropped, undefined items and numbers that JSON
-- does not have are null, dates are ISO 8601 text, -0 is 0. SQL NULL stays undefined. What is
-- nested around a special value ends at a depth of 100.
-- Raises: WF506.

create function ratchet_internal.pipe_store(p_value jsonb, p_depth int default 0) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_typeof(p_value) not in ('object', 'array') then return p_value; end if;
  case ratchet_internal.pipe_kind(p_value)
    when 'undefined' then return null;
    when 'date' then return p_value -> 'value';
    when 'number' then
      return case when p_value ->> '$' = '-0' then '0'::jsonb else 'null' end;
    else
      if not p_value @? '$.**."$"' then return p_value; end if;
  end case;
  perform ratchet_internal.pipe_check_size('@pipe', p_depth, 100);
  if jsonb_typeof(p_value) = 'array' then
    return (
      select jsonb_agg(ratchet_internal.pipe_store(value, p_depth + 1) order by at)
      from jsonb_array_elements(p_value) with ordinality as i (value, at));
  end if;
  return (
    select coalesce(jsonb_object_agg(key, stored) filter (where stored is not null), '{}')
    from (
      select key, ratchet_internal.pipe_store(value, p_depth + 1) as stored
      from jsonb_each(p_value)) m);
end $$;
comment on function ratchet_internal.pipe_store(jsonb, int) is 'A value as it is stored.';
