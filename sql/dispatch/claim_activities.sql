-- Takes due activities of the worker's queues; the claim counts as an attempt. The queue whose head
-- has waited longest comes first, so that a busy queue cannot starve another. A throttled queue
-- rests after each batch.
-- Locks: messages, skipping those that somebody else is taking. Writes: messages, routes.

create function ratchet_internal.claim_activities(
  p_worker bigint, p_room int, p_now timestamptz, p_heads ratchet_internal.route_head[]
) returns setof ratchet.work
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query
  with route as materialized (
    -- What this exchange has made ready itself is ready from now on.
    select h.namespace, h.queue, h.opens_at, coalesce(h.ready_at, p_now) as ready_at
    from unnest(p_heads) h where h.workflow = '' order by 4),
  due as materialized (
    select m.row_at
    from route r
    cross join lateral (
      select ctid as row_at from ratchet_internal.messages
      where ratchet_internal.is_for(queue, workflow, namespace, r.queue, '', r.namespace)
        and worker_id is null and kind in ('turn', 'activity')
        and due_at between r.ready_at and p_now
      order by due_at limit p_room for update skip locked) m
    where r.opens_at is null
      or ratchet_internal.rest_route(p_worker, r.namespace, r.queue, '', p_now)
    limit p_room),
  taken as (
    update ratchet_internal.messages m
    set worker_id = p_worker, due_at = p_now, attempt = m.attempt + 1
    from due d
    where m.ctid = d.row_at
    returning m.job_id, m.address, m.position, m.attempt, m.queue, m.options)
  select 'activity', t.job_id, t.address, t.position, t.attempt, j.namespace, j.key, j.workflow,
    t.queue, ratchet_internal.step_name(a.address, a.field), a.input, t.options, false, false,
    j.queue, null::bigint
  from taken t
  join ratchet.jobs j on j.id = any (array[t.job_id])
  cross join lateral (
    select a.address, a.field, a.input from ratchet.jobs_attributes a
    where a.job_id = t.job_id and a.address = t.address and a.position = t.position limit 1) a;
end $$;
comment on function ratchet_internal.claim_activities(
  bigint, int, timestamptz, ratchet_internal.route_head[]) is
  'Takes due activities of the worker''s queues, the longest waiting queue first.';
