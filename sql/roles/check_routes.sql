-- Raises: WF701 unless this session may serve the routes. A worker role may serve the workflows of
-- a queue that it was provisioned for by name, and its activities if it was for <queue>-activity.

create function ratchet_internal.check_routes(p_routes json) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role name := ratchet_internal.limited_role();
  v_route jsonb;
begin
  if v_role is null then return; end if;
  select to_jsonb(r) into v_route
  from json_to_recordset(p_routes) as r (namespace text, queue text, workflow text)
  where not exists (
    select from ratchet_internal.worker_roles given
    where given.role_name = v_role and given.revoked_at is null
      and given.namespace = coalesce(r.namespace, 'durable')
      and case when coalesce(r.workflow, '') = '' then r.queue || '-activity' else r.queue end
        = any (given.queues))
  limit 1;
  if v_route is not null then
    perform ratchet_internal.raise_error('WF701', 'not permitted',
      v_route || jsonb_build_object('role', v_role),
      'The role was not provisioned for this queue: ratchet.provision_worker_role does that.');
  end if;
end $$;
comment on function ratchet_internal.check_routes(json) is
  'Raises WF701 unless this session may serve the routes.';
