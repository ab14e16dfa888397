-- Checks status and code of an answer given by hand. Raises: WF104.

create function ratchet_internal.check_response(p_status text, p_code int) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_status is null or p_status not in ('success', 'pending', 'error')
    or (p_status = 'pending') <> (p_code is not distinct from 202)
    or p_code not between 1 and 1000000000
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'status', 'status', left(p_status, 100), 'code', p_code),
      'Status is success, error, or pending with code 202 and no other.');
  end if;
end $$;
comment on function ratchet_internal.check_response(text, int) is
  'Raises WF104 unless status and code of an answer belong together.';
