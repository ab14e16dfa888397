-- Lets a throttled route of a worker rest from now on; false when it rests already, or when
-- somebody changes its rate at this moment. Locks: the route, if it is free. Writes: worker_routes.

create function ratchet_internal.rest_route(
  p_worker bigint, p_namespace text, p_queue text, p_workflow text, p_now timestamptz
) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  update ratchet_internal.worker_routes r
  set opens_at = p_now + make_interval(secs => r.throttle_ms / 1000.0)
  where (r.worker_id, r.queue, r.workflow, r.namespace) in (
    select f.worker_id, f.queue, f.workflow, f.namespace
    from ratchet_internal.worker_routes f
    where f.worker_id = p_worker and f.queue = p_queue and f.workflow = p_workflow
      and f.namespace = p_namespace and f.throttle_ms > 0 and f.opens_at <= p_now
    for update skip locked);
  return found;
end $$;
comment on function ratchet_internal.rest_route(bigint, text, text, text, timestamptz) is
  'Lets a throttled route rest from now on; false when it rests already.';
