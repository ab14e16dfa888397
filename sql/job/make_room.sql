-- Removes the job that has an id, if its time is over: one that has ended, after the time that its
-- start or its end gave; one that was only reserved, when nobody started it in time. One that the
-- same call has started stays.
-- Locks: the job. Writes: as remove_jobs. Returns whether the id is free now.

create function ratchet_internal.make_room(p_namespace text, p_id text, p_request_id uuid)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_old bigint;
begin
  select j.id into v_old from ratchet.jobs j
  where j.key = p_id and j.namespace = p_namespace and j.status <= 0
    and (p_request_id is null or j.request_id is distinct from p_request_id)
    and ratchet.expired_at(j) <= ratchet_internal.write_time()
  for update;
  if not found then return false; end if;
  perform ratchet_internal.remove_jobs(array[v_old]);
  return true;
end $$;
comment on function ratchet_internal.make_room(text, text, uuid) is
  'Removes the job that has an id, if its time is over; returns whether the id is free now.';
