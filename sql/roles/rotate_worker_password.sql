-- Gives a worker role a new password. Sessions that are open stay open; new ones need it.
-- For the owner of the engine. Locks: the row of the role. Writes: worker_roles, the role.
-- Raises: WF104 for a role that is unknown or was revoked.

create function ratchet.rotate_worker_password(p_role name, p_password text default null)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_password text := ratchet_internal.check_password(p_password);
begin
  if (ratchet_internal.find_worker_role(p_role)).revoked_at is not null then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'role', 'value', p_role),
      'The role was revoked; ratchet.provision_worker_role takes that back.');
  end if;
  execute format('alter role %I password %L', p_role, v_password);
  update ratchet_internal.worker_roles set last_rotated_at = ratchet_internal.now()
  where role_name = p_role;
  return v_password;
end $$;
comment on function ratchet.rotate_worker_password(name, text) is
  'Gives a worker role a new password, and returns it.';
