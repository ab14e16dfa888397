-- Deletes a schedule. Jobs that it started go on. Locks: the schedule. Writes: schedules.
-- Raises: WF605. Idempotent. Returns whether there was one.

create function ratchet.delete_schedule(p_id text, p_namespace text default 'durable')
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_isolation();
  delete from ratchet.schedules where key = p_id and namespace = p_namespace;
  return found;
end $$;
comment on function ratchet.delete_schedule(text, text) is
  'Deletes a schedule; returns whether there was one.';
