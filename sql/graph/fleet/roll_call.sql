-- The running engines and workers of an app: what each serves, how much waits for it and since when
-- (of what is due), its rate, after how long a silence its work goes to others, and how often an
-- execution may be lost like that, and what it says of itself. Engines come first.

create function ratchet.roll_call(p_app text, p_namespace text default 'hmsh')
returns table (
  guid text, worker_topic text, stream_depth bigint, waited_ms float8, throttle int,
  reclaim_delay_ms bigint, reclaim_count int, inited timestamptz, worker bigint, profile json)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.guid, case when m.workflow = '' then m.queue end, w.depth, coalesce(w.waited_ms, 0),
    coalesce(r.throttle_ms, 0), p.lease_seconds * 1000::bigint,
    case when m.workflow <> '' then 10 when r.retry is null then 5
      else least(greatest(ratchet_internal.number_of(r.retry, 'maximumAttempts', 3), 5), 1e9)::int
    end,
    m.joined_at, m.worker_id, m.profile
  from ratchet_internal.members m
  join ratchet_internal.workers p on p.id = m.worker_id and not p.is_lost
  join ratchet_internal.worker_routes r
    on (r.worker_id, r.queue, r.workflow, r.namespace)
      = (m.worker_id, m.queue, m.workflow, m.namespace)
  cross join lateral (
    select count(*) as depth, greatest(
      extract(epoch from ratchet_internal.now() - min(w.due_at)) * 1000, 0)::float8 as waited_ms
    from ratchet_internal.messages w
    where w.queue = m.queue and w.workflow = m.workflow and w.namespace = m.namespace
      and w.worker_id is null
      and w.kind = case when m.workflow = '' then 'activity' else 'result' end) w
  where m.namespace = p_namespace || ':' || p_app
  order by m.workflow = '', m.queue, m.joined_at, m.guid
$$;
comment on function ratchet.roll_call(text, text) is
  'The running engines and workers of an app, with their backlog and their rate.';
