-- Whether a value owns a key; lists and texts own their positions and length.

create function ratchet_internal.pipe_has(p_value jsonb, p_key text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case ratchet_internal.pipe_kind(p_value)
    when 'object' then p_value ? p_key
    when 'list' then p_key = 'length' or p_key ~ '^(0|[1-9][0-9]{0,8})$'
      and case when p_key ~ '^[0-9]{1,9}$' then p_key::int < jsonb_array_length(p_value) end
    when 'text' then ratchet_internal.pipe_member(p_value, p_key) is not null
    else false end;
end $$;
comment on function ratchet_internal.pipe_has(jsonb, text) is 'Whether a value owns a key.';
