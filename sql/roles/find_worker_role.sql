-- The row of a worker role, locked. Raises: WF104 where none was provisioned here.

create function ratchet_internal.find_worker_role(p_role name)
returns ratchet_internal.worker_roles
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role ratchet_internal.worker_roles;
begin
  select * into v_role from ratchet_internal.worker_roles where role_name = p_role for update;
  if not found then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'role', 'value', p_role),
      'No worker role of this name was provisioned in this database: see ratchet.worker_roles.');
  end if;
  return v_role;
end $$;
comment on function ratchet_internal.find_worker_role(name) is
  'The row of a worker role, locked; raises WF104 where there is none.';
