-- In how many milliseconds an idle worker is to look again, if nobody notifies it before: when
-- something becomes due; soon when something is due that somebody else holds at this moment
-- (p_is_held: the caller found it, and could not take it), or is new; and in any case after as long
-- as it has been idle. For whoever wrote something while the worker was falling idle sent no
-- notification, and may commit later: so it looks often at first, then ever more rarely.

create function ratchet_internal.next_look(
  p_worker bigint, p_now timestamptz, p_is_held boolean
) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_news constant bigint := ratchet_internal.next_news(p_worker, p_now);
begin
  return (
    select least(
      (select greatest(extract(epoch from p_now - w.idle_at) * 1000, 10)
        from ratchet_internal.workers w where w.id = p_worker),
      (select case when min(greatest(m.due_at, r.opens_at)) <= p_now then 50
          else ceil(extract(epoch from min(greatest(m.due_at, r.opens_at)) - p_now) * 1000)
          end
        from ratchet_internal.worker_routes r
        -- It has looked just now, though not at what is closed. What came meanwhile is young.
        cross join lateral (select case when r.opens_at > p_now then '-infinity'
          else p_now - interval '1 second' end as at) since
        cross join lateral (
          (select due_at from ratchet_internal.messages
            where ratchet_internal.is_for(queue, workflow, namespace, r.queue, r.workflow,
                r.namespace)
              and worker_id is null and kind in ('turn', 'activity')
              and due_at > since.at and due_at < 'infinity'
            order by due_at limit 1)
          union all
          (select due_at from ratchet_internal.messages
            where ratchet_internal.is_for(queue, workflow, namespace, r.queue, r.workflow,
                r.namespace)
              and worker_id is null and kind in ('timer', 'wait', 'result')
              and due_at > since.at and due_at < 'infinity'
            order by due_at limit 1)) m
        where r.worker_id = p_worker and coalesce(r.opens_at < 'infinity', true)),
      (select case when look_at <= p_now then 50
          else ceil(extract(epoch from look_at - p_now) * 1000) end
        from ratchet.schedules where look_at < 'infinity' order by look_at limit 1),
      case when p_is_held then 50 end,
      case when v_news is not null then greatest(v_news, 20) end)::bigint);
end $$;
comment on function ratchet_internal.next_look(bigint, timestamptz, boolean) is
  'Milliseconds after which an idle worker looks again, unless it is notified before.';
