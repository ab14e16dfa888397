-- Raises: WF105 when options or routes hold text that Postgres cannot store. Values of users may
-- hold it.

create function ratchet_internal.check_readable(p_value json, p_what text) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not ratchet_internal.is_readable(p_value) then
    perform ratchet_internal.raise_error('WF105', 'invalid text',
      jsonb_build_object('what', p_what),
      'Remove U+0000 and halves of surrogate pairs; only arguments and results may hold them.');
  end if;
end $$;
comment on function ratchet_internal.check_readable(json, text) is
  'Raises WF105 when the value holds U+0000 or half of a surrogate pair.';
