-- Takes due messages of the worker's workflow routes, oldest first: turns become the worker's, counted as an
-- attempt; ended sleeps and timed-out waits are answered and, with answers whose worker is gone,
-- become the worker's to take (dispatch/take_results.sql).
-- Locks: messages, skipping those that somebody else is taking. Writes: messages, attributes.

create function ratchet_internal.claim_turns(p_worker bigint, p_room int, p_now timestamptz)
returns setof ratchet.work
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  with due as materialized (
    select m.job_id, m.address, m.position, m.kind
    from ratchet_internal.worker_routes r
    cross join lateral (
      select job_id, address, position, kind from ratchet_internal.messages
      where queue = r.queue and workflow = r.workflow and namespace = r.namespace
        and worker_id is null and due_at <= p_now
      order by due_at limit p_room for update skip locked) m
    where r.worker_id = p_worker and r.workflow <> '' limit p_room),
  taken as (
    update ratchet_internal.messages m
    set worker_id = p_worker, due_at = p_now, key = null,
      attempt = m.attempt + case d.kind when 'turn' then 1 else 0 end,
      kind = case d.kind when 'turn' then 'turn' else 'result' end
    from due d
    where m.job_id = d.job_id and m.address = d.address and m.position = d.position
    returning m.job_id, m.address, m.position, m.attempt, m.options, d.kind),
  fired as (
    update ratchet.jobs_attributes a
    set ledger = ratchet_internal.leg2_done(a.ledger, 1), is_failed = t.kind = 'wait',
      value = case t.kind when 'timer' then a.input::text end, updated_at = p_now
    from taken t
    where t.kind in ('timer', 'wait') and a.job_id = t.job_id and a.address = t.address
      and a.position = t.position)
  select case when t.options is not null then 'careful' when t.attempt = 1 then 'start'
      else 'turn' end,
    t.job_id, t.address, 0, j.attempt, j.namespace, j.key, j.workflow, j.queue, j.entity,
    j.input, j.options, false, j.cancel_requested_at is not null, j.origin_id::text
  from taken t join ratchet.jobs j on j.id = t.job_id
  where t.kind = 'turn'
$$;
comment on function ratchet_internal.claim_turns(bigint, int, timestamptz) is
  'Takes due turns of the worker''s workflows, and fires their timers.';
