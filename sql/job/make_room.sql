-- Removes the jobs that have ids, where their time is over: those that have ended, after the time
-- that their start or their end gave; those that were only reserved, when nobody started them in
-- time. What the same call has started stays.
-- Locks: the jobs, in id order. Writes: as remove_jobs. Returns whether an id is free now.

create function ratchet_internal.make_room(
  p_namespaces text[], p_ids text[], p_request_id uuid
) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now constant timestamptz := ratchet_internal.write_time();
  v_old bigint[];
begin
  select array_agg(id) into v_old from (
    select j.id from ratchet.jobs j
    where j.id = any (array(
        select known.id from unnest(p_namespaces, p_ids) as given (namespace, id)
        cross join lateral (
          select id from ratchet.jobs where key = given.id and namespace = given.namespace
          limit 1) known))
      and j.status <= 0
      and (p_request_id is null or j.request_id is distinct from p_request_id)
      and ratchet.expired_at(j) <= v_now
    order by j.id for update) old;
  if v_old is null then return false; end if;
  return ratchet_internal.remove_jobs(v_old) > 0;
end $$;
comment on function ratchet_internal.make_room(text[], text[], uuid) is
  'Removes the jobs that have ids, where their time is over; returns whether an id is free now.';
