-- Creates a login role that can be a worker of the given queues and nothing else: it reads no table
-- and may execute what belongs to the access `secured`. Provisioning again gives it a new password
-- and takes back a revocation. Do not make another role a member of it: what that role may do would
-- not be limited to the queues.
-- For the owner of the engine, who needs CREATEROLE. Locks: worker_roles. Writes: worker_roles,
-- roles of the cluster. Raises: WF101, WF104.

create function ratchet.provision_worker_role(
  p_queues text[], p_namespace text default 'durable', p_password text default null
) returns table (role_name name, password text)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_comment text := format('pgratchet worker of database %s', current_database());
  v_password text := ratchet_internal.check_password(p_password);
  v_queues text[] := array(select distinct q collate "C" from unnest(p_queues) q order by 1);
  v_role name;
begin
  if cardinality(v_queues) = 0 then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'queues'), 'Give at least one queue.');
  end if;
  perform ratchet_internal.check_name(p_namespace, 'namespace');
  perform ratchet_internal.check_name(q, 'queue') from unnest(v_queues) q;
  lock table ratchet_internal.worker_roles in share row exclusive mode;
  v_role := ratchet_internal.worker_role_name(p_namespace, v_queues, v_comment);
  if exists (select from pg_roles where rolname = v_role) then
    execute format('alter role %I login password %L', v_role, v_password);
  else
    execute format('create role %I login noinherit password %L', v_role, v_password);
    execute format('comment on role %I is %L', v_role, v_comment);
  end if;
  if not has_database_privilege(v_role, current_database(), 'connect') then
    execute format('grant connect on database %I to %I', current_database(), v_role);
  end if;
  perform ratchet_internal.grant_functions(v_role, array['secured']);
  insert into ratchet_internal.worker_roles (role_name, namespace, queues, created_at)
  values (v_role, p_namespace, v_queues, ratchet_internal.now())
  on conflict (role_name) do update
  set revoked_at = null, last_rotated_at = excluded.created_at;
  return query select v_role, v_password;
end $$;
comment on function ratchet.provision_worker_role(text[], text, text) is
  'Creates, or renews, a login role that can be a worker of some queues and nothing else; returns '
  'its name and password.';
