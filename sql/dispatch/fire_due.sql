-- Answers the sleeps that have ended and the waits that have timed out, of the worker's workflow
-- routes, at most 1,000 a route; goes on with graphs; and sorts out answers that have no addressee.
-- Needs no room: nothing is claimed. A throttled route rests after each look.
-- Locks: messages, skipping those that somebody else is taking. Writes: messages, attributes,
-- escalations. Returns whether graphs went on.

create function ratchet_internal.fire_due(
  p_worker bigint, p_now timestamptz, p_heads ratchet_internal.route_head[]
) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_due record;
  v_is_moved boolean;
begin
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(m.kind) as kinds,
    bool_or(m.kind = 'wait' and m.options is not null) as have_tasks into v_due
  from unnest(p_heads) r
  cross join lateral (
    select job_id, address, position, kind, options from ratchet_internal.messages
    where ratchet_internal.is_for(queue, workflow, namespace, r.queue, r.workflow, r.namespace)
      and worker_id is null and kind in ('timer', 'wait', 'result')
      and due_at between r.due_at and p_now
    order by due_at limit 1000 for update skip locked) m
  where r.due_at is not null and (r.opens_at is null
    or ratchet_internal.rest_route(p_worker, r.namespace, r.queue, r.workflow, p_now));
  if v_due.have_tasks then
    perform ratchet_internal.expire_escalations(p_now, v_due.jobs, v_due.addresses,
      v_due.positions);
  end if;
  if v_due.kinds && array['timer', 'wait'] then
    perform ratchet_internal.settle_due(p_now, v_due.jobs, v_due.addresses, v_due.positions,
      v_due.kinds, v_due.have_tasks);
  end if;
  v_is_moved := coalesce(strpos(array_to_string(v_due.addresses, ''), ',') > 0, false);
  if v_is_moved then
    v_due.jobs := ratchet_internal.go_on_with_graphs(p_now, v_due.jobs, v_due.addresses);
  end if;
  if v_due.jobs is not null then
    perform ratchet_internal.route_results(p_worker, p_now, v_due.jobs, v_due.addresses,
      v_due.positions, null);
  end if;
  return v_is_moved;
end $$;
comment on function ratchet_internal.fire_due(
  bigint, timestamptz, ratchet_internal.route_head[]) is
  'Answers ended sleeps and timed-out waits, goes on with graphs, and sorts out answers without an '
  'addressee; returns whether graphs went on.';
