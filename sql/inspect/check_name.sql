-- Raises: WF101 unless p_name is a name.

create function ratchet_internal.check_name(p_name text, p_what text) returns void
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if not ratchet_internal.is_name(p_name) then
    perform ratchet_internal.raise_error('WF101', 'invalid name',
      jsonb_build_object('what', p_what, 'name', left(p_name, 100)),
      'Give 1 to 512 characters without control characters.');
  end if;
end $$;
comment on function ratchet_internal.check_name(text, text) is
  'Raises WF101 unless the text is 1 to 512 characters without control characters.';
