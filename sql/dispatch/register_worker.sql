-- Registers a running worker process and what it serves: an array of routes, each {"namespace",
-- "queue", "workflow"}; without a workflow it serves the activities of the queue. The row is its
-- lease: call heartbeat well within lease_seconds, from a thread that user code cannot block.
-- Writes: workers, worker_routes. Raises: WF101, WF104, WF105.

create function ratchet.register_worker(
  p_name text, p_routes json, p_lease_seconds int default 30
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_id bigint;
begin
  perform ratchet_internal.check_name(p_name, 'worker');
  if p_lease_seconds is null or p_lease_seconds not between 1 and 3600 then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'lease_seconds', 'value', p_lease_seconds),
      'Give a lease from 1 to 3600 seconds.');
  end if;
  insert into ratchet_internal.workers (name, role_name, lease_seconds, started_at, expires_at)
  values (p_name, ratchet_internal.limited_role(), p_lease_seconds, v_now,
    v_now + make_interval(secs => p_lease_seconds))
  returning id into v_id;
  perform ratchet.add_routes(v_id, p_routes);
  return v_id;
end $$;
comment on function ratchet.register_worker(text, json, int) is
  'Registers a worker process and the routes it serves, [{"namespace", "queue", "workflow"}], '
  'without a workflow the activities of the queue; returns its number, which every later call '
  'names. The lease is 1 to 3600 seconds (default 30): call heartbeat every third of it. Raises '
  'WF101, WF104.';
