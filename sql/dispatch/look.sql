-- What there is for a worker at this moment, in one cheap statement: most exchanges of a worker
-- that is not busy find one kind of work or none, and starting the statements that take it costs
-- more than this. They begin where this has found the first.
-- Messages that were taken stay in the indexes while somebody holds an old snapshot, and each look
-- passes by them. When that takes long, the session remembers where it came to: see remember_look.

create function ratchet_internal.look(
  p_worker bigint, p_now timestamptz,
  out has_due boolean, out has_turns boolean, out has_activities boolean,
  out heads ratchet_internal.route_head[], out answers_at timestamptz
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_slow jsonb := nullif(current_setting('ratchet.slow_look', true), '')::jsonb;
  v_began timestamptz := ratchet_internal.now();
  v_begin int;
  v_oldest xid8;
  v_found record;
  v_took interval;
begin
  -- It does not count if the clock was set back.
  if (v_slow ->> 'at')::timestamptz > v_began then v_slow := null; end if;
  if v_slow is not null then
    v_begin := case when (v_slow ->> 'ends')::timestamptz <= v_began then null
      when (v_slow ->> 'again')::timestamptz <= v_began then 1 else 0 end;
    v_oldest := pg_snapshot_xmin(pg_current_snapshot());
  end if;
  select due_at into answers_at from ratchet_internal.messages
  where worker_id = p_worker and kind = 'result'
    and due_at >= coalesce(case when v_slow ->> 'worker' = p_worker::text
      then (v_slow -> 'answers' ->> v_begin)::timestamptz end, '-infinity')
  order by due_at limit 1;
  select coalesce(bool_or(r.due_at is not null), false) as have_due,
    coalesce(bool_or(r.ready_at is not null and r.workflow <> ''), false) as have_turns,
    coalesce(bool_or(r.ready_at is not null and r.workflow = ''), false) as have_activities,
    array_agg(row(r.*)::ratchet_internal.route_head) as heads
  into v_found
  from (
    select r.namespace, r.queue, r.workflow, r.opens_at,
      (select due_at from ratchet_internal.messages
        where queue = r.queue and workflow = r.workflow and namespace = r.namespace
          and worker_id is null and kind in ('turn', 'activity') and due_at <= p_now
          and due_at >= coalesce((since.at -> 'ready' ->> v_begin)::timestamptz, '-infinity')
        order by due_at limit 1) as ready_at,
      case when r.workflow <> '' then (
        select due_at from ratchet_internal.messages
        where queue = r.queue and workflow = r.workflow and namespace = r.namespace
          and worker_id is null and kind in ('timer', 'wait', 'result') and due_at <= p_now
          and due_at >= coalesce((since.at -> 'due' ->> v_begin)::timestamptz, '-infinity')
        order by due_at limit 1) end as due_at
    from ratchet_internal.worker_routes r
    cross join lateral (select case when v_slow is not null then v_slow -> 'since'
      -> ratchet_internal.route_key(r.namespace, r.queue, r.workflow) end as at) since
    where r.worker_id = p_worker and (r.opens_at is null or r.opens_at <= p_now)) r;
  has_due := answers_at is not null or v_found.have_due;
  has_turns := v_found.have_turns;
  has_activities := v_found.have_activities;
  heads := v_found.heads;
  v_took := ratchet_internal.now() - v_began;
  if v_took > interval '2 ms' or current_setting('ratchet.slow_look', true) <> '' then
    perform ratchet_internal.remember_look(p_worker, p_now, v_slow, v_begin, v_oldest, v_took,
      heads, answers_at);
  end if;
end $$;
comment on function ratchet_internal.look(bigint, timestamptz) is
  'Whether there are answers, due timers, turns or activities for a worker, and where each begins.';
