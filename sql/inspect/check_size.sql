-- Raises: WF501 when a payload is larger than 16 MiB.

create function ratchet_internal.check_size(p_value json, p_what text) returns void
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if octet_length(p_value::text) > 16777216 then
    perform ratchet_internal.raise_error('WF501', 'payload too large',
      jsonb_build_object('what', p_what, 'bytes', octet_length(p_value::text), 'limit', 16777216),
      'Store large data elsewhere and pass a reference to it.');
  end if;
end $$;
comment on function ratchet_internal.check_size(json, text) is
  'Raises WF501 when a payload is larger than 16 MiB.';
