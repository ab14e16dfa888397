-- A value as it is stored: undefined members are dropped, undefined items and numbers that JSON
-- does not have are null, dates are ISO 8601 text, -0 is 0. SQL NULL stays undefined.

create function ratchet_internal.pipe_store(p_value jsonb) returns jsonb
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
  if jsonb_typeof(p_value) = 'array' then
    return (
      select jsonb_agg(ratchet_internal.pipe_store(value) order by at)
      from jsonb_array_elements(p_value) with ordinality as i (value, at));
  end if;
  return (
    select coalesce(jsonb_object_agg(key, stored) filter (where stored is not null), '{}')
    from (select key, ratchet_internal.pipe_store(value) as stored from jsonb_each(p_value)) m);
end $$;
comment on function ratchet_internal.pipe_store(jsonb) is 'A value as it is stored.';
