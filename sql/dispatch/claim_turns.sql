-- Takes due turns of the worker's workflow routes: they become the worker's, counted as an attempt.
-- The route whose head has waited longest comes first, so that a busy route cannot starve another.
-- Locks: messages, skipping those that somebody else is taking. Writes: messages.

create function ratchet_internal.claim_turns(
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
    select h.namespace, h.queue, h.workflow, coalesce(h.ready_at, p_now) as ready_at
    from unnest(p_heads) h where h.workflow <> '' order by 4),
  due as materialized (
    select m.job_id, m.address, m.position
    from route r
    cross join lateral (
      select job_id, address, position from ratchet_internal.messages
      where queue = r.queue and workflow = r.workflow and namespace = r.namespace
        and worker_id is null and kind in ('turn', 'activity')
        and due_at between r.ready_at and p_now
      order by due_at limit p_room for update skip locked) m limit p_room),
  taken as (
    update ratchet_internal.messages m
    set worker_id = p_worker, due_at = p_now, attempt = m.attempt + 1
    from due d
    where m.job_id = any (array[d.job_id]) and m.address = d.address and m.position = d.position
    returning m.job_id, m.address, m.attempt, m.options, m.workflow, m.queue)
  select case when t.options is not null then 'careful' when t.attempt = 1 then 'start'
      else 'turn' end,
    t.job_id, t.address, 0, case when hook.input is null then j.attempt else hook.attempt end,
    j.namespace, j.key, t.workflow, t.queue, j.entity, coalesce(hook.input, j.input),
    coalesce(hook.options, j.options), false, j.cancel_requested_at is not null
      and hook.is_shielded is not true,
    case when j.origin_id is not null then (
      select key from ratchet.jobs where id = j.origin_id) end, j.expire_seconds
  from taken t join ratchet.jobs j on j.id = any (array[t.job_id])
  left join lateral (
    select input, options, attempt, is_shielded from ratchet.threads
    where ratchet_internal.is_hook(t.address) and job_id = t.job_id and address = t.address
    limit 1) hook on true;
end $$;
comment on function ratchet_internal.claim_turns(
  bigint, int, timestamptz, ratchet_internal.route_head[]) is
  'Takes due turns of the worker''s workflows, the longest waiting route first.';
