-- What there is for a worker at this moment, in one cheap statement: most exchanges of a worker
-- that is not busy find one kind of work or none, and starting the statements that take it costs
-- more than this. They begin where this has found the first.
-- Messages that were taken stay in the indexes while somebody holds an old snapshot, and each look
-- passes by them. When that takes long, the session remembers where it came to: see remember_look.

create function ratchet_internal.look(p_worker bigint, p_now timestamptz)
returns ratchet_internal.readiness
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known text := current_setting('ratchet.slow_look', true);
  v_slow jsonb;
  v_began timestamptz := ratchet_internal.now();
  v_begin int;
  v_oldest xid8;
  v_answers_from timestamptz;
  v_took interval;
  v_ready ratchet_internal.readiness;
begin
  if v_known <> '' then
    -- It does not count if the clock was set back.
    v_slow := case when (v_known::jsonb ->> 'at')::timestamptz > v_began then '{}' else v_known end;
    v_begin := case when (v_slow ->> 'ends')::timestamptz > v_began then
      case when (v_slow ->> 'again')::timestamptz <= v_began then 1 else 0 end end;
    v_oldest := pg_snapshot_xmin(pg_current_snapshot());
    v_answers_from := case when v_slow ->> 'worker' = p_worker::text
      then (v_slow -> 'answers' ->> v_begin)::timestamptz end;
  end if;
  -- Fenced, for without that each use of ready_at and due_at would be a look of its own.
  select count(r.due_at) > 0, count(r.ready_at) filter (where r.workflow <> '') > 0,
    count(r.ready_at) filter (where r.workflow = '') > 0,
    array_agg(row(r.*)::ratchet_internal.route_head), (
      select due_at from ratchet_internal.messages
      where worker_id = p_worker and kind = 'result'
        and due_at >= coalesce(v_answers_from, '-infinity')
      order by due_at limit 1)
  into v_ready
  from (
    select r.namespace, r.queue, r.workflow, r.opens_at,
      (select due_at from ratchet_internal.messages
        where ratchet_internal.is_for(queue, workflow, namespace, r.queue, r.workflow, r.namespace)
          and worker_id is null and kind in ('turn', 'activity') and due_at <= p_now
          and due_at >= case when v_slow is null then '-infinity' else
            ratchet_internal.look_from(v_slow, v_begin, 'ready', r.namespace, r.queue, r.workflow)
            end
        order by due_at limit 1) as ready_at,
      case when r.workflow <> '' then (
        select due_at from ratchet_internal.messages
        where ratchet_internal.is_for(queue, workflow, namespace, r.queue, r.workflow, r.namespace)
          and worker_id is null and kind in ('timer', 'wait', 'result') and due_at <= p_now
          and due_at >= case when v_slow is null then '-infinity' else
            ratchet_internal.look_from(v_slow, v_begin, 'due', r.namespace, r.queue, r.workflow)
            end
        order by due_at limit 1) end as due_at
    from ratchet_internal.worker_routes r
    where r.worker_id = p_worker and (r.opens_at is null or r.opens_at <= p_now) offset 0) r;
  v_took := ratchet_internal.now() - v_began;
  if v_took > interval '2 ms' or v_known <> '' then
    perform ratchet_internal.remember_look(p_worker, p_now, v_slow, v_begin, v_oldest, v_took,
      v_ready.heads, v_ready.answers_at);
  end if;
  return v_ready;
end $$;
comment on function ratchet_internal.look(bigint, timestamptz) is
  'Whether there are answers, due timers, turns or activities for a worker, and where each begins.';
