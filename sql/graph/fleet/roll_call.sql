-- The running engines and workers of an app: what each serves, how much waits for it, its rate, and
-- what it says of itself. Engines come first.

create function ratchet.roll_call(p_app text, p_namespace text default 'hmsh')
returns table (
  guid text, worker_topic text, stream_depth bigint, throttle int, inited timestamptz,
  worker bigint, profile json)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.guid, case when m.workflow = '' then m.queue end,
    (select count(*) from ratchet_internal.messages w
      where w.queue = m.queue and w.workflow = m.workflow and w.namespace = m.namespace
        and w.worker_id is null
        and w.kind = case when m.workflow = '' then 'activity' else 'result' end),
    coalesce(r.throttle_ms, 0), m.joined_at, m.worker_id, m.profile
  from ratchet_internal.members m
  join ratchet_internal.worker_routes r
    on (r.worker_id, r.queue, r.workflow, r.namespace)
      = (m.worker_id, m.queue, m.workflow, m.namespace)
  where m.namespace = p_namespace || ':' || p_app
  order by m.workflow = '', m.queue, m.joined_at, m.guid
$$;
comment on function ratchet.roll_call(text, text) is
  'The running engines and workers of an app, with their backlog and their rate.';
