-- One own property of a value: of an object by its key; of a list or a text by its position, or its
-- length. Undefined when there is none.

create function ratchet_internal.pipe_member(p_value jsonb, p_key text) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := ratchet_internal.pipe_kind(p_value);
begin
  if v_kind = 'object' then
    return nullif(p_value -> p_key, '{"$": "undefined"}');
  end if;
  if v_kind not in ('list', 'text') then return null; end if;
  if p_key = 'length' then
    return case v_kind when 'list' then to_jsonb(jsonb_array_length(p_value))
      else to_jsonb(length(p_value #>> '{}')) end;
  end if;
  if p_key !~ '^(0|[1-9][0-9]{0,8})$' then return null; end if;
  if v_kind = 'list' then
    return nullif(p_value -> p_key::int, '{"$": "undefined"}');
  end if;
  return to_jsonb(nullif(substr(p_value #>> '{}', p_key::int + 1, 1), ''));
end $$;
comment on function ratchet_internal.pipe_member(jsonb, text) is
  'One own property of a value, or undefined.';
