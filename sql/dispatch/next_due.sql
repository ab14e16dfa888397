-- How long, in milliseconds, until something becomes due for a worker; null if nothing is in sight.

create function ratchet_internal.next_due(p_worker bigint, p_now timestamptz) returns bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select greatest(ceil(extract(epoch from min(m.due_at) - p_now) * 1000), 0)::bigint
  from ratchet_internal.worker_routes r
  cross join lateral (
    select due_at from ratchet_internal.messages
    where queue = r.queue and workflow = r.workflow and namespace = r.namespace
      and worker_id is null and due_at < 'infinity'
    order by due_at limit 1) m
  where r.worker_id = p_worker
$$;
comment on function ratchet_internal.next_due(bigint, timestamptz) is
  'Milliseconds until the next message of the worker''s routes is due; null if there is none.';
