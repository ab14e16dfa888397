-- Pauses (-1), slows down (milliseconds between two batches) or resumes (0) what engines and
-- workers of an app take: those of one worker topic, of one instance (guid), of one scope (engines
-- or workers), or all. But for an instance the rate is kept, and holds for those that come later;
-- one for a scope takes the place of those for its topics. Returns how many routes it changed now.
-- Locks: routes, in their order. Writes: throttles, worker_routes. Raises: WF104. Wakes: workers.

create function ratchet.throttle(
  p_throttle int, p_app text, p_topic text default null, p_guid text default null,
  p_scope text default null, p_namespace text default 'hmsh'
) returns int
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_space text := p_namespace || ':' || p_app;
  v_scope text := case when p_topic is not null then 'workers' else coalesce(p_scope, 'all') end;
  v_changed int;
begin
  if p_throttle is null or p_throttle < -1 or v_scope not in ('engines', 'workers', 'all') then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('throttle', p_throttle, 'scope', p_scope), 'Throttle must be -1 (pause) '
      || 'or a number of milliseconds, 0 to resume; scope engines, workers or all.');
  end if;
  if p_guid is null then
    delete from ratchet_internal.throttles
    where namespace = v_space and (p_topic is null or queue = p_topic)
      and (v_scope = 'all' or is_engine = (v_scope = 'engines'));
    insert into ratchet_internal.throttles (namespace, is_engine, queue, rate)
    select v_space, e, coalesce(p_topic, ''), p_throttle from unnest(array[true, false]) e
    where (v_scope = 'all' or e = (v_scope = 'engines'))
      and (p_throttle <> 0 or p_topic is not null)
    on conflict (namespace, is_engine, queue) do update set rate = excluded.rate;
  end if;
  update ratchet_internal.worker_routes r
  set throttle_ms = nullif(p_throttle, 0), opens_at = case when p_throttle < 0 then 'infinity'
    when p_throttle > 0 then '-infinity' end::timestamptz
  from (
    select f.worker_id, f.queue, f.workflow, f.namespace from ratchet_internal.worker_routes f
    where f.namespace = v_space and (p_topic is null or f.queue = p_topic)
      and (v_scope = 'all' or (f.workflow <> '') = (v_scope = 'engines'))
      and (p_guid is null or exists (select from ratchet_internal.members m
        where m.guid = p_guid and (m.worker_id, m.queue, m.workflow, m.namespace)
          = (f.worker_id, f.queue, f.workflow, f.namespace)))
    order by f.worker_id, f.queue, f.workflow for update) s
  where (r.worker_id, r.queue, r.workflow, r.namespace)
    = (s.worker_id, s.queue, s.workflow, s.namespace);
  get diagnostics v_changed = row_count;
  perform pg_notify('ratchet', '');
  return v_changed;
end $$;
comment on function ratchet.throttle(int, text, text, text, text, text) is
  'Pauses (-1), slows down (milliseconds between two batches) or resumes (0) the engines and '
  'workers of an app: of one topic, one instance, one scope (engines or workers), or all; returns '
  'how many routes. Raises WF104.';
