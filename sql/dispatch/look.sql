-- What there is for a worker at this moment, in one cheap statement: most exchanges of a worker
-- that is not busy find one kind of work or none, and starting the statements that take it costs
-- more than this.

create function ratchet_internal.look(
  p_worker bigint, p_now timestamptz,
  out has_due boolean, out has_turns boolean, out has_activities boolean
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  select coalesce(bool_or(r.is_due), false) or exists (
      select from ratchet_internal.messages where worker_id = p_worker and kind = 'result'),
    coalesce(bool_or(r.is_ready and r.workflow <> ''), false),
    coalesce(bool_or(r.is_ready and r.workflow = ''), false)
  into has_due, has_turns, has_activities
  from (
    select r.workflow,
      (select true from ratchet_internal.messages
        where queue = r.queue and workflow = r.workflow and namespace = r.namespace
          and worker_id is null and kind in ('turn', 'activity') and due_at <= p_now
        limit 1) as is_ready,
      case when r.workflow <> '' then (
        select true from ratchet_internal.messages
        where queue = r.queue and workflow = r.workflow and namespace = r.namespace
          and worker_id is null and kind in ('timer', 'wait', 'result') and due_at <= p_now
        limit 1) end as is_due
    from ratchet_internal.worker_routes r
    where r.worker_id = p_worker and (r.opens_at is null or r.opens_at <= p_now)) r;
end $$;
comment on function ratchet_internal.look(bigint, timestamptz) is
  'Whether there are answers, due timers, turns or activities for a worker.';
