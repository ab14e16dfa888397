-- Grants a role what it needs, and no more: reader (tables and views), client (reader, and
-- starting, signalling, stopping and reading jobs), worker (the worker protocol), operator (client,
-- and upkeep). For the owner. Roles belong to the whole cluster, so the engine creates none: give
-- it roles that exist.
-- Raises: WF104. Idempotent.

create function ratchet.grant_access(p_role name, p_access text) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_access is null or p_access not in ('reader', 'client', 'worker', 'operator') then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'access', 'value', left(p_access, 100)),
      'Access is reader, client, worker or operator.');
  end if;
  if not exists (select from pg_roles where rolname = p_role) then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'role', 'value', p_role), 'Create the role first.');
  end if;
  perform ratchet_internal.grant_functions(p_role,
    case p_access when 'operator' then array['reader', 'client', 'operator']
      when 'client' then array['reader', 'client']
      else array[p_access] end);
  if p_access <> 'worker' then
    execute format('grant usage on schema ratchet_internal to %I', p_role);
    execute format('grant select on all tables in schema ratchet to %I', p_role);
    execute format('grant select on all tables in schema ratchet_internal to %I', p_role);
  end if;
end $$;
comment on function ratchet.grant_access(name, text) is
  'Grants an existing role one of: reader (sees tables, views and states), client (reader, and '
  'starts, signals, stops), worker (runs workflows and activities, sees no table), operator '
  '(client, and deploys, throttles, prunes). They add up. For the owner; raises WF104.';
