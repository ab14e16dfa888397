-- What the metadata of a task hold that is looked for: a value under a key. Raises: WF101, WF105.

create function ratchet_internal.wanted_metadata(p_key text, p_value json) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_name(p_key, 'key');
  perform ratchet_internal.check_readable(p_value, 'value');
  return jsonb_build_object(p_key, p_value::jsonb);
end $$;
comment on function ratchet_internal.wanted_metadata(text, json) is
  'The metadata that a task is looked for by; raises WF101 or WF105.';
