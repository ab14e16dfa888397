-- The password to set: the given one, or a new random one. Raises: WF104.

create function ratchet_internal.check_password(p_password text) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_password is null then
    return replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
  end if;
  if length(p_password) not between 8 and 512 then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'password', 'length', length(p_password)),
      'Give a password of 8 to 512 characters, or none to have one made.');
  end if;
  return p_password;
end $$;
comment on function ratchet_internal.check_password(text) is
  'The given password if it will do, or a new random one.';
