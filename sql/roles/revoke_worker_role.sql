-- Ends what a worker role may do, at once: it can neither log in nor, in a session that is open,
-- call anything, and what its workers hold goes to others. Idempotent.
-- For the owner of the engine. Locks: the row of the role, its workers, then as release_worker.
-- Writes: worker_roles, the role, and as release_worker. Raises: WF104. Wakes: idle workers.

create function ratchet.revoke_worker_role(p_role name) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
begin
  perform ratchet_internal.find_worker_role(p_role);
  if exists (select from pg_roles where rolname = p_role) then
    execute format('alter role %I nologin', p_role);
    execute format('revoke execute on all functions in schema ratchet from %I', p_role);
    execute format('revoke usage on schema ratchet from %I', p_role);
  end if;
  perform ratchet_internal.release_worker(id, v_now, true)
  from (select id from ratchet_internal.workers where role_name = p_role
    order by id for update) held;
  update ratchet_internal.worker_roles set revoked_at = coalesce(revoked_at, v_now)
  where role_name = p_role;
end $$;
comment on function ratchet.revoke_worker_role(name) is
  'Ends what a worker role may do and frees what its workers hold.';
