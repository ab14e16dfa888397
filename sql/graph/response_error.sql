-- A response that failed, as an error: an object with a message and a numeric code.

create function ratchet_internal.response_error(p_value text, p_code int) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_error jsonb := ratchet_internal.readable(p_value::json);
begin
  if jsonb_typeof(v_error) is distinct from 'object' then
    v_error := jsonb_strip_nulls(jsonb_build_object('error', v_error));
  end if;
  return v_error || jsonb_build_object('message', coalesce(v_error ->> 'message', 'unknown'),
    'code', coalesce(p_code, 500));
end $$;
comment on function ratchet_internal.response_error(text, int) is
  'A response that failed, as an object with a message and a code.';
