-- Stops a job of a graph from outside: with an error, or, when nothing is to be thrown, with the
-- data it has so far. Returns whether it was running. The caller has locked it.
-- Locks: messages. Writes: jobs, messages, attributes of a waiting parent.

create function ratchet_internal.stop_graph(
  p_now timestamptz, p_job ratchet.jobs, p_stop jsonb
) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_thrown boolean := coalesce((p_stop -> 'is_thrown')::boolean, true);
begin
  if p_job.status <= 0 then return false; end if;
  update ratchet.jobs set expire_seconds = coalesce(
    ratchet_internal.expire_of(p_stop -> 'expire'), expire_seconds)
  where id = p_job.id;
  return (ratchet_internal.end_jobs(null, p_now, array[p_job.id], array[''],
    array[case when not v_is_thrown then coalesce(p_job.context, '{}')::json end],
    array[case when v_is_thrown then (p_stop -> 'error')::json end],
    -1000000000)).ended is not null;
end $$;
comment on function ratchet_internal.stop_graph(timestamptz, ratchet.jobs, jsonb) is
  'Stops a job of a graph from outside; returns whether it was running.';
